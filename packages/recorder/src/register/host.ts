import type { Conversation } from '../exchange/request-head.js'
import type { FaultBarrier, Report } from '../fault-barrier.js'
import type { Recording } from '../recording.js'
import type { Session } from '../session/session.js'
import { type HostRecording, SHAPE } from './host-recording.js'

export type HostOptions = {
  sessionId: string
  /** Opens the recording. */
  open: () => Recording
  barrierWith: (report: Report) => FaultBarrier
  /** Is told, in a sentence for the user, what could not be recorded. */
  tell: (sentence: string) => void
}

/** This process as it is recorded: opened when there is something to record, closed when it exits. */
export class Host implements HostRecording {
  readonly shape = SHAPE
  readonly sessionId: string
  readonly barrier: FaultBarrier
  conversation: () => Conversation = () => ({})
  readonly #options: HostOptions
  #recording: Recording | undefined
  #isOpened = false

  constructor(options: HostOptions) {
    this.#options = options
    this.sessionId = options.sessionId
    this.barrier = options.barrierWith((part, cause) =>
      this.#recording?.log('error', 'tacho', `${part}: ${String(cause)}`),
    )
  }

  recording(): Recording | undefined {
    if (this.#isOpened) return this.#recording
    this.#isOpened = true
    try {
      this.#recording = this.#options.open()
    } catch (cause) {
      const [reason] = (cause instanceof Error ? cause.message : String(cause)).split('\n')
      this.#options.tell(`this process is not recorded. ${reason}`)
    }
    return this.#recording
  }

  session(): Session | undefined {
    return this.recording()?.latest
  }

  /** The process exits. Blocks for no longer than the promises allow. */
  close(exitCode: number): void {
    this.#isOpened = true
    this.barrier.do('the end', () => this.#recording?.closeNow({ exitCode }))
  }
}
