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
  /** A temporary id until the agent's own is known. */
  id: string
  files: SessionFiles
  run: RunFacts
  /** When this session began in the run. */
  startedAt: number
  taps: readonly Tap[]
  provider?: string | undefined
  idleTimeout?: number | undefined
  later: Later
  /** Sends spans live, if that is on. */
  live: LiveExport | undefined
  scrubber: Scrubber
  tracing: Tracing
  decoding: DecodingThread
  now: () => number
  /** As in `RecordingOptions`. */
  lateCancelMilliseconds?: number | undefined
  elapsed: (from: number, to: number) => number
  /** Returns the changes of the machine's clock so far. */
  clockSets: () => readonly { at: number; by: number }[]
  modelApis?: readonly ModelApi[] | undefined
  /** Called with the first fault of each kind. */
  onUnread?: ReportFault
}

/** One session being recorded: its folder, its trace, and its current run. */
export class Session {
  readonly scrubber: Scrubber
  readonly later: Later
  readonly now: () => number
  /** Returns the microseconds that passed between two of its times, as a stopwatch would. */
  readonly elapsed: (from: number, to: number) => number
  /** Decodes content codings. */
  readonly decoding: DecodingThread
  /** After how many milliseconds without an event of an answer the agent gives up. */
  readonly idleTimeout: number | undefined
  readonly provider: string | undefined
  readonly modelApis: readonly ModelApi[]
  /** Counts what could not be read of what was recorded. */
  readonly faults: Faults
  /** The id of this run, and of its `session` span. */
  readonly runId = newSpanId()
  readonly #options: SessionOptions
  readonly #exchanges = noneEnded()
  /** What was seen and is not processed yet. */
  readonly #observations: Observations
  #id: string
  #isNamed = false
  #bodies = new BodyEncoder()
  #bodiesBreaks = 0
  /** Work that waits until the session has its final id. */
  #waiting: (() => void)[] = []
  #reducer: SessionReducer | undefined
  /** How many records of this run are in the raw log. */
  #rawRecords = 0
  /** The peer of the last exchange to end. */
  #lastPeer: NonNullable<EndRecord['peer']> = {}
  #agentVersion: string | undefined
  #agentTitle: string | undefined
  #cwd: string
  #end: RunEnd | undefined
  readonly #cgroup = ownCgroup()
  /** How many changes of the machine's clock this session has recorded. */
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

  /**
   * Whether the session has its final id. Until then it has no spans, because their trace id comes
   * from it.
   */
  get isNamed(): boolean {
    return this.#isNamed
  }

  /** Encodes request bodies as copies of earlier ones, as far as they repeat them. */
  get bodies(): BodyEncoder {
    const { breaks } = this.#options.files.raw
    // The file with the bodies to copy from may be gone.
    if (breaks !== this.#bodiesBreaks) this.#bodies = new BodyEncoder()
    this.#bodiesBreaks = breaks
    return this.#bodies
  }

  /** Everything lost from its files so far, by kind. */
  get lost(): Readonly<Record<string, number>> {
    return this.#options.files.lost
  }

  get log(): AppendFile {
    return this.#options.files.log
  }

  /**
   * Gives the session its final id, and runs what waited for that.
   *
   * @throws CannotRecord if the folder could not be renamed; everything else is done anyway.
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

  /** Runs work once the session has its final id. */
  onceIdKnown(work: () => void): void {
    if (this.#isNamed) work()
    else this.#waiting.push(work)
  }

  /**
   * Writes a record of an exchange.
   *
   * @param line the record's line, if it is already encoded.
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

  /** Records what a tap saw, and passes it to the reducer. */
  event(event: SeenEvent, at = this.now()): void {
    this.#tellClock()
    this.#write(event, at)
  }

  // Checked at each event, so that a clock change is recorded before what was seen after it.
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

  /** Passes something already on disk to the reducer, in its turn. */
  observe(observation: Observation | (() => Observation)): void {
    this.#observations.add(observation)
  }

  /**
   * Returns the span that something in a thread belongs to: the thread's open turn, else the run.
   */
  spanOf(threadId: string | undefined): string {
    // The host waits for this, and what was seen earlier must count.
    this.#observations.settle()
    const turns = this.#reducer?.turns
    const turn = turns?.running().find((one) => one.threadId === threadId)
    return turns?.spanOf(turn?.turnId) ?? this.runId
  }

  /**
   * Notes the agent's version, and writes it to the manifest, which keeps it if the session is
   * killed.
   */
  noteAgentVersion(version: string): void {
    if (this.#agentVersion !== undefined) return
    this.#agentVersion = version
    this.event({ kind: 'agent-version', version })
    this.#writeManifest()
  }

  /** Notes the agent's own name. */
  noteAgentTitle(title: string): void {
    if (this.#agentTitle === title) return
    this.#agentTitle = title
    this.#writeManifest()
  }

  /**
   * Notes that the agent works in another folder than its process was started in. The event that
   * reports this is the agent's own.
   */
  noteCwd(cwd: string): void {
    if (this.#cwd === cwd) return
    this.#cwd = cwd
    this.#writeManifest()
  }

  /** Returns the peer of an exchange, and what its `end` record must say about it. */
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

  /** Counts records that were lost before they reached the session, by kind. */
  noteLost(lost: Readonly<Record<string, number>>): void {
    this.#options.files.events.lose(lost, 'TOO_MUCH_WAITING')
  }

  /**
   * Ends the run's spans and sends the last of them; {@link close} follows.
   *
   * @param ended undefined if nobody knows how it ended: the run then has no end.
   */
  end(ended: RunEnded | undefined, at: number): void {
    if (ended !== undefined) this.event({ kind: 'run-ended', ...ended, ...this.#memoryKills() }, at)
    this.#observations.close()
    const { tracing, live } = this.#options
    tracing.router.remove(this.traceId)
    if (ended !== undefined) this.#end = { endedAt: isoTime(at), ended }
    // Sending may take a moment, during which this process could be killed.
    if (live !== undefined) this.#writeManifest()
  }

  /** Syncs its files: the host waits for {@link close}, which then takes no longer than one of them. */
  synced(): Promise<void> {
    return this.#options.files.synced()
  }

  /** Writes how the run ended, and closes the files. */
  close(): void {
    // Closing can reveal lost records, which the manifest must report.
    this.#options.files.close()
    this.#writeManifest()
  }

  // Without this count, an OOM kill looks like any other SIGKILL.
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

  // An observation that cannot be processed costs its meaning, nothing else: it is on disk.
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
