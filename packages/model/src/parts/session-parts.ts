import type { Approval } from './approval.js'
import type { Cancellation } from './cancellation.js'
import type { SessionExchange } from './exchange.js'
import type { SessionRun } from './run.js'
import type { Thread, Turn } from './thread.js'
import type { Tool } from './tool.js'

/** What a session consists of, each list in order of start. */
export type SessionParts = {
  runs: SessionRun[]
  threads: Thread[]
  turns: Turn[]
  exchanges: SessionExchange[]
  tools: Tool[]
  approvals: Approval[]
  cancellations: Cancellation[]
}
