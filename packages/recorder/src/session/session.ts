import {
  BodyEncoder,
  countEnd,
  type EndRecord,
  type EventRecord,
  exportRecord,
  manifestCounts,
  noneEnded,
  type RawRecord,
  type RunEnded,
  type SeenEvent,
  type Tap,
} from '@tacho/format'
import {
  MODEL_APIS,
  type ModelApi,
  type Observation,
  reducerOf,
  SessionReducer,
} from '@tacho/model'
import type { Rejection } from '@tacho/otlp'
import type { AllScrubbed, Scrubber } from '@tacho/scrub'
import type { AppendFile } from '../append-file.js'
import { isoTime } from '../clock.js'
import type { DecodingThread } from '../exchange/decoding/decoding-thread.js'
import type { Sent } from '../exchange/exchange.js'
import type { RequestHead } from '../exchange/request-head.js'
import { Faults, type ReportFault } from '../faults.js'
import { newSpanId, traceIdOf } from '../ids.js'
import type { Later } from '../later.js'
import { lineOf } from '../line.js'
import type { LiveExport } from '../live/live-export.js'
import { SessionFileSpanExporter } from '../spans/session-file-span-exporter.js'
import { SessionSpanProcessor } from '../spans/session-span-processor.js'
import type { Tracing } from '../spans/tracing.js'
import { TACHO_VERSION } from '../version.js'
import { bootId, memoryKillsIn, ownCgroup } from './machine.js'
import { Observations } from './observations.js'
import { type RunEnd, type RunFacts, writeManifest } from './run-manifest.js'
import type { SessionFiles } from './session-files.js'
import { SpanWriter } from './span-writer.js'

export type SessionOptions = {
  /** A name for as long as the agent's own is not known. */
  id: string
  files: SessionFiles
  run: RunFacts
  /** When this session began in it. */
  startedAt: number
  taps: readonly Tap[]
  provider?: string | undefined
  idleTimeout?: number | undefined
  later: Later
  /** Where spans are sent while they happen, where that is asked for. */
  live: LiveExport | undefined
  scrubber: Scrubber
  tracing: Tracing
  decoding: DecodingThread
  now: () => number
  /** Of a recording's options. */
  lateCancelMilliseconds?: number | undefined
  elapsed: (from: number, to: number) => number
  /** When the machine's clock was set so far. */
  clockSets: () => readonly { at: number; by: number }[]
  modelApis?: readonly ModelApi[] | undefined
  /** Is told of the first fault of each kind in reading what was recorded. */
  onUnread?: ReportFault
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
  /** After how long without an event of an answer the agent gives up, in milliseconds. */
  readonly idleTimeout: number | undefined
  readonly provider: string | undefined
  readonly modelApis: readonly ModelApi[]
  /** What could not be read of what was recorded. */
  readonly faults: Faults
  /** The id of this run: of its `session` span. */
  readonly runId = newSpanId()
  readonly #options: SessionOptions
  readonly #exchanges = noneEnded()
  /** What was seen, until it is understood. */
  readonly #observations: Observations
  #id: string
  #isNamed = false
  #bodies = new BodyEncoder()
  #bodiesBreaks = 0
  /** What waits for its final id. */
  #waiting: (() => void)[] = []
  #reducer: SessionReducer | undefined
  /** Records of this run that stand in the raw log. */
  #rawRecords = 0
  /** The other end of the exchange that ended last. */
  #lastPeer: NonNullable<EndRecord['peer']> = {}
  #agentVersion: string | undefined
  #agentTitle: string | undefined
  #cwd: string
  #end: RunEnd | undefined
  readonly #cgroup = ownCgroup()
  /** Times that the machine's clock was set of which this session has told. */
  #clockSets = 0

  constructor(options: SessionOptions) {
    this.#id = options.id
    this.#options = options
    this.#agentVersion = options.run.agent.version
    this.#agentTitle = options.run.agent.title
    this.#cwd = options.run.cwd
    this.later = options.later
    this.scrubber = options.scrubber
    this.now = options.now
    this.elapsed = options.elapsed
    this.decoding = options.decoding
    this.idleTimeout = options.idleTimeout
    this.provider = options.provider
    this.modelApis = options.modelApis ?? MODEL_APIS
    this.faults = new Faults(options.onUnread ?? (() => {}))
    this.#observations = new Observations({
      later: options.later,
      take: (observation) => this.#take(observation),
      nextDeadline: () => this.#reducer?.nextDeadline,
      onDeadline: () => this.event({ kind: 'time' }),
      now: options.now,
    })
    this.#clockSets = options.clockSets().length
    this.#begin()
    this.#writeManifest()
  }

  get id(): string {
    return this.#id
  }

  get traceId(): string {
    return traceIdOf(this.#id)
  }

  get folder(): string {
    return this.#options.files.folder
  }

  /** Whether it has its final id. Until then it has no spans, because their trace id is the session's. */
  get isNamed(): boolean {
    return this.#isNamed
  }

  /** Request bodies are written as copies of earlier ones, as far as they repeat them. */
  get bodies(): BodyEncoder {
    const { breaks } = this.#options.files.raw
    // What was copied from may be gone with its file.
    if (breaks !== this.#bodiesBreaks) this.#bodies = new BodyEncoder()
    this.#bodiesBreaks = breaks
    return this.#bodies
  }

  /** All that was ever lost from its files, by kind. */
  get lost(): Readonly<Record<string, number>> {
    return this.#options.files.lost
  }

  get log(): AppendFile {
    return this.#options.files.log
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
      this.#options.files.rename(id, () => this.#writeManifest())
    } finally {
      this.#openTrace()
      this.#observations.open()
      this.#writeManifest()
    }
  }

  /** Does the work once the session has its final id. */
  onceIdKnown(work: () => void): void {
    if (this.#isNamed) work()
    else this.#waiting.push(work)
  }

  /**
   * Writes a record of an exchange.
   *
   * @param line the record as its line, where it was made already.
   * @returns whether it was written.
   */
  write<Record extends Pick<RawRecord, 'kind'>>(
    record: Record & AllScrubbed<Record>,
    line = lineOf<Record>(record as Record & AllScrubbed<Record>),
  ): boolean {
    const isWritten = this.#options.files.raw.append(line, record.kind)
    if (isWritten) this.#rawRecords += 1
    return isWritten
  }

  /** Writes what a tap saw, and has it understood. */
  event(event: SeenEvent, at = this.now()): void {
    this.#tellClock()
    this.#write(event, at)
  }

  // It is looked at with each event: what jumped in between stands before what was seen behind it.
  #tellClock(): void {
    const sets = this.#options.clockSets()
    for (const { at, by } of sets.slice(this.#clockSets)) {
      this.#write({ kind: 'clock-set', by: Math.round(by) }, at)
    }
    this.#clockSets = sets.length
  }

  #write(event: SeenEvent, at: number): void {
    const { scrubber } = this
    const record = {
      ...scrubber.all(event),
      ...scrubber.all({ run: this.runId, time: isoTime(at) }),
      after: this.#rawRecords,
    } as AllScrubbed<EventRecord>
    this.#options.files.events.append(lineOf(record), event.kind)
    this.observe({ ...record, at })
  }

  /** Something that is on the disk is to be understood, in its turn. */
  observe(observation: Observation | (() => Observation)): void {
    this.#observations.add(observation)
  }

  /** The span in which something of a thread happens: its turn that is going on, else the run. */
  spanOf(threadId: string | undefined): string {
    // The host waits for it; what was seen before is to count.
    this.#observations.settle()
    const turns = this.#reducer?.turns
    const turn = turns?.running().find((one) => one.threadId === threadId)
    return turns?.spanOf(turn?.turnId) ?? this.runId
  }

  /** The agent has said which version it is. A session that is killed has that in its manifest. */
  noteAgentVersion(version: string): void {
    if (this.#agentVersion !== undefined) return
    this.#agentVersion = version
    this.event({ kind: 'agent-version', version })
    this.#writeManifest()
  }

  /** The agent has said what it is called. */
  noteAgentTitle(title: string): void {
    if (this.#agentTitle === title) return
    this.#agentTitle = title
    this.#writeManifest()
  }

  /**
   * It works in another folder than the one that its process was started in. The event that tells so
   * is the agent's own.
   */
  noteCwd(cwd: string): void {
    if (this.#cwd === cwd) return
    this.#cwd = cwd
    this.#writeManifest()
  }

  /** The other end of an exchange's connection, and what its `end` record has to say of it. */
  peerOf(sent: Sent | undefined): { now: EndRecord['peer']; news: EndRecord['peer'] } {
    const { address, port, isHttp2 } = sent ?? {}
    const now = {
      ...(address !== undefined && { address }),
      ...(port !== undefined && { port }),
      ...(isHttp2 === true && { http2: true as const }),
    }
    const before = this.#lastPeer
    this.#lastPeer = now
    const isNew = JSON.stringify(before) !== JSON.stringify(now)
    return { now, news: isNew ? now : undefined }
  }

  exchangeEnded(end: EndRecord, { webSocket }: RequestHead): void {
    countEnd(this.#exchanges, end, webSocket?.isPrewarm === true)
  }

  /** Records that were lost before they came here, by kind. */
  noteLost(lost: Readonly<Record<string, number>>): void {
    this.#options.files.events.lose(lost, 'TOO_MUCH_WAITING')
  }

  /**
   * Ends the run's spans. What is still to be sent out is sent then; {@link close} comes behind it.
   *
   * @param ended nothing where nobody knows how: the run stays without an end.
   */
  end(ended: RunEnded | undefined, at: number): void {
    if (ended !== undefined) this.event({ kind: 'run-ended', ...ended, ...this.#memoryKills() }, at)
    this.#observations.close()
    const { tracing, files, live } = this.#options
    tracing.router.remove(this.traceId)
    files.closeRecords()
    if (ended !== undefined) this.#end = { endedAt: isoTime(at), ended }
    // Sending may take a moment, in which we could be killed.
    if (live !== undefined) this.#writeManifest()
  }

  /** Writes how the run ended and closes the files. */
  close(): void {
    // Closing can show that records were lost, which the manifest is to tell.
    this.#options.files.close()
    this.#writeManifest()
  }

  // A process that was killed by the kernel is one that was ended by SIGKILL, to all who look at it.
  #memoryKills(): { memoryKills?: number } {
    const now = this.#cgroup && memoryKillsIn(this.#cgroup.path)
    const kills = now === undefined ? 0 : now - (this.#cgroup?.memoryKills ?? 0)
    return kills > 0 ? { memoryKills: kills } : {}
  }

  #begin(): void {
    const { run, startedAt, taps, provider, idleTimeout, lateCancelMilliseconds } = this.#options
    const boot = bootId()
    const started: SeenEvent = {
      kind: 'run-started',
      agent: run.agent,
      command: run.command,
      cwd: run.cwd,
      pid: process.pid,
      version: TACHO_VERSION,
      taps: [...taps],
      ...(provider !== undefined && { provider }),
      ...(idleTimeout !== undefined && { idleTimeout }),
      ...(lateCancelMilliseconds !== undefined && { lateCancel: lateCancelMilliseconds }),
      ...(boot !== undefined && { bootId: boot }),
      ...(this.#cgroup !== undefined && { cgroup: this.#cgroup }),
    }
    this.event(started, startedAt)
  }

  // What cannot be understood costs what it means, and nothing else: it is on the disk.
  #take(observed: Observation | (() => Observation)): void {
    try {
      this.#reducer?.observe(typeof observed === 'function' ? observed() : observed)
    } catch (cause) {
      this.faults.count('meaning', cause)
    }
  }

  #openTrace(): void {
    const { live, files, tracing, run } = this.#options
    const exporter = new SessionFileSpanExporter(files.meta, {
      scrubber: this.scrubber,
      isBesideRawLog: true,
      onSpan: live && (({ traceId, spanId }, json) => live.span(traceId, spanId, json)),
    })
    live?.join(this.traceId, (endpoint, spanIds, rejection) =>
      this.#delivered(endpoint, spanIds, rejection),
    )
    tracing.router.add(this.traceId, new SessionSpanProcessor(exporter))
    const spans = new SpanWriter(tracing, this.traceId)
    this.#reducer = new SessionReducer({
      sessionId: this.#id,
      runId: this.runId,
      agent: run.agent.name,
      agentReducer: reducerOf(run.agent.name),
      emit: (change) => spans.write(change),
    })
    for (const work of this.#waiting.splice(0)) work()
  }

  #delivered(endpoint: string, spanIds: string[], rejection: Rejection | undefined): void {
    const time = isoTime(this.now())
    const record = this.scrubber.all(exportRecord({ time, endpoint, spanIds }, rejection))
    this.#options.files.exported.append(lineOf(record), record.kind)
  }

  #writeManifest(): void {
    const live = this.#options.live?.deliveries(this.traceId) ?? []
    writeManifest(this.#options.files.folder, this.scrubber, {
      id: this.#id,
      traceId: this.traceId,
      runId: this.runId,
      run: { ...this.#options.run, startedAt: this.#options.startedAt, cwd: this.#cwd },
      agentVersion: this.#agentVersion,
      agentTitle: this.#agentTitle,
      exchanges: manifestCounts(this.#exchanges),
      lost: this.lost,
      faults: {
        ...this.faults.total,
        ...(this.scrubber.faults > 0 && { scrub: this.scrubber.faults }),
      },
      live,
      end: this.#end,
    })
  }
}
