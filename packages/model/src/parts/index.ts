export { APPROVAL_OUTCOMES, type Approval, type ApprovalOutcome } from './approval.js'
export type { Cancellation, Stopped } from './cancellation.js'
export type {
  RecordedExchange,
  SessionExchange,
  SessionExchangeError,
  Unparsed,
} from './exchange.js'
export type { LeftOpen } from './left-open.js'
export type { Ended, SessionRun } from './run.js'
export type { SessionParts } from './session-parts.js'
export {
  THREAD_KINDS,
  type Thread,
  type ThreadKind,
  TURN_OUTCOMES,
  type Turn,
  type TurnOutcome,
} from './thread.js'
export { TOOL_OUTCOMES, type Tool, type ToolOutcome } from './tool.js'
export type { Usage } from './usage.js'
