import { isAbsolute } from 'node:path'
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
  /** How the agent was started: `exec`, `app-server`, `tui`. */
  command: string
  argv: readonly string[]
  cwd: string
  /** The host's environment: the values of its secrets are never written. */
  environment: Readonly<Record<string, string | undefined>>
  logLevel: LogLevel
  /** Whether secrets are replaced; default: they are. The manifest says where they are not. */
  isScrubbed?: boolean
  /** Whether an id is one that the agent gives to sessions; default: whether it can name a folder. */
  isSessionId?: (id: string) => boolean
  /** The debug log's place, relative to the session folder or absolute; default `session.log`. */
  logPath?: string | undefined
  /** Is told, in a sentence for the user, what could not be recorded. At most once a file. */
  onTrouble: (sentence: string) => void
  /** Which taps there are. */
  taps?: readonly Tap[]
  /** The provider of the model, by the GenAI conventions' `gen_ai.provider.name`. */
  provider?: string | undefined
  /** After how long without an event of an answer the agent gives up, in milliseconds. */
  idleTimeout?: number | undefined
  /** How long after what it stops a request to cancel may be heard of; left out where it comes first. */
  lateCancelMilliseconds?: number | undefined
  /** The APIs whose answers are read; default: all that are known. */
  modelApis?: readonly ModelApi[]
  clock?: Clock
}

/** How a recording is closed. */
export type Closing = {
  /** When the host ended; default: now. */
  at?: number
  /**
   * How long bodies that are still being decoded may take, and then what is to be sent out, where no host
   * waits for it; default: as long as a host may wait.
   */
  leftBehindMilliseconds?: number
  /** Is told that all is in the files. */
  onWritten?: () => void
}

/**
 * All that one start of an agent leaves behind: one session mostly; several where the agent starts
 * several in one process. It begins in a folder under a name of our own and gets the agent's
 * session id with the first request that tells it.
 */
export class Recording {
  readonly scrubber: Scrubber
  /** Where what is recorded waits until it is in nobody's way. */
  readonly later = new Later()
  /** What makes its spans. */
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
  /** What the log of each session begins with. */
  #opening: string | undefined
  #latest: Session

  /** @throws CannotRecord where there is no place to record to. */
  constructor(options: RecordingOptions) {
    this.#options = options
    this.#clock = options.clock ?? systemClock
    this.#agentVersion = options.agent.version
    this.#agentTitle = options.agent.title
    const { isScrubbed = true } = options
    this.scrubber = isScrubbed
      ? scrubberFor(options.environment, options.argv, options.onTrouble)
      : notScrubbing()
    this.#log = openSessionLog(options.logLevel, (text) => this.scrubber.text(text))
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

  /** The session that was heard of last. */
  get latest(): Session {
    return this.#latest
  }

  /** An exchange begins: the head of its request has arrived, at the given time. */
  exchange(head: RequestHead, at = this.#clock.microseconds()): Exchange {
    const { sessionId, agentVersion } = head.conversation
    const session = this.session(sessionId, at)
    if (agentVersion !== undefined) this.noteAgentVersion(agentVersion)
    const exchange = new Exchange(session, head, at)
    this.#unfinished.add(exchange)
    void exchange.finished.then(() => this.#unfinished.delete(exchange))
    return exchange
  }

  /** Does work whose HTTP requests, made with undici, belong to an exchange. */
  async withUndici<Result>(exchange: Exchange, work: () => Result): Promise<Result> {
    const parent = exchange.spanParent
    return parent === undefined ? work() : this.tracing.withinUndici(parent, work)
  }

  /**
   * The session of an agent's id; without one, that which was heard of last.
   *
   * @param at when it was heard of: one that is new begins then.
   */
  session(id: string | undefined, at = this.#clock.microseconds()): Session {
    if (id === undefined) return this.#latest
    const known = this.#sessions.get(id)
    const session = known ?? this.#named(id, at)
    this.#latest = session
    this.#log.useFile(session.log)
    return session
  }

  /** The agent has said which version it is: that holds for all of its sessions. */
  noteAgentVersion(version: string): void {
    if (this.#agentVersion !== undefined) return
    this.#agentVersion = version
    for (const session of this.#all()) session.noteAgentVersion(version)
  }

  /** The agent has said what it is called, where it is one of many by its name here. */
  noteAgentTitle(title: string): void {
    this.#agentTitle = title
    for (const session of this.#all()) session.noteAgentTitle(title)
  }

  /** A thread of the agent's belongs to a session. */
  noteThread(threadId: string, session: Session): void {
    if (!this.#threads.has(threadId)) this.#threads.set(threadId, session)
  }

  /** Whether it was told, which session a thread belongs to. */
  knowsThread(threadId: string): boolean {
    return this.#threads.has(threadId) || this.#sessions.has(threadId)
  }

  /** The session of a thread; of one that was never heard of, that of its own name. */
  sessionOfThread(threadId: string): Session {
    return this.#threads.get(threadId) ?? this.session(threadId)
  }

  /** A signal has reached the agent: all that is going on is to stop. */
  signalled(signal: string): void {
    for (const session of this.#all()) session.event({ kind: 'signal', signal })
  }

  /** The time on the clock of this recording, in microseconds since the epoch. */
  now(): number {
    return this.#clock.microseconds()
  }

  /** A line of the debug log. */
  log(level: LogLevel, label: string, message: string): void {
    this.#logIn(this.#latest, level, label, message)
  }

  /** What the agent prints on its standard error, as it comes: lines of the debug log. */
  agentOutput(bytes: Uint8Array): void {
    this.#output.push(bytes)
  }

  /** How the agent was started: the log of each session begins with it. */
  logStart(words: string): void {
    this.#opening = words
    this.#logInEach(words)
  }

  /** How the agent ended: the log of each session ends with it. */
  logEnd(words: string): void {
    this.#output.end()
    this.#logInEach(words)
  }

  /**
   * Ends what is open and closes the files.
   *
   * @param ended nothing where the host is gone without a word: then its run stays without an end, and
   *   what was open in it stays open.
   */
  async close(ended: RunEnded | undefined, closing: Closing = {}): Promise<void> {
    const { at = this.#clock.microseconds(), leftBehindMilliseconds, onWritten } = closing
    const waitsUntil = performance.now() + CLOSE_MILLISECONDS
    this.later.settleAll()
    await this.#lastWords(leftBehindMilliseconds ?? LAST_WORDS_MILLISECONDS)
    const sessions = this.#endAll(ended, at)
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
    // The agent never said its id: the folder keeps the one that it has.
    this.#unnamed?.name(this.#unnamed.id)
    const sessions = this.#all()
    for (const session of sessions) session.end(ended, at)
    return sessions
  }

  /** @param troubles gets what is to be told once there is a log. */
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

  /** All sessions log into one file of the user's. */
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

  /** Waits for the ends that have been told and are not written yet, and not for long. */
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
        `the agent's session id ${JSON.stringify(id.slice(0, 200))} is no name for a folder`,
      )
    }
    return session
  }

  #begin(startedAt: number): Session {
    const now = this.#clock.microseconds
    const id = newSessionId(Math.floor(now() / 1000))
    const files = new SessionFiles({
      root: this.#options.root,
      id,
      logPath: this.#options.logPath ?? SESSION_FILES.log,
      now,
      onLoss: (path, reason) =>
        this.#options.onTrouble(`${path} could not be written (${reason}). The run goes on.`),
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
