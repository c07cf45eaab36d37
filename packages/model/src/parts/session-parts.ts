import type { Approval } from './approval.js'
import type { Cancellation } from './cancellation.js'
import type { SessionExchange } from './exchange.js'
import type { SessionRun } from './run.js'
import type { Thread, Turn } from './thread.js'
import type { Tool } from './tool.js'

/** A session as what it means: each list in the order of its beginnings. */
export type SessionParts = {
  runs: SessionRun[]
  threads: Thread[]
  turns: Turn[]
  exchanges: SessionExchange[]
  tools: Tool[]
  approvals: Approval[]
  cancellations: Cancellation[]
}
