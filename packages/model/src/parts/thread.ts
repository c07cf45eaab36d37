import type { LeftOpen } from './left-open.js'

/** What a thread is for. `other`: not the user's, and for an unknown purpose. */
export const THREAD_KINDS = [
  'user',
  'title',
  'sub-agent',
  'review',
  'compaction',
  'memory',
  'other',
] as const

export type ThreadKind = (typeof THREAD_KINDS)[number]

/** How a turn ended, whatever the agent's word for it. */
export const TURN_OUTCOMES = ['completed', 'failed', 'cancelled', 'unknown'] as const

export type TurnOutcome = (typeof TURN_OUTCOMES)[number]

/**
 * One request in a thread, and everything that the agent does for it. Times are microseconds since
 * 1970.
 */
export type Turn = {
  spanId: string
  /** The agent's own id. */
  id?: string
  threadId?: string
  /** What it is for: the same as its thread, unless it has a purpose of its own. */
  kind: ThreadKind
  /** Its number in its thread, starting at 1; for the user's turns, its number in the session. */
  number: number
  /** How it ended; absent if it has not, or its end was not recorded. */
  outcome?: TurnOutcome
  /** In the agent's words. */
  status?: string
  startedAt: number
  endedAt?: number
  /** Absent if it is over. */
  open?: LeftOpen
}

/** One line of a conversation. */
export type Thread = {
  /** The agent's own id; the session's if the agent has none. */
  id: string
  kind: ThreadKind
  /**
   * What it is for, in the agent's words; absent if the agent does not say, which mostly means that
   * it is the user's.
   */
  source?: string
  /** Its number among threads of its kind, starting at 1. */
  number: number
  /** How many threads of its kind the session has. */
  of: number
  turns: Turn[]
}
