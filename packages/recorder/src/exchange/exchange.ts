import {
  type EndRecord,
  type ExchangeRecord,
  type ExchangeState,
  encodeAttributes,
  type Headers,
  type MessageRecord,
  type RawRecord,
  type UnparsedRecord,
} from '@tacho/format'
import { ExchangeReader, endsAnswer, type RequestFacts, requestFactsOf } from '@tacho/model'
import type { AllScrubbed, Scrubbed } from '@tacho/scrub'
import { isoTime } from '../clock.js'
import { newSpanId } from '../ids.js'
import { chunkLine, lineOf, scrubbedContentOf, scrubbedPlaces } from '../line.js'
import type { Session } from '../session/session.js'
import type { SpanParent } from '../spans/tracing.js'
import { announcedLength } from './announced-length.js'
import { BodyEnds } from './body-ends.js'
import { type BodyCoding, bodyCodingOf } from './decoding/codings.js'
import { type RecordedBody, recordRequestBody } from './request-body.js'
import type { RequestHead } from './request-head.js'
import { type BodyEnd, ResponseBody } from './response-body.js'

/** What is known of the connection that a request was sent on. */
export type Sent = {
  address?: string | undefined
  port?: number | undefined
  isHttp2?: boolean
}

/** How an exchange ended, as seen by whoever is between the two sides. */
export type ExchangeEnd = {
  state: ExchangeState
  trailers?: Headers
  error?: NonNullable<EndRecord['error']>
  webSocket?: NonNullable<EndRecord['webSocket']>
}

/**
 * Records one API request and its response as they happen. Each call writes its record before it
 * returns. Calls are made in the order of events, each with its time (microseconds since the epoch;
 * default: now).
 */
export class Exchange {
  /** Also the id of the exchange's `chat` span. */
  readonly id = newSpanId()
  readonly #scrubbedId: Scrubbed
  readonly #session: Session
  readonly #head: RequestHead
  readonly #start: number
  readonly #request = new BodyEnds()
  /** Derives facts from the exchange's records. */
  #reader: ExchangeReader | undefined
  /** Bytes of the request that passed unrecorded. */
  #requestMissed = 0
  #isRequestOver = false
  #isRequestRecorded = false
  #response: ResponseBody | undefined
  #hungUpTime: number | undefined
  #whenRequestIsRecorded: (() => void) | undefined
  #sent: Sent | undefined
  #hasAnswered = false
  /** Whether {@link end} was called. */
  isOver = false
  /**
   * Resolves when the end is written, which is later than {@link end} if a compressed body is still
   * being decoded.
   */
  readonly finished: Promise<void>
  #settleFinished: () => void = () => {}

  constructor(session: Session, head: RequestHead, start: number) {
    this.#session = session
    this.#scrubbedId = session.scrubber.text(this.id)
    this.#head = head
    this.#start = start
    this.finished = new Promise((resolve) => {
      this.#settleFinished = resolve
    })
  }

  /** The URL that the request is sent to. */
  get url(): string {
    return this.#head.url
  }

  /** Records that the exchange has begun. Other calls do this if needed. */
  begin(): void {
    if (this.#reader !== undefined) return
    const record = this.#exchangeRecord()
    const { idleTimeout, provider } = this.#head
    this.#reader = new ExchangeReader(record, {
      startedAt: this.#start,
      provider: provider ?? this.#session.provider,
      idleTimeout: idleTimeout ?? this.#session.idleTimeout,
      modelApis: this.#session.modelApis,
      onFault: (cause) => this.#session.faults.count('answer', cause),
    })
    this.#write(record)
  }

  #exchangeRecord(): AllScrubbed<ExchangeRecord> {
    const { method, url, headers, conversation, webSocket, provider } = this.#head
    const { threadId, turnId, threadSource, requestKind, within } = conversation
    const { scrubber } = this.#session
    // Scrubs the headers first: they teach the scrubber this exchange's secrets.
    const scrubbedHeaders = scrubber.headers(headers)
    const scrubbedUrl = scrubber.url(url)
    const facts = scrubber.all({
      kind: 'exchange' as const,
      exchange: this.id,
      time: isoTime(this.#start),
      method,
      ...(this.#session.isNamed && { traceId: this.#session.traceId }),
      run: this.#session.runId,
      ...(threadId !== undefined && { threadId }),
      ...(turnId !== undefined && { turnId }),
      ...(threadSource !== undefined && { threadSource }),
      ...(requestKind !== undefined && { requestKind }),
      ...(within !== undefined && { within }),
      ...(webSocket !== undefined && {
        transport: 'websocket' as const,
        connection: webSocket.connection,
      }),
      ...(webSocket?.isPrewarm && { prewarm: true as const }),
      ...(provider !== undefined && provider !== this.#session.provider && { provider }),
    })
    const { kind, exchange, time, method: scrubbedMethod, ...more } = facts
    return {
      ...{ kind, exchange, time, method: scrubbedMethod },
      ...{ url: scrubbedUrl, headers: scrubbedHeaders, ...more },
    }
  }

  /**
   * The parent for the span that undici makes of the HTTP request; undefined until the session has
   * an id.
   */
  get spanParent(): SpanParent | undefined {
    if (!this.#session.isNamed) return undefined
    this.begin()
    const { traceId, id, scrubber } = this.#session
    const { threadId, turnId } = scrubber.all(this.#head.conversation)
    return {
      traceId,
      spanId: this.#reader?.asksModel ? this.id : this.#session.spanOf(threadId),
      attributes: encodeAttributes('http', {
        sessionId: id,
        threadId: threadId ?? id,
        turnId,
        exchange: this.id,
      }),
    }
  }

  /** Whether a WebSocket has delivered the last message of a model's answer. */
  get hasAnswered(): boolean {
    return this.#hasAnswered
  }

  /** Notes the connection that the request is sent on. */
  sent(over: Sent): void {
    this.#sent = over
  }

  /** May be called after the head of the response, and after its bytes. */
  requestBytes(bytes: Uint8Array): void {
    if (!this.#isRequestOver) this.#request.push(bytes)
  }

  /**
   * Counts bytes of the request that passed while too much was waiting; none is recorded after
   * them.
   */
  requestMissed(bytes: number): void {
    if (!this.#isRequestOver) this.#requestMissed += bytes
  }

  /**
   * Records the request's body.
   *
   * @param isWhole false if the rest of it will never come.
   */
  requestEnd(now = this.#session.now(), isWhole = true): void {
    if (this.#isRequestOver) return
    this.#isRequestOver = true
    this.begin()
    const at = this.#since(now)
    const { scrubber, decoding } = this.#session
    const coding = bodyCodingOf(this.#head.headers)
    const encode = (bytes: Uint8Array) =>
      this.#session.bodies.encode(this.id, bytes, this.#head.conversation.threadId)
    const missed = this.#requestMissed
    const options = { coding, isWhole: isWhole && missed === 0, missed, scrubber, decoding, encode }
    recordRequestBody(this.#request, options, (recorded) => this.#writeRequestBody(at, recorded))
  }

  #writeRequestBody(at: number, recorded: RecordedBody): void {
    this.#isRequestRecorded = true
    const exchange = this.#scrubbedId
    const record = { kind: 'request-body', exchange, at, ...recorded.record } as const
    const isWritten = this.#write(record)
    if (isWritten && recorded.encoded !== undefined) this.#session.bodies.keep(recorded.encoded)
    const { content: _, ...facts } = record
    const started = this.#reader?.requestBody(facts, () => this.#asked(recorded.bytes))
    if (started !== undefined) this.#session.observe(started)
    this.#whenRequestIsRecorded?.()
  }

  #asked(body: Uint8Array | undefined): RequestFacts {
    try {
      return body === undefined ? {} : requestFactsOf(body)
    } catch (cause) {
      this.#session.faults.count('request', cause)
      return {}
    }
  }

  responseHead(
    status: number,
    statusText: string,
    headers: Headers,
    now = this.#session.now(),
  ): void {
    this.begin()
    // An answer can begin before its whole request is sent.
    if (this.#isRequestSeen) this.requestEnd(now)
    const { scrubber } = this.#session
    const record = {
      kind: 'response',
      exchange: this.#scrubbedId,
      at: this.#since(now),
      status,
      statusText: scrubber.text(statusText),
      headers: scrubber.headers(headers, true),
    } as const
    this.#response = this.#responseBody(bodyCodingOf(headers))
    this.#write(record)
    this.#reader?.response(record)
  }

  /** @param bytes may be reused by the caller afterwards. */
  responseBytes(bytes: Uint8Array, now = this.#session.now()): void {
    this.#response?.push(bytes, this.#since(now))
  }

  /**
   * Counts bytes of the response that passed while too much was waiting; none is recorded after
   * them.
   */
  responseMissed(bytes: number): void {
    this.#response?.miss(bytes)
  }

  /** Records a WebSocket message as part of the answer; in the body, a newline follows it. */
  message(text: Uint8Array, now = this.#session.now()): void {
    this.requestEnd(now)
    this.#response ??= this.#responseBody(bodyCodingOf([]))
    this.#hasAnswered ||= endsAnswer(text)
    this.responseBytes(Buffer.concat([text, NEWLINE]), now)
  }

  /**
   * Records something that passed on the WebSocket opened by this exchange and belongs to no
   * exchange.
   */
  aside(
    message: Omit<MessageRecord, 'kind' | 'connection' | 'at' | 'content' | 'scrubbed'>,
    content: Uint8Array,
    now = this.#session.now(),
  ): void {
    const { bytes, found } = this.#session.scrubber.bytes(content)
    this.#write({
      kind: 'message',
      connection: this.#scrubbedId,
      at: this.#since(now),
      ...message,
      content: scrubbedContentOf(bytes),
      ...(found.length > 0 && { scrubbed: scrubbedPlaces(found) }),
    })
  }

  /** From here on, one side could not be parsed as HTTP; its bytes are recorded as its body. */
  unparsed(side: UnparsedRecord['side'], reason: string, now = this.#session.now()): void {
    if (side === 'response') {
      this.requestEnd(now)
      this.#response ??= this.#responseBody(bodyCodingOf([]))
    }
    this.#write({
      kind: 'unparsed',
      exchange: this.#scrubbedId,
      at: this.#since(now),
      side,
      reason: this.#session.scrubber.text(reason),
    })
  }

  /** Notes that the agent closed its connection early; {@link end} follows when ours is closed. */
  hungUp(now = this.#session.now()): void {
    this.#hungUpTime ??= now
  }

  end(end: ExchangeEnd, now = this.#session.now()): void {
    if (this.isOver) return
    this.isOver = true
    this.requestEnd(now, this.#isRequestSeen)
    const finish = (body: BodyEnd) =>
      this.#onceRequestIsRecorded(() => this.#finish(now, end, body))
    if (this.#response === undefined) finish({ responseSha256: EMPTY_SHA256 })
    else this.#response.end(this.#since(now), end.state === 'completed', finish)
  }

  /** Whether everything that the request's head announces has arrived. */
  get #isRequestSeen(): boolean {
    return announcedLength(this.#head.headers) === this.#requestLength
  }

  get #requestLength(): number {
    return this.#request.length + this.#requestMissed
  }

  #onceRequestIsRecorded(work: () => void): void {
    if (this.#isRequestRecorded) work()
    else this.#whenRequestIsRecorded = work
  }

  /** Returns the microseconds since the exchange began. */
  #since(now: number): number {
    return this.#session.elapsed(this.#start, now)
  }

  #finish(now: number, end: ExchangeEnd, body: BodyEnd): void {
    const { trailers, error, webSocket } = end
    const { scrubber } = this.#session
    const state = this.#stateOf(end, now)
    const peer = this.#session.peerOf(this.#sent)
    const record: AllScrubbed<EndRecord> = scrubber.all({
      kind: 'end' as const,
      exchange: this.id,
      at: this.#since(now),
      state,
      requestBytes: this.#requestLength,
      responseBytes: this.#response?.wireBytes ?? 0,
      ...body,
      ...(peer.news !== undefined && { peer: peer.news }),
      ...(state === 'cancelled' &&
        this.#hungUpTime !== undefined && { hungUpAt: this.#since(this.#hungUpTime) }),
      ...(trailers !== undefined &&
        trailers.length > 0 && { trailers: scrubber.headers(trailers, true) }),
      ...(error !== undefined && { error }),
      ...(webSocket !== undefined && { webSocket }),
    })
    this.#write(record)
    if (this.#reader !== undefined) {
      for (const word of this.#reader.lastWords()) this.#session.observe(word)
      this.#session.observe(this.#reader.end(record, peer.now))
    }
    this.#session.exchangeEnded(record, this.#head)
    this.#settleFinished()
  }

  #stateOf({ state }: ExchangeEnd, now: number): ExchangeState {
    return this.#reader?.stateOf(state, this.#since(this.#hungUpTime ?? now)) ?? state
  }

  #responseBody(coding: BodyCoding): ResponseBody {
    const { scrubber, decoding } = this.#session
    return new ResponseBody({
      coding,
      scrubber,
      decoding,
      write: (chunk) => this.#write({ kind: 'chunk', exchange: this.#scrubbedId, ...chunk }),
      writeBytes: (chunk, bytes, isLate) => {
        const record = { kind: 'chunk', exchange: this.#scrubbedId, ...chunk } as const
        this.#session.write(record, chunkLine(record, bytes, isLate))
        this.#read(chunk.at, bytes)
      },
    })
  }

  /**
   * Runs after the record is written, because no record depends on what the bytes mean. Reads the
   * bytes as written.
   */
  #read(at: number, bytes: Uint8Array): void {
    const { onToolCall } = this.#head
    for (const word of this.#reader?.chunk(at, bytes) ?? []) {
      this.#session.observe(word)
      // A call without an id is named after its exchange.
      if (word.kind === 'tool-called' && !word.callId.startsWith(this.id)) onToolCall?.(word.callId)
    }
  }

  #write(record: AllScrubbed<RawRecord>): boolean {
    return this.#session.write(record, lineOf(record))
  }
}

const NEWLINE = Buffer.from('\n')

const EMPTY_SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
