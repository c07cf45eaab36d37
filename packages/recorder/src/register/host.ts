import type { Conversation } from '../exchange/request-head.js'
import { FaultBarrier } from '../fault-barrier.js'
import type { Recording } from '../recording.js'
import type { Session } from '../session/session.js'
import { type HostRecording, SHAPE } from './host-recording.js'
import type { OnRequest } from './http/request-listener.js'
import type { OpenedHost } from './open-host.js'

export type HostOptions = {
  sessionId: string
  /** Whether a request to this URL is recorded by a tap: then there is nothing to record. */
  isTapped: (url: string) => boolean
  /** Opens the recording. */
  open: () => OpenedHost
  /** Is told, in a sentence for the user, what could not be recorded. */
  tell: (sentence: string) => void
}

/** This process as it is recorded: opened when there is something to record, closed when it exits. */
export class Host implements HostRecording {
  readonly shape = SHAPE
  readonly sessionId: string
  readonly barrier = new FaultBarrier((part, cause) =>
    this.#opened?.recording.log('error', 'tacho', `${part}: ${String(cause)}`),
  )
  conversation: () => Conversation = () => ({})
  /** A request of the host's has begun: if nothing else has been, that is something to record. */
  readonly onRequest: OnRequest = (request) =>
    this.#options.isTapped(request.url) ? undefined : this.#open()?.requests.onRequest(request)
  readonly #options: HostOptions
  #opened: OpenedHost | undefined
  #isSettled = false

  constructor(options: HostOptions) {
    this.#options = options
    this.sessionId = options.sessionId
  }

  recording(): Recording | undefined {
    return this.#open()?.recording
  }

  session(): Session | undefined {
    return this.recording()?.latest
  }

  /** The process exits. Blocks for no longer than the promises allow. */
  close(exitCode: number): void {
    this.#isSettled = true
    const opened = this.#opened
    if (opened === undefined) return
    const stop = { side: 'agent', code: 'exit', message: 'the process exited' } as const
    this.barrier.do('the end', () => opened.requests.stopAll(stop))
    this.barrier.do('the end', () => opened.recording.closeNow({ exitCode }))
  }

  #open(): OpenedHost | undefined {
    if (this.#isSettled) return this.#opened
    this.#isSettled = true
    try {
      this.#opened = this.#options.open()
    } catch (cause) {
      const [reason = ''] = (cause instanceof Error ? cause.message : String(cause)).split('\n')
      // The messages are worded for the command, whose flag it is.
      const words = reason.replaceAll('--sessions-dir', 'TACHO_SESSIONS_DIR')
      this.#options.tell(`this process is not recorded. ${words}`)
    }
    return this.#opened
  }
}
