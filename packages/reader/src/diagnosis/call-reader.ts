import {
  bytesOf,
  type Content,
  type ExchangeRecord,
  MissingBytes,
  type RawRecord,
} from '@tacho/format'
import {
  type Call,
  type CallPlaces,
  type EvidencePlace,
  ExchangeReader,
  type SessionExchange,
  type Silence,
} from '@tacho/model'
import { known } from '../known.js'
import { microsOfIso } from '../micros.js'
import type { Sound } from '../sound-records.js'

/** The shortest silence that counts, in microseconds; shorter ones come from the network. */
const SILENCE_MICROS = 1_000_000

/** What one record holds of an answer. */
type Piece = { at: number; content: Content; place: EvidencePlace }

/** Reads the records of one exchange for why it went as it did. */
export class CallReader {
  readonly #called: { callId: string; name: string; input: string; place: EvidencePlace }[] = []
  readonly #reader: ExchangeReader
  readonly #places: CallPlaces
  #end: Extract<RawRecord, { kind: 'end' }> | undefined
  #status: number | undefined
  #retryAfter: number | undefined
  #silence: Silence | undefined
  /** What came last, and the text of its chunk. */
  #last: (Omit<Piece, 'content'> & { said: string }) | undefined
  /** Short pieces of the chunk that came last: only a whole one shows whether it means anything. */
  #pieces: { all: Piece[]; text: string } | undefined
  /** Whether that chunk is known to mean something. */
  #isSaid = false
  /** When the first part of the answer came, if signs of life came before it. */
  #firstAfterSigns: number | undefined
  #signs = 0
  #isPassed = false

  constructor({ record, file, line }: Sound<ExchangeRecord>) {
    this.#places = { exchange: { file, line } }
    this.#reader = new ExchangeReader(record, {
      startedAt: microsOfIso(record.time) ?? 0,
      provider: undefined,
      idleTimeout: undefined,
      onFault: () => undefined,
    })
  }

  /** A chunk of its answer was not read: what came of the answer is what its span says. */
  pass(): void {
    this.#isPassed = true
  }

  take({ record, file, line }: Sound<Exclude<RawRecord, { kind: 'gap' }>>): void {
    const place = { file, line }
    switch (record.kind) {
      case 'request-body':
        this.#places.requestBody ??= place
        return
      case 'response':
        this.#places.response = place
        this.#status = record.status
        this.#retryAfter = retryAfterOf(record.headers)
        this.#reader.response(record)
        return
      case 'chunk':
        if (this.#isPassed) return
        if (record.continued !== true) this.#chunkOver()
        this.#piece({ at: record.at, content: record.content, place })
        return
      case 'unparsed':
        if (record.side === 'response') this.#places.unparsed ??= place
        return
      case 'end':
        this.#chunkOver()
        this.#places.end = place
        this.#end = record
        return
      case 'exchange':
      case 'message':
        return
      default:
        record satisfies never
    }
  }

  /** Whether its response has the status of an error. */
  get isRefused(): boolean {
    return this.#status !== undefined && this.#status >= 400
  }

  /** The tools that its answer calls. */
  get called(): readonly { callId: string; name: string; input: string; place: EvidencePlace }[] {
    this.#chunkOver()
    return this.#called
  }

  /** Returns the exchange with everything that its records say. */
  call(exchange: SessionExchange): Call {
    this.#chunkOver()
    const { outcome, error, ...rest } = exchange
    const { facts, asksModel, brokenEvents } = this.#reader
    // The records take precedence over what a span once said.
    const told = this.#told(exchange)
    return {
      ...rest,
      ...known({
        outcome: asksModel ? told.outcome : outcome,
        error: told.error === undefined ? error : { ...told.error, ...sideOf(exchange) },
      }),
      asksModel,
      facts,
      places: this.#places,
      brokenEvents,
      ...known({
        retryAfter: this.#retryAfter,
        silence: this.#silence,
        lastChunkAt: this.#last?.at,
      }),
      ...(this.#firstAfterSigns !== undefined && { firstChunkMs: this.#firstAfterSigns / 1000 }),
      chunks: Math.max(0, exchange.chunks - this.#signs),
      ...(this.#isEndLost(exchange) && { isEndLost: true }),
    }
  }

  /** A span with an outcome has ended. */
  #isEndLost({ outcome }: SessionExchange): boolean {
    return !this.#isPassed && this.#end === undefined && outcome !== undefined
  }

  #told({ outcome, error }: SessionExchange): Pick<Call, 'outcome' | 'error'> {
    if (this.#isPassed) return known({ outcome, error })
    if (this.#end !== undefined) return this.#reader.outcome(this.#end)
    return outcome === undefined ? this.#sofar() : known({ outcome, error })
  }

  // Without an end, it may still have said how it went.
  #sofar(): Pick<Call, 'outcome' | 'error'> {
    const { ended, error } = this.#reader.facts
    if (ended !== 'failed' && !(this.isRefused && error !== undefined)) return {}
    return {
      outcome: 'failed',
      error: { type: error?.code ?? error?.type ?? String(this.#status ?? 'error') },
    }
  }

  #piece(piece: Piece): void {
    const { content } = piece
    const { all, text } = this.#pieces ?? { all: [], text: '' }
    all.push(piece)
    const mayBeSign =
      !this.#isSaid &&
      typeof content === 'string' &&
      text.length + content.length < SIGN_LENGTH &&
      all.length < SIGN_PIECES
    this.#pieces = mayBeSign ? { all, text: text + content } : undefined
    if (mayBeSign) return
    this.#isSaid = true
    for (const one of all) this.#take(one)
  }

  #chunkOver(): void {
    const pieces = this.#pieces
    this.#pieces = undefined
    this.#isSaid = false
    if (pieces === undefined) return
    if (SIGNS_OF_LIFE.test(pieces.text)) this.#signs += 1
    else for (const piece of pieces.all) this.#take(piece)
  }

  #take({ at, content, place }: Piece): void {
    if (this.#signs > 0 && this.#last === undefined) this.#firstAfterSigns = at
    this.#places.firstChunk ??= place
    this.#places.lastChunk = place
    const last = this.#last
    if (last !== undefined && at - last.at >= SILENCE_MICROS) {
      const ms = (at - last.at) / 1000
      if (ms > (this.#silence?.ms ?? 0)) {
        const isWithinText = DELTA.test(last.said)
        const isThought = THOUGHT.test(last.said)
        this.#silence = { at: last.at, ms, place: last.place, isWithinText, isThought }
      }
    }
    const before = last?.at === at ? last.said.slice(-SAID_BEFORE) : ''
    this.#last = { at, place, said: before + lastTextOf(content) }
    const bytes = bytesIn(content)
    for (const word of bytes === undefined ? [] : this.#reader.chunk(at, bytes)) {
      if (word.kind === 'tool-called') this.#called.push({ ...word, place })
    }
  }
}

function sideOf({ error }: SessionExchange): { side?: 'agent' | 'upstream' } {
  return known({ side: error?.side })
}

function bytesIn(content: Content): Uint8Array | undefined {
  try {
    return bytesOf(content)
  } catch (cause) {
    if (cause instanceof MissingBytes) return undefined
    throw cause
  }
}

// Comments of an event stream, and Anthropic's `ping`, keep a connection open and mean nothing:
// https://html.spec.whatwg.org/multipage/server-sent-events.html#authoring-notes
const SIGNS_OF_LIFE =
  /^(?::[^\n]{0,200}\n|event: ping\r?\n|data: ?\{\s?"type": ?"ping"\s?\}\r?\n|\r?\n)+$/

/** A longer chunk, or one of more pieces, means something. */
const SIGN_LENGTH = 4000
const SIGN_PIECES = 100

// The events in which the four APIs stream a text or a tool's arguments.
const DELTA =
  /"response\.(output_text|function_call_arguments|custom_tool_call_input)\.delta"|"(text_delta|input_json_delta)"|"delta"\s*:\s*\{[^{}]*"content"\s*:\s*"|"parts"\s*:\s*\[\s*\{\s*"text"/

const THOUGHT =
  /"type"\s*:\s*"(?:reasoning|thinking|redacted_thinking|thinking_delta|signature_delta|response\.reasoning\w*)|"reasoning(?:_content)?"\s*:\s*"|"thought"\s*:\s*true/

function lastTextOf(content: Content): string {
  const texts = typeof content === 'string' ? [content] : content
  return texts.findLast((piece) => typeof piece === 'string') ?? ''
}

/** How much of a chunk's earlier pieces is kept: an event that streams a text is shorter. */
const SAID_BEFORE = 2048

// Seconds, or a date; OpenAI and Azure also send milliseconds (RFC 9110, 10.2.3).
function retryAfterOf(headers: readonly [string, string][]): number | undefined {
  const value = (name: string): number => {
    const found = headers.find(([one]) => one.toLowerCase() === name)?.[1]
    return found === undefined || found.trim() === '' ? Number.NaN : Number(found)
  }
  const seconds = value('retry-after')
  if (seconds >= 0) return seconds
  const milliseconds = value('retry-after-ms')
  return milliseconds >= 0 ? milliseconds / 1000 : undefined
}
