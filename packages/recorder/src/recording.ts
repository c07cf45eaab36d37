import { basename, isAbsolute } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { Resource } from '@opentelemetry/resources'
import {
  type AgentIdentity,
  isSessionId,
  type RunEnded,
  SESSION_FILES,
  type Tap,
} from '@tacho/format'
import type { ModelApi } from '@tacho/model'
import { notScrubbing, type Scrubber } from '@tacho/scrub'
import type { AppendFile } from './append-file.js'
import { type Clock, elapsedOn, systemClock } from './clock.js'
import { DecodingThread } from './exchange/decoding/decoding-thread.js'
import { Exchange } from './exchange/exchange.js'
import type { RequestHead } from './exchange/request-head.js'
import { newSessionId } from './ids.js'
import { Later } from './later.js'
import { CLOSE_MILLISECONDS, LAST_WORDS_MILLISECONDS, LIVE_CLOSE_MILLISECONDS } from './limits.js'
import { LiveExport, liveSettings } from './live/live-export.js'
import { isAtLeast, type LogLevel } from './log/log-level.js'
import { OutputLines } from './log/output-lines.js'
import { openSessionLog, type SessionLog } from './log/session-log.js'
import { scrubberFor } from './scrubber-for.js'
import type { RunFacts } from './session/run-manifest.js'
import { Session } from './session/session.js'
import { SessionFiles } from './session/session-files.js'
import { recordedResource } from './spans/recorded-resource.js'
import { Tracing } from './spans/tracing.js'

export type RecordingOptions = {
  /** The folder that holds the session folders. */
  root: string
  agent: AgentIdentity
  /** The agent's mode: `exec`, `app-server`, `tui`. */
  command: string
  argv: readonly string[]
  cwd: string
  /** The host's environment: the values of its secrets are never written. */
  environment: Readonly<Record<string, string | undefined>>
  logLevel: LogLevel
  /** Whether secrets are replaced; default: true. The manifest says if they are not. */
  isScrubbed?: boolean
  /**
   * Whether an id is one that the agent gives to sessions; default: whether it can name a folder.
   */
  isSessionId?: (id: string) => boolean
  /**
   * The path of the debug log, absolute or relative to the session folder; default: `session.log`.
   */
  logPath?: string | undefined
  /**
   * Called with a sentence for the user about what could not be recorded, at most once per file.
   */
  onTrouble: (sentence: string) => void
  /** The taps of this run. */
  taps?: readonly Tap[]
  /** The model's provider, as in the GenAI conventions' `gen_ai.provider.name`. */
  provider?: string | undefined
  /** After how many milliseconds without an event of an answer the agent gives up. */
  idleTimeout?: number | undefined
  /**
   * How many milliseconds after a stop its request to cancel may still be seen; omitted if the
   * request always comes first.
   */
  lateCancelMilliseconds?: number | undefined
  /** The APIs whose answers are parsed; default: all known ones. */
  modelApis?: readonly ModelApi[]
  clock?: Clock
}

/** Options for closing a recording. */
export type Closing = {
  /** When the host ended; default: now. */
  at?: number
  /**
   * How long decoding, and then sending, may still take if no host waits for it; default: as long
   * as a host may wait.
   */
  leftBehindMilliseconds?: number
  /** Called when everything is in the files. */
  onWritten?: () => void
}

/**
 * Everything that one start of an agent leaves behind: usually one session; several if the agent
 * starts several in one process. It begins in a folder with a temporary name, and gets the agent's
 * session id from the first request that has it.
 */
export class Recording {
  readonly scrubber: Scrubber
  /** Holds recorded data until it is in nobody's way. */
  readonly later = new Later()
  /** Creates the recording's spans. */
  readonly tracing: Tracing
  readonly #options: RecordingOptions
  readonly #clock: Clock
  readonly #log: SessionLog
  readonly #output: OutputLines
  readonly #live: LiveExport | undefined
  readonly #resource: Resource
  readonly #run: RunFacts
  readonly #decoding = new DecodingThread()
  readonly #sessions = new Map<string, Session>()
  readonly #threads = new Map<string, Session>()
  readonly #unfinished = new Set<Exchange>()
  readonly #unreadTold = new Set<string>()
  #unnamed: Session | undefined
  #agentVersion: string | undefined
  #agentTitle: string | undefined
  /** The first line of each session's log. */
  #opening: string | undefined
  #latest: Session

  /** @throws CannotRecord if there is no place to record to. */
  constructor(options: RecordingOptions) {
    this.#options = options
    this.#clock = options.clock ?? systemClock
    this.#agentVersion = options.agent.version
    this.#agentTitle = options.agent.title
    const { isScrubbed = true } = options
    this.scrubber = isScrubbed
      ? scrubberFor(options.environment, options.argv, options.onTrouble)
      : notScrubbing()
    this.#log = openSessionLog(
      options.logLevel,
      (text) => this.scrubber.text(text),
      this.#clock.microseconds,
    )
    this.#resource = recordedResource(options.agent.name, (text) => this.scrubber.text(text))
    this.#output = new OutputLines(this.scrubber, (line) =>
      this.log('info', options.agent.name, line),
    )
    const troubles: string[] = []
    this.#live = this.#openLive(troubles)
    this.tracing = new Tracing({
      resource: this.#resource,
      scrubUrl: (url) => this.scrubber.url(url),
    })
    this.#run = {
      agent: options.agent,
      command: options.command,
      argv: options.argv.map((argument) => this.scrubber.text(argument)),
      cwd: options.cwd,
      startedAt: this.#clock.microseconds(),
      ...(options.logPath !== undefined && { debugLog: options.logPath }),
      ...(!isScrubbed && { scrubbed: false }),
    }
    this.#latest = this.#begin(this.#run.startedAt)
    for (const words of troubles) this.log('warn', 'tacho', words)
    this.#unnamed = this.#latest
  }

  /** The most recently active session. */
  get latest(): Session {
    return this.#latest
  }

  /** Begins an exchange: the head of its request arrived at the given time. */
  exchange(head: RequestHead, at = this.#clock.microseconds()): Exchange {
    const { sessionId, agentVersion } = head.conversation
    const session = this.session(sessionId, at)
    if (agentVersion !== undefined) this.noteAgentVersion(agentVersion)
    const exchange = new Exchange(session, head, at)
    this.#unfinished.add(exchange)
    void exchange.finished.then(() => this.#unfinished.delete(exchange))
    return exchange
  }

  /** Runs work whose HTTP requests, made with undici, belong to an exchange. */
  async withUndici<Result>(exchange: Exchange, work: () => Result): Promise<Result> {
    const parent = exchange.spanParent
    return parent === undefined ? work() : this.tracing.withinUndici(parent, work)
  }

  /**
   * Returns the session with the agent's id; without an id, the most recently active one.
   *
   * @param at when it was first heard of: a new session begins then.
   */
  session(id: string | undefined, at = this.#clock.microseconds()): Session {
    if (id === undefined) return this.#latest
    const known = this.#sessions.get(id)
    const session = known ?? this.#named(id, at)
    this.#latest = session
    this.#log.useFile(session.log)
    return session
  }

  /** Notes the agent's version, for all of its sessions. */
  noteAgentVersion(version: string): void {
    if (this.#agentVersion !== undefined) return
    this.#agentVersion = version
    for (const session of this.#all()) session.noteAgentVersion(version)
  }

  /** Notes the agent's own name, if Tacho's name for it stands for many. */
  noteAgentTitle(title: string): void {
    this.#agentTitle = title
    for (const session of this.#all()) session.noteAgentTitle(title)
  }

  /** Notes which session a thread of the agent's belongs to. */
  noteThread(threadId: string, session: Session): void {
    if (!this.#threads.has(threadId)) this.#threads.set(threadId, session)
  }

  /** Whether the session of a thread is known. */
  knowsThread(threadId: string): boolean {
    return this.#threads.has(threadId) || this.#sessions.has(threadId)
  }

  /** Returns the session of a thread; for an unknown thread, the session with the thread's id. */
  sessionOfThread(threadId: string): Session {
    return this.#threads.get(threadId) ?? this.session(threadId)
  }

  /** Records a signal to the agent, which asks everything open to stop. */
  signalled(signal: string): void {
    for (const session of this.#all()) session.event({ kind: 'signal', signal })
  }

  /** Returns the time on this recording's clock, in microseconds since the epoch. */
  now(): number {
    return this.#clock.microseconds()
  }

  /** Writes a line to the debug log. */
  log(level: LogLevel, label: string, message: string): void {
    this.#logIn(this.#latest, level, label, message)
  }

  /** Logs the agent's standard error, as it arrives. */
  agentOutput(bytes: Uint8Array): void {
    this.#output.push(bytes)
  }

  /** Logs how the agent was started, at the beginning of each session's log. */
  logStart(words: string): void {
    this.#opening = words
    this.#logInEach(words)
  }

  /** Logs how the agent ended, at the end of each session's log. */
  logEnd(words: string): void {
    this.#output.end()
    this.#logInEach(words)
  }

  /**
   * Ends what is open and closes the files.
   *
   * @param ended undefined if the host disappeared: then its run has no end, and what was open
   * stays open.
   */
  async close(ended: RunEnded | undefined, closing: Closing = {}): Promise<void> {
    const { at = this.#clock.microseconds(), leftBehindMilliseconds, onWritten } = closing
    const waitsUntil = performance.now() + CLOSE_MILLISECONDS
    this.later.settleAll()
    await this.#lastWords(leftBehindMilliseconds ?? LAST_WORDS_MILLISECONDS)
    const sessions = [...this.#endAll(ended, at)]
    await Promise.all(sessions.map((session) => session.synced()))
    if (this.#live !== undefined) {
      onWritten?.()
      const left = Math.max(0, waitsUntil - performance.now())
      await this.#live.close(leftBehindMilliseconds ?? Math.min(left, LIVE_CLOSE_MILLISECONDS))
    }
    for (const session of sessions) session.close()
    if (this.#live === undefined) onWritten?.()
    await this.tracing.shutdown()
  }

  #endAll(ended: RunEnded | undefined, at: number): Iterable<Session> {
    this.#decoding.close()
    this.later.settleAll()
    // The agent never named its id: the folder keeps the one it has.
    this.#unnamed?.name(this.#unnamed.id)
    const sessions = this.#all()
    for (const session of sessions) session.end(ended, at)
    return sessions
  }

  /** @param troubles collects messages to log once there is a log. */
  #openLive(troubles: string[]): LiveExport | undefined {
    let tell = (words: string): void => void troubles.push(words)
    const onTrouble = (words: string, isNews: boolean) => {
      tell(`live export: ${words}`)
      if (isNews) this.#options.onTrouble(words)
    }
    try {
      const settings = liveSettings(this.#options.environment, onTrouble)
      tell = (words) => this.#log.write('warn', 'tacho', words)
      return settings.length === 0 ? undefined : new LiveExport(settings, onTrouble)
    } catch (error) {
      onTrouble(String(error), true)
      return undefined
    }
  }

  #logInEach(words: string): void {
    for (const session of this.#all()) {
      this.#logIn(session, 'info', 'tacho', words)
      if (this.#hasOneLog) return
    }
  }

  /** Whether all sessions log to one file of the user's. */
  get #hasOneLog(): boolean {
    return isAbsolute(this.#options.logPath ?? '')
  }

  #logIn(session: Session, level: LogLevel, label: string, message: string): void {
    this.#log.write(level, label, message, session.log)
    if (this.#live?.sendsLines && isAtLeast(level, this.#options.logLevel))
      this.#sendLine(this.#live, session, { level, label, message })
  }

  #sendLine(
    live: LiveExport,
    session: Session,
    { level, label, message }: { level: LogLevel; label: string; message: string },
  ): void {
    const at = this.#clock.microseconds()
    session.onceIdKnown(() => {
      live.line(
        this.scrubber.all({
          at,
          level,
          label,
          message,
          sessionId: session.id,
          traceId: session.traceId,
          resource: this.#resource.attributes,
        }),
      )
    })
  }

  #tellUnread(what: string, cause: unknown): void {
    const words = `Some of what ${UNREAD_WORDS[what] ?? what} could not be read (${String(cause)})`
    this.log('error', 'tacho', words)
    if (this.#unreadTold.has(what)) return
    this.#unreadTold.add(what)
    this.#options.onTrouble(`${words}. It is recorded all the same.`)
  }

  /** Waits briefly for ends that are not written yet. */
  async #lastWords(milliseconds: number): Promise<void> {
    const told = [...this.#unfinished].filter(({ isOver }) => isOver)
    if (told.length === 0) return
    const patience = new AbortController()
    await Promise.race([
      Promise.all(told.map(({ finished }) => finished)),
      wait(milliseconds, undefined, { signal: patience.signal }).catch(() => {}),
    ])
    patience.abort()
  }

  #all(): Set<Session> {
    return new Set([...this.#sessions.values(), this.#latest])
  }

  #named(id: string, at: number): Session {
    const session = this.#unnamed ?? this.#begin(at)
    this.#unnamed = undefined
    this.#sessions.set(id, session)
    const isName = isSessionId(id) && (this.#options.isSessionId?.(id) ?? true)
    try {
      session.name(isName ? id : session.id)
    } catch (error) {
      this.#options.onTrouble(`${(error as Error).message} The session is in ${session.folder}.`)
    }
    if (!isName) {
      this.log(
        'warn',
        'tacho',
        `the agent's session id ${JSON.stringify(id.slice(0, 200))} cannot name a folder`,
      )
    }
    return session
  }

  /**
   * On a disk that stays full, no gap can follow what was lost. The debug log's last block mostly
   * has room for one more line, and that is then all that tells why records are missing.
   */
  #tellLoss(path: string, reason: string, log: AppendFile | undefined): void {
    this.#options.onTrouble(`${path} could not be written (${reason}). The run goes on.`)
    if (log === undefined) return
    this.#log.write('warn', 'tacho', `${basename(path)} could not be written (${reason})`, log)
  }

  #begin(startedAt: number): Session {
    const now = this.#clock.microseconds
    const id = newSessionId(Math.floor(now() / 1000))
    const files = new SessionFiles({
      root: this.#options.root,
      id,
      logPath: this.#options.logPath ?? SESSION_FILES.log,
      now,
      onLoss: (path, reason, log) => this.#tellLoss(path, reason, log),
    })
    const { scrubber } = this
    const session = new Session({
      id,
      files,
      run: { ...this.#run, agent: this.#agent },
      startedAt,
      taps: this.#options.taps ?? [],
      provider: this.#options.provider,
      idleTimeout: this.#options.idleTimeout,
      modelApis: this.#options.modelApis,
      onUnread: (what, cause) => this.#tellUnread(what, cause),
      later: this.later,
      live: this.#live,
      scrubber,
      tracing: this.tracing,
      lateCancelMilliseconds: this.#options.lateCancelMilliseconds,
      decoding: this.#decoding,
      now,
      elapsed: (from, to) => elapsedOn(this.#clock, from, to),
      clockSets: () => this.#clock.sets?.() ?? [],
    })
    this.#log.useFile(session.log)
    if (this.#opening !== undefined && !this.#hasOneLog)
      this.#logIn(session, 'info', 'tacho', this.#opening)
    return session
  }

  get #agent(): RunFacts['agent'] {
    const { name } = this.#options.agent
    return {
      name,
      ...(this.#agentVersion !== undefined && { version: this.#agentVersion }),
      ...(this.#agentTitle !== undefined && { title: this.#agentTitle }),
    }
  }
}

const UNREAD_WORDS: Readonly<Record<string, string>> = {
  answer: 'an answer of the model says',
  request: 'a request to the model asks for',
  meaning: 'the agent was seen to do',
}
