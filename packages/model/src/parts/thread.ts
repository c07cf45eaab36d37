import type { LeftOpen } from './left-open.js'

/** What a thread is for. `other`: none of the user's, and nobody told what for. */
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

/** How a turn ended, whatever the agent calls that. */
export const TURN_OUTCOMES = ['completed', 'failed', 'cancelled', 'unknown'] as const

export type TurnOutcome = (typeof TURN_OUTCOMES)[number]

/** One request of a thread, and all that the agent does for it. Times are microseconds since 1970. */
export type Turn = {
  spanId: string
  /** The agent's own. */
  id?: string
  threadId?: string
  /** What it is done for: its thread's, or its own where that is another thing. */
  kind: ThreadKind
  /** Which one of its thread, from 1; of the user's, which one of the session. */
  number: number
  /** How it ended; absent where it has not, or its end was not recorded. */
  outcome?: TurnOutcome
  /** In the agent's words. */
  status?: string
  startedAt: number
  endedAt?: number
  /** Absent where it is over. */
  open?: LeftOpen
}

/** One line of conversation. */
export type Thread = {
  /** The agent's own; the session's where the agent names none. */
  id: string
  kind: ThreadKind
  /** What it is for, in the agent's words; absent where those name none: it is mostly the user's. */
  source?: string
  /** Which one of its kind, from 1. */
  number: number
  /** Of its kind, in the session. */
  of: number
  turns: Turn[]
}
