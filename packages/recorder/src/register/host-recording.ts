import type { HostEvent } from '@tacho/format'
import type { SessionLogger } from '../api/session-logger.js'
import type { Conversation } from '../exchange/request-head.js'
import type { FaultBarrier } from '../fault-barrier.js'

/**
 * The recording of the current process, as `tacho/register` sets it up. It exists from the first
 * line of the program; the recorder process starts when there is something to record.
 *
 * Other code that records in this process (the API, an integration) gets it from {@link
 * hostRecording} and imports only types from this package, so it loads nothing while recording is
 * off.
 */
export type HostRecording = {
  /**
   * The version of this interface: another copy of Tacho in the same process may have a later one.
   */
  readonly shape: typeof SHAPE
  /**
   * The session's id, chosen by Tacho; child processes and worker threads join the same session.
   */
  readonly sessionId: string
  /**
   * Records something that the program reports. It outlives the process once this returns. Never
   * throws.
   */
  event(event: HostEvent): void
  /**
   * Returns a winston logger for the program's own lines, or undefined if it is not available.
   * Never throws.
   */
  logger(): SessionLogger | undefined
  /** Guards work of Tacho's: exceptions are reported instead of thrown. */
  readonly barrier: FaultBarrier
  /**
   * Returns what a request that begins now belongs to, in the caller's asynchronous context. Set by
   * whoever knows the turns; until then, requests belong to the session only.
   */
  conversation: () => Conversation
}

/** The current shape of {@link HostRecording}. */
export const SHAPE = 2

const PLACE = Symbol.for('tacho/recording')

type Place = { [PLACE]?: HostRecording }

/** Returns the recording of this process (and thread), or undefined if it is not recorded. */
export function hostRecording(): HostRecording | undefined {
  const found = (globalThis as Place)[PLACE]
  return found?.shape === SHAPE ? found : undefined
}

/** Whether any copy of Tacho already records this process. */
export function isHostRecorded(): boolean {
  return (globalThis as Place)[PLACE] !== undefined
}

/** Publishes the recording to {@link hostRecording}, invisible when listing `globalThis`. */
export function setHostRecording(recording: HostRecording): void {
  Object.defineProperty(globalThis, PLACE, { value: recording, enumerable: false })
}
