import { join } from 'node:path'
import { type HostEvent, SESSION_FILES } from '@tacho/format'
import type { SessionLogger } from '../api/session-logger.js'
import type { Conversation } from '../exchange/request-head.js'
import { FaultBarrier } from '../fault-barrier.js'
import { EXIT_MILLISECONDS, HANDOVER_MILLISECONDS } from '../limits.js'
import type { LogLevel } from '../log/log-level.js'
import { makeSessionFolder } from '../session/folder.js'
import type { FromHost, FromRecorder } from './apart/from-host.js'
import { leave, newHandover } from './apart/handover.js'
import { ownClock } from './apart/host-clock.js'
import { Outbox } from './apart/outbox.js'
import { RecorderProcess } from './apart/recorder-process.js'
import { ToldRequest } from './apart/told-request.js'
import { unpatched } from './apart/unpatched.js'
import type { Untold } from './apart/untold.js'
import { type HostRecording, SHAPE } from './host-recording.js'
import type { OnRequest } from './http/request-listener.js'
import { SelectedHosts } from './http/selected-hosts.js'
import type { Place } from './place.js'
import type { Program } from './program.js'

export type HostOptions = {
  place: Place
  program: Program
  environment: NodeJS.ProcessEnv
  /** Whether a tap records requests to this URL; then there is nothing to record here. */
  isTapped: (url: string) => boolean
  /**
   * Opens a logger that writes its lines with this function; loaded when the program asks for it.
   */
  openLogger: (write: (level: LogLevel, message: string) => void) => SessionLogger
  /** Writes to a log of the session what could not be sent to anybody. Does not throw. */
  writeUntold: (path: string, untold: Untold) => void
  /** Called with a sentence for the user about what could not be recorded. */
  tell: (sentence: string) => void
}

/** Where a request goes, and whether it is recorded with its bodies. */
type Target = { method: string; url: string; host: string; isSelected: boolean }

/**
 * This process as it is recorded. The recorder process is started when there is something to
 * record, and receives what happens here; this process only listens, copies and hands over.
 */
export class Host implements HostRecording {
  readonly shape = SHAPE
  readonly sessionId: string
  readonly barrier = new FaultBarrier((part, cause) =>
    this.#told?.outbox.tell({
      kind: 'line',
      level: 'error',
      label: 'tacho',
      message: `${part}: ${String(cause)}`,
    }),
  )
  conversation: () => Conversation = () => ({})
  readonly #options: HostOptions
  readonly #selected: SelectedHosts
  readonly #handover = newHandover()
  /** The hosts requested so far. */
  readonly #hosts = new Set<string>()
  /** The environment as the recorder process knows it. */
  #environment: NodeJS.ProcessEnv = {}
  #told: { outbox: Outbox; recorder: RecorderProcess } | undefined
  #logger: SessionLogger | undefined
  #requests = 0
  #lastTarget: Target | undefined
  #isSettled = false
  /** Whether anything was sent besides the start of this process. */
  #hasNews = false
  #isWritten = false

  constructor(options: HostOptions) {
    this.#options = options
    this.sessionId = options.place.id
    this.#selected = new SelectedHosts(options.environment)
  }

  /** A request of the host's has begun, which starts the recording if needed. */
  readonly onRequest: OnRequest = (begun) => {
    const { method, url } = begun
    const target = this.#targetOf(method, url)
    const outbox = target && this.#outbox()
    if (target === undefined || outbox === undefined) return undefined
    this.#learn(target.host, outbox)
    this.#requests += 1
    const { isSelected } = target
    const told = { kind: 'request', request: this.#requests, method, url, isSelected } as const
    return new ToldRequest(outbox, { ...told, conversation: this.conversation() }, begun)
  }

  event(event: HostEvent): void {
    this.#outbox()?.tellNow({ kind: 'event', event })
  }

  logger(): SessionLogger | undefined {
    if (this.#logger !== undefined || this.#outbox() === undefined) return this.#logger
    this.barrier.do('session.log', () => {
      this.#logger = this.#options.openLogger((level, message) =>
        this.#outbox()?.tellNow({ kind: 'line', level, label: 'program', message }),
      )
    })
    return this.#logger
  }

  /** Starts the recorder process, if it is not running. */
  open(): void {
    if (this.#isSettled) return
    this.#isSettled = true
    const { place, program, environment, tell } = this.#options
    try {
      if (!place.isJoined) makeSessionFolder(place.root, place.id)
      this.#environment = { ...environment }
      const recorder = new RecorderProcess({
        environment,
        onWord: (word) => this.#hear(word),
        onGone: (reason) => this.#gone(reason),
      })
      const outbox = new Outbox(recorder)
      this.#told = { outbox, recorder }
      outbox.tellNow({
        kind: 'started',
        place,
        program,
        argv: process.argv.slice(1),
        cwd: process.cwd(),
        pid: process.pid,
        handover: this.#handover,
        clock: ownClock(),
      })
    } catch (cause) {
      const [reason = ''] = (cause instanceof Error ? cause.message : String(cause)).split('\n')
      // The messages are worded for the command line and name its flag.
      tell(
        `this process is not recorded. ${reason.replaceAll('--sessions-dir', 'TACHO_SESSIONS_DIR')}`,
      )
    }
  }

  /**
   * Handles the exit of the process. Blocks until everything is handed over and, if there is more
   * than its start, written to the files: ending a container or service with its first process
   * would otherwise lose it. Blocks no longer than the promises allow.
   */
  close(exitCode: number): void {
    this.#isSettled = true
    const { outbox, recorder } = this.#told ?? {}
    if (outbox === undefined || recorder === undefined) return
    outbox.tell({ kind: 'ended', exitCode })
    const work = () => outbox.drain()
    recorder.wait(HANDOVER_MILLISECONDS, work, () => outbox.isEmpty)
    if (!outbox.isEmpty && recorder.isOpen) this.#leaveBehind(outbox)
    else if (this.#hasNews)
      recorder.wait(EXIT_MILLISECONDS - HANDOVER_MILLISECONDS, work, () => this.#isWritten)
    if (outbox.untold !== undefined && !recorder.isOpen) this.#writeUntold(outbox.untold)
  }

  #writeUntold(untold: Untold): void {
    const { root, id } = this.#options.place
    this.#options.writeUntold(join(root, id, SESSION_FILES.raw), untold)
  }

  // The recorder process cannot keep up, or has not even started yet.
  #leaveBehind(outbox: Outbox): void {
    try {
      leave(this.#handover, outbox.takeWaiting())
    } catch (cause) {
      this.#options.tell(`the end of this process is not recorded. ${String(cause)}`)
    }
  }

  // Programs request the same URL again and again, and parsing it takes longer than the rest.
  #targetOf(method: string, url: string): Target | undefined {
    const last = this.#lastTarget
    if (last !== undefined && last.url === url && last.method === method) return last
    if (!unpatched.canParse(url) || this.#options.isTapped(url)) return undefined
    const parsed = new unpatched.URL(url)
    const isSelected = this.#selected.has(parsed, method)
    this.#lastTarget = { method, url, host: parsed.host, isSelected }
    return this.#lastTarget
  }

  /** The outbox, for something worth recording; opens the recording if needed. */
  #outbox(): Outbox | undefined {
    this.open()
    this.#hasNews = true
    return this.#told?.outbox
  }

  // A program may have read its keys from a file since it began.
  #learn(host: string, outbox: Outbox): void {
    if (this.#hosts.has(host)) return
    this.#hosts.add(host)
    const news = changesBetween(this.#environment, this.#options.environment)
    if (Object.keys(news).length === 0) return
    Object.assign(this.#environment, news)
    outbox.tell({ kind: 'environment', variables: news } satisfies FromHost)
  }

  #hear(word: FromRecorder): void {
    if (word.kind === 'written') this.#isWritten = true
    else this.#options.tell(word.sentence)
  }

  #gone(reason: string): void {
    if (!this.#isWritten)
      this.#options.tell(
        `this process is not recorded any more: what records it is gone (${reason}).`,
      )
  }
}

function changesBetween(before: NodeJS.ProcessEnv, now: NodeJS.ProcessEnv): Record<string, string> {
  const changes: Record<string, string> = {}
  for (const [name, value] of Object.entries(now)) {
    if (value !== undefined && value !== before[name]) changes[name] = value
  }
  return changes
}
