import type { HostEvent } from '@tacho/format'
import type { SessionLogger } from '../api/session-logger.js'
import type { Conversation } from '../exchange/request-head.js'
import type { FaultBarrier } from '../fault-barrier.js'

/**
 * The recording of the process that we are in, as `tacho/register` makes it. It is there from the
 * first line of the program on; what records is a process of its own, which is started when something
 * is to be recorded.
 *
 * Whoever else records in the process (the API, an integration) asks {@link hostRecording} for it,
 * imports types alone from this package, and so loads nothing where recording is off.
 */
export type HostRecording = {
  /** The number of this shape: another copy of Tacho in the same process may have a later one. */
  readonly shape: typeof SHAPE
  /** The session's id, of ours; child processes and worker threads join the same. */
  readonly sessionId: string
  /** Something that the program says of itself. It outlives the process once this returns. Never throws. */
  event(event: HostEvent): void
  /** For the program's own lines: a logger of winston; nothing where it is not available. Never throws. */
  logger(): SessionLogger | undefined
  /** The wall that work of ours stands behind: what it throws is reported, and not thrown. */
  readonly barrier: FaultBarrier
  /**
   * Says what a request belongs to that begins now, in the caller's own asynchronous context.
   * Whoever knows turns sets it; until then requests belong to the session alone.
   */
  conversation: () => Conversation
}

/** Of {@link HostRecording}. */
export const SHAPE = 2

const PLACE = Symbol.for('tacho/recording')

type Place = { [PLACE]?: HostRecording }

/** The recording of this process (and thread); nothing where it is not recorded. */
export function hostRecording(): HostRecording | undefined {
  const found = (globalThis as Place)[PLACE]
  return found?.shape === SHAPE ? found : undefined
}

/** Whether a copy of Tacho, whichever, records this process already. */
export function isHostRecorded(): boolean {
  return (globalThis as Place)[PLACE] !== undefined
}

/** Makes it known to all who ask. Nobody finds it by looking at the properties of `globalThis`. */
export function setHostRecording(recording: HostRecording): void {
  Object.defineProperty(globalThis, PLACE, { value: recording, enumerable: false })
}
