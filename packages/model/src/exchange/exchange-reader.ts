import type {
  EndRecord,
  ExchangeRecord,
  ExchangeState,
  RequestBodyRecord,
  ResponseRecord,
} from '@tacho/format'
import { type Conversation, placeIn } from '../conversation.js'
import type { AnswerFacts } from '../model-api/answer-facts.js'
import type { AnswerHints } from '../model-api/answer-form.js'
import { AnswerReader } from '../model-api/answer-reader.js'
import { bedrockModel, isOwnName } from '../model-api/bedrock-model.js'
import { modelApiOf } from '../model-api/index.js'
import { messagesApi } from '../model-api/messages.js'
import type { ModelApi } from '../model-api/model-api.js'
import { isErrorStatus, type ModelOutcome, outcomeOf } from '../model-api/outcome.js'
import type { RequestFacts } from '../model-api/request-facts.js'
import { responsesApi } from '../model-api/responses.js'
import { Utf8Text } from '../model-api/utf8-text.js'
import type { ExchangeEnded, ExchangeStarted, HostedToolEnded, ToolCalled } from '../observation.js'
import type { StoppedExchange } from '../session/cancellations.js'
import { chatEnding, chatSpanName, chatStartAttributes } from './chat-span.js'
import { httpSpanOf } from './http-span.js'
import { parsedUrl } from './parsed-url.js'
import type { ToolWord } from './tool-calls.js'
import { type ToolWords, toolWordsOf } from './tool-words.js'

// What reached the agent is noted after the bytes were passed on, so the agent may have waited
// longer than we can see: by at most this many microseconds, or a quarter of its idle time-out.
// Without this, two of three time-outs of 1.5 s were missed on a 2-core machine under a load of 20.
const SEEN_LATER = 250_000
const SEEN_LATER_SHARE = 0.25

type At<Kind> = Kind & { at: number }

export type ExchangeReaderOptions = {
  /** When the exchange began, in microseconds since the epoch. */
  startedAt: number
  /** The model's provider, for `gen_ai.provider.name`. */
  provider: string | undefined
  /** How long the agent waits without an event before it gives up, in milliseconds. */
  idleTimeout: number | undefined
  modelApis?: readonly ModelApi[] | undefined
  /** Something could not be read: its facts are lost, and nothing else. */
  onFault: (cause: unknown) => void
  /** Receives the text of the answer, piece by piece. */
  onText?: (text: string) => void
}

/**
 * Reads the facts of one exchange from its records, in order: while it is recorded, or from its
 * file. `at` in records counts from the start of the exchange.
 */
export class ExchangeReader {
  readonly #start: ExchangeRecord
  readonly #options: ExchangeReaderOptions
  readonly #api: ModelApi | undefined
  readonly #toolWords: ToolWords
  #askedFor: () => RequestFacts = () => ({})
  #facts: RequestFacts | undefined
  #status: number | undefined
  #answer: AnswerReader | undefined
  #heard: At<ToolCalled | HostedToolEnded>[] = []
  #firstChunkAt: number | undefined
  #lastChunkAt: number | undefined
  /**
   * When the agent last got what it waits for: the head or an event, or bytes if the answer has no
   * events.
   */
  #lastSignAt = 0
  #eventsBefore = 0
  #now = 0
  readonly conversation: Conversation
  readonly #text = new Utf8Text()
  /** The start of a message whose end has not come. */
  #message = ''

  constructor(start: ExchangeRecord, options: ExchangeReaderOptions) {
    this.#start = start
    this.#options = options
    this.#api = apiOf(start, options.modelApis)
    this.#toolWords = toolWordsOf(this.#api, start.exchange)
    this.conversation = placeIn(start.threadId, start.turnId)
  }

  /** Whether it asks a model. */
  get asksModel(): boolean {
    return this.#api !== undefined
  }

  /**
   * @param asked reads what the body asks for; it is called once, when first needed.
   * @returns a function that makes the observation, because reading a body can take a moment.
   */
  requestBody(
    record: Omit<RequestBodyRecord, 'content'>,
    asked: () => RequestFacts,
  ): () => At<ExchangeStarted> {
    this.#askedFor = asked
    // The head of the answer may have come first, when nothing was known about the request.
    this.#facts = undefined
    return () => this.#started(record)
  }

  get #asked(): RequestFacts {
    this.#facts ??= this.asksModel ? this.#askedFor() : {}
    return this.#facts
  }

  /** What the path says about the request, for APIs where it does. */
  get #pathFacts(): { model?: string; stream?: boolean } {
    return this.#api?.pathFacts?.(parsedUrl(this.#start.url)?.pathname ?? '') ?? {}
  }

  #started(record: Omit<RequestBodyRecord, 'content'>): At<ExchangeStarted> {
    const asked = this.#asked
    const model = asked.model ?? this.#pathFacts.model
    const { exchange, threadSource, connection, prewarm, within } = this.#start
    return {
      kind: 'exchange-started',
      at: this.#options.startedAt,
      exchange,
      conversation: this.conversation,
      ...(threadSource !== undefined && { threadSource }),
      ...(within !== undefined && { within }),
      ...(asked.outputs !== undefined && { outputs: (calls) => asked.outputs?.(calls) ?? [] }),
      ...(this.#api !== undefined && {
        chat: {
          name: chatSpanName(model),
          attributes: chatStartAttributes({
            provider: this.#options.provider,
            model,
            request: record,
            connection,
            isPrewarm: prewarm === true,
          }),
        },
      }),
    }
  }

  response({ at, status, headers }: ResponseRecord): void {
    this.#status = status
    this.#lastSignAt = at
    const contentType = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1]
    const stream = () => this.#asked.stream ?? this.#pathFacts.stream
    this.#begin({ stream, contentType, status })
  }

  /**
   * @param part of its body: bytes, or text if it is known to be text.
   * @returns what its events say about tools.
   */
  chunk(at: number, part: Uint8Array | string): At<ToolCalled | HostedToolEnded>[] {
    this.#firstChunkAt ??= at
    this.#lastChunkAt = at
    this.#now = at
    if (this.#start.transport === 'websocket') this.#messages(part)
    else this.#answer?.push(part)
    // The agent's time-out counts events; a comment that keeps the connection alive is not one.
    const { events } = this
    if (events === undefined || events > this.#eventsBefore) this.#lastSignAt = at
    this.#eventsBefore = events ?? this.#eventsBefore
    return this.#takeHeard()
  }

  /** The answer has ended. */
  endAnswer(): void {
    this.#answer?.end()
  }

  /** Returns what a non-streamed answer says about tools, once it has ended. */
  lastWords(): At<ToolCalled | HostedToolEnded>[] {
    this.endAnswer()
    return this.#takeHeard()
  }

  #takeHeard(): At<ToolCalled | HostedToolEnded>[] {
    const heard = this.#heard
    if (heard.length === 0) return []
    this.#heard = []
    return heard
  }

  /**
   * How many events have arrived; undefined if the answer has none, or they could not be counted.
   */
  get events(): number | undefined {
    return this.#answer?.events
  }

  /** What the answer says about itself, from what has arrived. */
  get facts(): AnswerFacts {
    return this.#answer?.facts ?? {}
  }

  /** Events of the answer that are not JSON. */
  get brokenEvents(): number {
    return this.#answer?.brokenEvents ?? 0
  }

  /** Returns how a request to a model ended; empty for other requests. */
  outcome(end: EndRecord): ModelOutcome {
    this.endAnswer()
    return this.asksModel ? this.#outcome(end) : {}
  }

  /**
   * Corrects the state of an exchange: an agent that hangs up after the last event and before the
   * end of the body has cut off nothing. If that event was an error, though, Codex can go on
   * waiting until its time-out.
   */
  stateOf(state: ExchangeState, hungUpAt: number): ExchangeState {
    this.endAnswer()
    const ended = this.#answer?.facts.ended
    if (state !== 'cancelled' || ended === undefined) return state
    return ended === 'completed' || this.#timeout(hungUpAt) === undefined ? 'completed' : state
  }

  /** @param peer the other end of its connection to the API. */
  end(record: EndRecord, peer: EndRecord['peer']): At<ExchangeEnded> {
    this.endAnswer()
    const { startedAt } = this.#options
    const isOverUndici = peer?.http2 === true
    const isHttp = this.#start.transport === undefined && !isOverUndici
    const [status, exchange] = [this.#status, record.exchange]
    const { within } = this.#start
    const http = isHttp ? httpSpanOf(this.#start, startedAt, record, { status, peer }) : undefined
    return {
      kind: 'exchange-ended',
      at: startedAt + record.at,
      exchange,
      conversation: this.conversation,
      ...(within !== undefined && { within }),
      ...(this.#api !== undefined && {
        chat: chatEnding({
          record,
          status,
          facts: this.#answer?.facts ?? {},
          events: this.events,
          firstChunk: this.#firstChunkAt,
          came: this.#outcome(record),
        }),
      }),
      ...(http !== undefined && { http }),
      ...(record.state === 'cancelled' &&
        this.#api !== undefined && { stopped: this.#stopped(record) }),
    }
  }

  #begin(hints: AnswerHints): AnswerReader | undefined {
    if (this.#api === undefined) return undefined
    this.#answer = new AnswerReader({
      api: this.#api,
      hints,
      onFault: this.#options.onFault,
      onText: this.#options.onText,
      onEvent: (event) => this.#hear(this.#toolWords.event(event)),
      onAnswer: (body) => this.#hear(this.#toolWords.answer(body)),
    })
    return this.#answer
  }

  #hear(words: readonly ToolWord[]): void {
    const { exchange } = this.#start
    const at = this.#options.startedAt + this.#now
    for (const word of words)
      this.#heard.push(Object.assign(word, { at, exchange, conversation: this.conversation }))
  }

  /** In the body, each WebSocket message is followed by a newline. */
  #messages(part: Uint8Array | string): void {
    const answer = this.#answer ?? this.#begin({})
    const text = typeof part === 'string' ? this.#text.pushText(part) : this.#text.push(part)
    const lines = (this.#message + text).split('\n')
    this.#message = lines.pop() ?? ''
    for (const line of lines) answer?.message(line)
  }

  #outcome(end: EndRecord): ModelOutcome {
    const { facts = {}, isReadable = false } = this.#answer ?? {}
    const { broken, stopped, missed } = end
    const isWhole = broken === undefined && stopped === undefined && missed === undefined
    return outcomeOf({ end, status: this.#status, facts, isReadable: isReadable && isWhole })
  }

  #stopped(record: EndRecord): NonNullable<ExchangeEnded['stopped']> {
    const { startedAt } = this.#options
    const { facts = {}, events } = this.#answer ?? {}
    const hungUpAt = record.hungUpAt ?? record.at
    const timeout = this.#timeout(hungUpAt)
    return {
      signalledAt: startedAt + hungUpAt,
      lastByteAt: this.#lastChunkAt === undefined ? undefined : startedAt + this.#lastChunkAt,
      releasedAt: startedAt + record.at,
      bytes: record.responseBytes,
      events,
      textLength: facts.textLength,
      outputTokens: facts.outputTokens,
      isDroppedError:
        isErrorStatus(this.#status) && timeout === undefined && !isTimeout(record.error),
      otherwise: unasked(record.error, timeout),
    }
  }

  /** Returns why the agent hung up, if it had waited as long as it ever does. */
  #timeout(hungUpAt: number): string | undefined {
    const { idleTimeout } = this.#options
    if (idleTimeout === undefined) return undefined
    const patience = idleTimeout * 1000
    const least = patience - Math.min(SEEN_LATER, patience * SEEN_LATER_SHARE)
    if (hungUpAt - this.#lastSignAt < least) return undefined
    return `no ${this.events === undefined ? 'byte' : 'event'} for ${idleTimeout} ms`
  }
}

/**
 * Returns what stopped a request that nobody asked to stop: why its client gave up, if that was
 * seen from inside the agent.
 */
function unasked(
  error: EndRecord['error'],
  timeout: string | undefined,
): StoppedExchange['otherwise'] {
  if (timeout !== undefined) return { origin: 'timeout', reason: timeout }
  const reason = (error?.side === 'agent' && error.message) || 'the agent hung up'
  return { origin: isTimeout(error) ? 'timeout' : 'host', reason }
}

/** Returns whether the client's own time-out stopped the request. */
function isTimeout(error: EndRecord['error']): boolean {
  return error?.code === 'TimeoutError'
}

function apiOf(
  { method, url, headers, transport }: ExchangeRecord,
  apis: readonly ModelApi[] | undefined,
): ModelApi | undefined {
  // Only the Responses API uses WebSockets (Codex 0.169).
  if (transport === 'websocket') return responsesApi
  const path = parsedUrl(url)?.pathname
  if (path === undefined) return undefined
  const api = modelApiOf(method, path, apis)
  return api ?? (asksAnthropic(path, headers) ? messagesApi : undefined)
}

/** If Amazon Bedrock's path does not show whose model is asked, the client does. */
function asksAnthropic(path: string, headers: ExchangeRecord['headers']): boolean {
  const model = bedrockModel(path)
  if (model === undefined || !isOwnName(model)) return false
  const [, client = ''] = headers.find(([name]) => name.toLowerCase() === 'user-agent') ?? []
  return /^(?:claude-cli|Anthropic)/.test(client)
}
