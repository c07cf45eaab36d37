import type { Attributes, Span } from '@opentelemetry/api'
import {
  BodyEncoder,
  countEnd,
  type DeliveredRecord,
  type EndRecord,
  type LiveDelivery,
  manifestCounts,
  noneEnded,
  type RunEnded,
} from '@tacho/format'
import type { ModelApi } from '@tacho/model'
import type { Scrubber } from '@tacho/scrub'
import type { AppendFile } from '../append-file.js'
import { hrTime, isoTime } from '../clock.js'
import type { DecodingThread } from '../exchange/decoding/decoding-thread.js'
import type { Conversation, RequestHead } from '../exchange/request-head.js'
import { Faults, type ReportFault } from '../faults.js'
import { newSpanId, traceIdOf } from '../ids.js'
import type { Later } from '../later.js'
import { lineOf } from '../line.js'
import type { LiveExport } from '../live/live-export.js'
import { SessionFileSpanExporter } from '../spans/session-file-span-exporter.js'
import { SessionSpanProcessor } from '../spans/session-span-processor.js'
import type { SpanStart, Tracing } from '../spans/tracing.js'
import { TACHO_VERSION } from '../version.js'
import { Approvals } from './approvals.js'
import { type CancellationOrigin, Cancellations } from './cancellations.js'
import type { SpanSource } from './open-spans.js'
import { type RunEnd, type RunFacts, writeManifest } from './run-manifest.js'
import type { SessionFiles } from './session-files.js'
import { Tools } from './tools.js'
import { Turns } from './turns.js'

export type SessionOptions = {
  /** A name for as long as the agent's own is not known. */
  id: string
  files: SessionFiles
  run: RunFacts
  later: Later
  /** Where spans are sent while they happen, where that is asked for. */
  live: LiveExport | undefined
  scrubber: Scrubber
  tracing: Tracing
  decoding: DecodingThread
  now: () => number
  /** Of a recording's options. */
  lateWishMilliseconds?: number | undefined
  modelApis: readonly ModelApi[]
  /** Is told of the first fault of each kind. */
  onFault: ReportFault
  elapsed: (from: number, to: number) => number
}

/** One session under record: its folder, its trace, and the run that is writing to both. */
export class Session {
  readonly scrubber: Scrubber
  readonly later: Later
  readonly now: () => number
  /** Microseconds that passed between two of its times, as a stopwatch has them. */
  readonly elapsed: (from: number, to: number) => number
  /** Where content codings are taken off. */
  readonly decoding: DecodingThread
  readonly modelApis: readonly ModelApi[]
  /** What could not be read of what was recorded. */
  readonly faults: Faults
  /** The id of this run: of its `session` span. */
  readonly runId = newSpanId()
  // What happens in the session, one span each. They are told of nothing before it has its id.
  readonly turns: Turns
  readonly tools: Tools
  readonly approvals: Approvals
  readonly cancellations: Cancellations
  readonly #files: SessionFiles
  readonly #run: RunFacts
  readonly #tracing: Tracing
  readonly #live: LiveExport | undefined
  readonly #exchanges = noneEnded()
  #id: string
  #isNamed = false
  #bodies = new BodyEncoder()
  #bodiesBreaks = 0
  #waiting: (() => void)[] = []
  #span: Span | undefined
  #agentVersion: string | undefined
  #end: RunEnd | undefined

  constructor(options: SessionOptions) {
    this.#id = options.id
    this.#files = options.files
    this.#run = options.run
    this.#tracing = options.tracing
    this.#live = options.live
    this.#agentVersion = options.run.agent.version
    this.later = options.later
    this.scrubber = options.scrubber
    this.now = options.now
    this.elapsed = options.elapsed
    this.decoding = options.decoding
    this.modelApis = options.modelApis
    this.faults = new Faults(options.onFault)
    const spans: SpanSource = {
      startSpan: (start) => this.startSpan(start),
      parentFor: (conversation) => this.parentFor(conversation),
      attributesFor: (conversation) => this.attributesFor(conversation),
    }
    this.turns = new Turns({ ...spans, agent: options.run.agent.name, runSpanId: this.runId })
    const scrub = (text: string) => this.scrubber.text(text)
    this.tools = new Tools({ ...spans, scrub })
    this.approvals = new Approvals({
      ...spans,
      parentFor: (conversation, callId) =>
        this.tools.spanIdOf(callId) ?? this.parentFor(conversation),
      scrub,
    })
    const { lateWishMilliseconds } = options
    this.cancellations = new Cancellations({
      ...spans,
      traceId: () => this.traceId,
      lateWishMilliseconds,
    })
    this.#writeManifest()
  }

  get id(): string {
    return this.#id
  }

  get traceId(): string {
    return traceIdOf(this.#id)
  }

  get folder(): string {
    return this.#files.folder
  }

  /** Whether it has its final id. Until then it has no spans, for their trace id is the session's. */
  get isNamed(): boolean {
    return this.#isNamed
  }

  /** Request bodies are written as copies of earlier ones, as far as they repeat them. */
  get bodies(): BodyEncoder {
    const { breaks } = this.#files.raw
    // What was copied from may be gone with its file.
    if (breaks !== this.#bodiesBreaks) this.#bodies = new BodyEncoder()
    this.#bodiesBreaks = breaks
    return this.#bodies
  }

  get raw(): AppendFile {
    return this.#files.raw
  }

  get log(): AppendFile {
    return this.#files.log
  }

  /**
   * Gives it its final id and all that waited for that.
   *
   * @throws CannotRecord where the folder could not get its name; all else is done then.
   */
  name(id: string): void {
    if (this.#isNamed) return
    this.#id = id
    this.#isNamed = true
    try {
      this.#files.rename(id)
    } finally {
      this.#startRun()
      for (const work of this.#waiting.splice(0)) work()
      this.#writeManifest()
    }
  }

  /** Does the work once the session has its final id. */
  whenNamed(work: () => void): void {
    if (this.#isNamed) work()
    else this.#waiting.push(work)
  }

  startSpan(start: Omit<SpanStart, 'traceId'>): Span {
    return this.#tracing.start({ ...start, traceId: this.traceId })
  }

  /**
   * The span id of what an exchange or an approval belongs to: its turn, or else the run. That
   * something begins in a turn is a sign of life of it.
   */
  parentFor(conversation: Conversation, at = this.now()): string {
    const { turnId } = conversation
    if (turnId === undefined || !this.#isNamed) return this.runId
    this.turns.touch(turnId, at)
    return this.turns.spanIdOf(turnId, conversation, at)
  }

  /** What every span of a conversation says. */
  attributesFor({ threadId, turnId }: Conversation): Record<string, string> {
    return {
      'session.id': this.#id,
      'gen_ai.conversation.id': threadId ?? this.#id,
      ...(turnId !== undefined && { 'tacho.turn.id': turnId }),
    }
  }

  /** A request of this session has arrived. */
  noteRequest({ conversation }: RequestHead, at: number): void {
    this.#agentVersion ??= conversation.agentVersion
    this.cancellations.exchangeStarted(conversation)
    if (this.#isNamed && conversation.turnId !== undefined) this.parentFor(conversation, at)
  }

  exchangeEnded(end: EndRecord, { conversation, webSocket }: RequestHead, at: number): void {
    countEnd(this.#exchanges, end, webSocket?.isPrewarm === true)
    this.turns.touch(conversation.turnId, at)
    this.cancellations.exchangeEnded(conversation, at)
  }

  /** A tool is done; one that ends while its turn is to stop was stopped by that. */
  toolEnded(
    callId: string,
    conversation: Conversation,
    at: number,
    attributes: Attributes = {},
  ): void {
    const spanId = this.tools.spanIdOf(callId)
    if (spanId !== undefined && this.cancellations.isWished(conversation))
      this.cancellations.stopped(conversation, spanId)
    this.tools.end(callId, at, attributes)
    this.turns.touch(conversation.turnId, at)
  }

  /**
   * A turn is over, as the agent tells it; a wish to stop it is fulfilled by that, or came too late.
   *
   * @param status as the agent calls it: `completed`, `interrupted`, `failed`.
   */
  turnEnded(conversation: Conversation, status: string, at: number): void {
    const { turnId } = conversation
    if (turnId === undefined) return
    // What a turn that went well leaves running is in the background, and goes on.
    if (status !== 'completed') {
      for (const callId of this.tools.runningIn(conversation))
        this.toolEnded(callId, conversation, at, { 'tacho.tool.status': status })
      this.cancellations.stopped(conversation, this.parentFor(conversation))
    }
    this.cancellations.turnEnded(conversation, at)
    this.turns.end(turnId, at, status)
  }

  /** Something outside wishes that all stops which is going on. */
  wishAll(origin: CancellationOrigin, reason: string, at: number): void {
    for (const conversation of this.turns.open()) {
      this.cancellations.wish({ origin, reason, conversation, at })
    }
  }

  /** Ends the run's spans. What is still to be sent out is sent then; {@link close} comes behind it. */
  end(ended: RunEnded): void {
    const at = this.now()
    for (const conversation of this.turns.open()) {
      const turn = this.turns.spanIdOf(conversation.turnId ?? '', conversation, at)
      this.cancellations.stopped(conversation, turn)
    }
    this.approvals.endAll(at)
    this.tools.endAll(at)
    this.cancellations.endAll(at)
    this.turns.endAll()
    this.#span?.setAttributes(
      'signal' in ended ? { 'tacho.signal': ended.signal } : { 'tacho.exit_code': ended.exitCode },
    )
    this.#span?.end(hrTime(at))
    this.#tracing.router.remove(this.traceId)
    this.#files.closeRecords()
    this.#end = { endedAt: isoTime(at), ended }
    // Sending may take a moment, in which we could be killed.
    if (this.#live !== undefined) this.#writeManifest()
  }

  /** Writes how the run ended and closes the files. */
  close(): void {
    // Closing can show that records were lost, which the manifest is to tell.
    this.#files.close()
    this.#writeManifest()
  }

  #startRun(): void {
    const live = this.#live
    const exporter = new SessionFileSpanExporter(
      this.#files.meta,
      live && (({ traceId, spanId }, json) => live.span(traceId, spanId, json)),
    )
    live?.join(this.traceId, (endpoint, spanIds) => this.#delivered(endpoint, spanIds))
    this.#tracing.router.add(this.traceId, new SessionSpanProcessor(exporter))
    const { agent, command, startedAt, cwd } = this.#run
    this.#span = this.startSpan({
      name: 'session',
      spanId: this.runId,
      at: startedAt,
      attributes: {
        ...this.attributesFor({}),
        'gen_ai.agent.name': agent.name,
        'process.pid': process.pid,
        'tacho.command': command,
        'tacho.cwd': cwd,
        'tacho.version': TACHO_VERSION,
      },
    })
  }

  #delivered(endpoint: string, spanIds: string[]): void {
    const time = isoTime(this.now())
    const record: DeliveredRecord = { kind: 'delivered', time, endpoint, spanIds }
    this.#files.exported.append(lineOf(record), record.kind)
  }

  #writeManifest(): void {
    const live = this.#live?.deliveries(this.traceId) ?? []
    writeManifest(this.#files.folder, {
      id: this.#id,
      traceId: this.traceId,
      runId: this.runId,
      run: this.#run,
      agentVersion: this.#agentVersion,
      exchanges: manifestCounts(this.#exchanges),
      lost: this.#files.lost,
      faults: this.faults.total,
      live: live.map((one) => this.#scrubbed(one)),
      end: this.#end,
    })
  }

  /** A reason is what somebody outside has answered. */
  #scrubbed(delivery: LiveDelivery): LiveDelivery {
    const { reason } = delivery
    return reason === undefined ? delivery : { ...delivery, reason: this.scrubber.text(reason) }
  }
}
