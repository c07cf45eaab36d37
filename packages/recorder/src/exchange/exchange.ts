import { type Span, SpanStatusCode } from '@opentelemetry/api'
import {
  contentOf,
  type EndRecord,
  type ExchangeState,
  type Headers,
  type MessageRecord,
  type RawRecord,
  type UnparsedRecord,
} from '@tacho/format'
import { hrTime, isoTime } from '../clock.js'
import { newSpanId } from '../ids.js'
import { chunkLine, lineOf } from '../line.js'
import { type ModelApi, modelApiOf, responsesApi } from '../model-api/index.js'
import { requestedModel } from '../model-api/requested-model.js'
import { ResponseReader } from '../model-api/response-reader.js'
import type { Session } from '../session/session.js'
import type { SpanPlace } from '../spans/tracing.js'
import { announcedLength } from './announced-length.js'
import { BodyEnds } from './body-ends.js'
import { chatEndAttributes, chatSpanName, chatStartAttributes, isError } from './chat-span.js'
import { type BodyCoding, bodyCodingOf } from './decoding/codings.js'
import { endHttpSpan, startHttpSpan } from './http-span.js'
import { type RecordedBody, recordRequestBody } from './request-body.js'
import type { RequestHead } from './request-head.js'
import { type BodyEnd, ResponseBody } from './response-body.js'

/** What a request goes over, as far as it is known. */
export type Sent = {
  address?: string | undefined
  port?: number | undefined
  isHttp2?: boolean
}

/** How an exchange ended, as who stands between the two sides saw it. */
export type ExchangeEnd = {
  state: ExchangeState
  trailers?: Headers
  error?: NonNullable<EndRecord['error']>
  webSocket?: NonNullable<EndRecord['webSocket']>
}

/**
 * One API request and its response, told as it happens. Each call writes its record before it
 * returns; the calls are made in the order in which things happened, each with the time at which it
 * did (microseconds since the epoch; now, where it is left out).
 */
export class Exchange {
  /** Also the id of its `chat` span. */
  readonly id = newSpanId()
  readonly #session: Session
  readonly #head: RequestHead
  readonly #start: number
  readonly #api: ModelApi | undefined
  readonly #request = new BodyEnds()
  #hasBegun = false
  #isRequestOver = false
  #recordedRequest: RecordedBody['record'] | undefined
  #status: number | undefined
  #response: ResponseBody | undefined
  #reader: ResponseReader | undefined
  #firstChunk: number | undefined
  #lastByteTime: number | undefined
  #hungUpTime: number | undefined
  #whenRequestIsRecorded: (() => void) | undefined
  #span: Span | undefined
  #httpSpan: Span | undefined
  #headers: Headers = []
  /** What its HTTP span waits for: the connection to the upstream, and the start of its parent. */
  #sent: Sent | undefined
  #hasStarted = false
  #ended: EndRecord | undefined
  /** Whether its end has been told. */
  isOver = false
  /** Its end is written: a little later than it was told where a compressed body is still decoded. */
  readonly finished: Promise<void>
  #settleFinished: () => void = () => {}

  constructor(session: Session, head: RequestHead, start: number) {
    this.#session = session
    this.#head = head
    this.#start = start
    this.finished = new Promise((resolve) => {
      this.#settleFinished = resolve
    })
    const { pathname } = new URL(head.url)
    // Over a WebSocket only the Responses API is spoken (Codex 0.169).
    this.#api = head.webSocket === undefined ? modelApiOf(head.method, pathname) : responsesApi
  }

  /** Where the request is sent. */
  get url(): string {
    return this.#head.url
  }

  /** Writes that it has begun. Its first call writes it where this has not been called. */
  begin(): void {
    if (this.#hasBegun) return
    this.#hasBegun = true
    const { method, url, headers, conversation, webSocket } = this.#head
    const { threadId, turnId } = conversation
    const { scrubber } = this.#session
    this.#headers = scrubber.headers(headers)
    this.#write({
      kind: 'exchange',
      exchange: this.id,
      time: isoTime(this.#start),
      method,
      url: scrubber.url(url),
      headers: this.#headers,
      ...(this.#session.isNamed && { traceId: this.#session.traceId }),
      run: this.#session.runId,
      ...(threadId !== undefined && { threadId }),
      ...(turnId !== undefined && { turnId }),
      ...(webSocket !== undefined && { transport: 'websocket', connection: webSocket.connection }),
      ...(webSocket?.isPrewarm && { prewarm: true }),
    })
  }

  /** Where the span of its HTTP request belongs; nowhere while the session has no id. */
  get httpPlace(): SpanPlace | undefined {
    if (!this.#session.isNamed) return undefined
    const { traceId } = this.#session
    return { traceId, spanId: this.#httpParent, attributes: this.#commonAttributes() }
  }

  /** Whether the last event of a model's answer has come. */
  get hasAnswered(): boolean {
    const { hasEnded, finishReasons } = this.#reader?.facts ?? {}
    return hasEnded === true || finishReasons !== undefined
  }

  /** There is a connection to send it over. */
  sent(over: Sent): void {
    this.#sent = over
    this.#session.later.spare(() => this.#startHttpSpan())
  }

  /** May come behind the head of the response, and behind its bytes. */
  requestBytes(bytes: Uint8Array): void {
    if (!this.#isRequestOver) this.#request.push(bytes)
  }

  /**
   * The request's body has come to its end.
   *
   * @param isWhole false where it will not come any further.
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
    const options = { coding, isWhole, scrubber, decoding, encode }
    recordRequestBody(this.#request, options, (recorded) => this.#writeRequestBody(at, recorded))
  }

  #writeRequestBody(at: number, recorded: RecordedBody): void {
    this.#recordedRequest = recorded.record
    const isWritten = this.#write({
      kind: 'request-body',
      exchange: this.id,
      at,
      ...recorded.record,
    })
    if (isWritten && recorded.encoded !== undefined) this.#session.bodies.keep(recorded.encoded)
    this.#startSpans(recorded.bytes)
    this.#whenRequestIsRecorded?.()
  }

  responseHead(
    status: number,
    statusText: string,
    headers: Headers,
    now = this.#session.now(),
  ): void {
    this.begin()
    // An answer may begin before all of its request is sent.
    if (this.#isRequestSeen) this.requestEnd(now)
    this.#status = status
    const type = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? ''
    const reader = this.#api === undefined ? undefined : new ResponseReader(this.#api, type)
    this.#reader = reader
    this.#response = this.#responseBody(bodyCodingOf(headers), (bytes) => reader?.push(bytes))
    this.#write({
      kind: 'response',
      exchange: this.id,
      at: this.#since(now),
      status,
      statusText,
      headers: this.#session.scrubber.headers(headers),
    })
  }

  /** @param bytes in memory that may be another's afterwards. */
  responseBytes(bytes: Uint8Array, now = this.#session.now()): void {
    const at = this.#since(now)
    this.#lastByteTime = now
    this.#firstChunk ??= at
    this.#response?.push(bytes, at)
  }

  /** A message of a WebSocket, as a part of the answer; it stands in the body with a newline behind it. */
  message(text: Uint8Array, now = this.#session.now()): void {
    this.requestEnd(now)
    this.#reader ??= new ResponseReader(responsesApi, '')
    this.#response ??= this.#responseBody(bodyCodingOf([]), () => {})
    this.#reader.message(Buffer.from(text.buffer, text.byteOffset, text.length).toString())
    this.responseBytes(Buffer.concat([text, NEWLINE]), now)
  }

  /** Something passed over the WebSocket that its answer opened, and belongs to no exchange. */
  aside(
    message: Omit<MessageRecord, 'kind' | 'connection' | 'at' | 'content'>,
    content: Uint8Array,
    now = this.#session.now(),
  ): void {
    const { bytes, found } = this.#session.scrubber.bytes(content)
    this.#write({
      kind: 'message',
      connection: this.id,
      at: this.#since(now),
      ...message,
      content: contentOf(bytes),
      ...(found.length > 0 && { scrubbed: found }),
    })
  }

  /** From here on a side was no HTTP that could be followed; its bytes are told as those of its body. */
  unparsed(side: UnparsedRecord['side'], reason: string, now = this.#session.now()): void {
    if (side === 'response') {
      this.requestEnd(now)
      this.#response ??= this.#responseBody(bodyCodingOf([]), () => {})
    }
    this.#write({ kind: 'unparsed', exchange: this.id, at: this.#since(now), side, reason })
  }

  /** The agent has closed its connection before the end; {@link end} follows when ours is closed. */
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

  /** Whether all is there that the request's head announces. */
  get #isRequestSeen(): boolean {
    return announcedLength(this.#head.headers) === this.#request.length
  }

  #onceRequestIsRecorded(work: () => void): void {
    if (this.#recordedRequest !== undefined) work()
    else this.#whenRequestIsRecorded = work
  }

  /** Microseconds since it began. */
  #since(now: number): number {
    return this.#session.elapsed(this.#start, now)
  }

  #finish(now: number, end: ExchangeEnd, body: BodyEnd): void {
    this.#reader?.end()
    const { trailers, error, webSocket } = end
    const record: EndRecord = {
      kind: 'end',
      exchange: this.id,
      at: this.#since(now),
      state: this.#stateOf(end),
      requestBytes: this.#request.length,
      responseBytes: this.#response?.wireBytes ?? 0,
      ...body,
      ...(trailers !== undefined &&
        trailers.length > 0 && { trailers: this.#session.scrubber.headers(trailers) }),
      ...(error !== undefined && {
        error: { ...error, message: this.#session.scrubber.text(error.message) },
      }),
      ...(webSocket !== undefined && { webSocket: this.#scrubbed(webSocket) }),
    }
    this.#write(record)
    this.#ended = record
    this.#endSpans()
    if (record.state === 'cancelled' && this.#api !== undefined) this.#tellCancellation(record, now)
    this.#session.exchangeEnded(record, this.#head, now)
    this.#settleFinished()
  }

  /** An agent that hangs up behind the last event, before the body's end, has cut off nothing. */
  #stateOf({ state }: ExchangeEnd): ExchangeState {
    return state === 'cancelled' && this.hasAnswered ? 'completed' : state
  }

  #scrubbed(end: NonNullable<EndRecord['webSocket']>): NonNullable<EndRecord['webSocket']> {
    const { reason } = end
    return reason === undefined ? end : { ...end, reason: this.#session.scrubber.text(reason) }
  }

  #responseBody(coding: BodyCoding, read: (bytes: Uint8Array) => void): ResponseBody {
    const { scrubber, decoding } = this.#session
    return new ResponseBody({
      coding,
      scrubber,
      decoding,
      write: (chunk) => this.#write({ kind: 'chunk', exchange: this.id, ...chunk }),
      writeBytes: (chunk, bytes, isLate) => {
        const line = chunkLine({ kind: 'chunk', exchange: this.id, ...chunk }, bytes, isLate)
        this.#session.raw.append(line, 'chunk')
      },
      read,
    })
  }

  #tellCancellation(record: EndRecord, now: number): void {
    const facts = this.#reader?.facts ?? {}
    const hungUp = this.#hungUpTime ?? now
    const lastByte = this.#lastByteTime
    const idle = this.#session.elapsed(lastByte ?? this.#start, hungUp)
    this.#session.whenNamed(() =>
      this.#session.cancellations.exchangeStopped({
        spanId: this.id,
        conversation: this.#head.conversation,
        signalledAt: hungUp,
        lastByteAt: lastByte,
        releasedAt: now,
        bytes: record.responseBytes,
        events: this.#reader?.events ?? 0,
        textLength: facts.textLength ?? 0,
        outputTokens: facts.outputTokens,
        otherwise: this.#whyUnwished(idle),
      }),
    )
  }

  /** @param idle how long no byte had come when the agent hung up, in microseconds. */
  #whyUnwished(idle: number): { origin: 'timeout' | 'host'; reason: string } {
    const { idleTimeout } = this.#head
    if (idleTimeout === undefined || idle < idleTimeout * 1000) {
      return { origin: 'host', reason: 'the agent hung up' }
    }
    return { origin: 'timeout', reason: `no byte for ${idleTimeout} ms` }
  }

  #startSpans(body: Uint8Array | undefined): void {
    const start = () => {
      if (this.#api !== undefined) this.#startChatSpan(body && requestedModel(body))
      this.#hasStarted = true
      this.#startHttpSpan()
      this.#endSpans()
    }
    this.#session.later.spare(() => this.#session.whenNamed(start))
  }

  #startChatSpan(model: string | undefined): void {
    const { conversation, provider, webSocket } = this.#head
    this.#span = this.#session.startSpan({
      name: chatSpanName(model),
      spanId: this.id,
      parentSpanId: this.#session.parentFor(conversation),
      isClient: true,
      at: this.#start,
      attributes: {
        ...chatStartAttributes({
          exchange: this.id,
          provider,
          model,
          bytes: this.#recordedRequest?.bytes ?? 0,
          sha256: this.#recordedRequest?.sha256 ?? EMPTY_SHA256,
          webSocket,
        }),
        ...this.#commonAttributes(),
      },
    })
  }

  /** A message of a WebSocket is no HTTP request: that is the connection's. */
  #startHttpSpan(): void {
    const { method, url, webSocket } = this.#head
    // Where undici speaks to the upstream, its instrumentation makes the span.
    const isNone = webSocket !== undefined || this.#sent?.isHttp2 === true
    const isKnown = this.#sent !== undefined || this.#ended !== undefined
    if (isNone || !isKnown || !this.#hasStarted || this.#httpSpan !== undefined) return
    this.#httpSpan = startHttpSpan({
      startSpan: (start) => this.#session.startSpan(start),
      method,
      url: this.#session.scrubber.url(url),
      headers: this.#headers,
      parentSpanId: this.#httpParent,
      at: this.#start,
      peer: this.#sent,
      attributes: this.#commonAttributes(),
    })
  }

  get #httpParent(): string {
    return this.#api === undefined ? this.#session.parentFor(this.#head.conversation) : this.id
  }

  /** Ends the spans where both are true: they have started, and the exchange is over. */
  #endSpans(): void {
    const record = this.#ended
    if (record === undefined || !this.#hasStarted) return
    this.#startHttpSpan()
    const [status, at] = [this.#status, this.#start + record.at]
    if (this.#httpSpan !== undefined) endHttpSpan(this.#httpSpan, record, status, at)
    if (this.#span !== undefined) this.#endChatSpan(this.#span, record)
  }

  #endChatSpan(span: Span, record: EndRecord): void {
    const facts = this.#reader?.facts ?? {}
    const events = this.#reader?.events ?? 0
    const [status, firstChunk] = [this.#status, this.#firstChunk]
    span.setAttributes(chatEndAttributes({ record, facts, events, status, firstChunk }))
    if (isError(record, status, facts)) {
      span.setStatus({
        code: SpanStatusCode.ERROR,
        ...(record.error && { message: record.error.message }),
      })
    }
    span.end(hrTime(this.#start + record.at))
  }

  #commonAttributes(): Record<string, string> {
    return { ...this.#session.attributesFor(this.#head.conversation), 'tacho.exchange.id': this.id }
  }

  #write(record: RawRecord): boolean {
    return this.#session.raw.append(lineOf(record), record.kind)
  }
}

const NEWLINE = Buffer.from('\n')

const EMPTY_SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
