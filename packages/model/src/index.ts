export { type Attributes, ATTRIBUTE_CHARACTERS, cut, known } from './attributes.js'
export { reducerOf } from './agents.js'
export type { Conversation } from './conversation.js'
export type * from './observation.js'
export type { ApprovalKind, DecidedBy } from './session/approvals.js'
export type { CancellationOrigin } from './session/cancellations.js'
export {
  type AgentReducer,
  SessionReducer,
  type SessionReducerOptions,
} from './session/session-reducer.js'
export { derivedId } from './spans/derived-id.js'
export type { Emit, SpanChange, SpanStarted } from './spans/span-change.js'
