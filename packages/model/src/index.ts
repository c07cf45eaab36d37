export { reducerOf } from './agents.js'
export * from './causes/index.js'
export {
  type RequestPurpose,
  requestPurposeOf,
  requestPurposeOfHeaders,
} from './codex/turn-metadata.js'
export { list, record, text } from './codex/values.js'
export {
  approvalOutcomeOf,
  compactionOf,
  threadKindOf,
  toolOutcomeOf,
  turnOutcomeOf,
} from './codex/words.js'
export * from './conversation/index.js'
export type { Conversation } from './conversation.js'
export { endsAnswer } from './exchange/ends-answer.js'
export { ExchangeReader, type ExchangeReaderOptions } from './exchange/exchange-reader.js'
export { httpSpanOf } from './exchange/http-span.js'
export type { AnswerEnd, AnswerFacts } from './model-api/answer-facts.js'
export {
  type AnswerForm,
  type AnswerHints,
  answerFormOf,
  asAnnounced,
} from './model-api/answer-form.js'
export { AnswerReader, type AnswerReaderOptions } from './model-api/answer-reader.js'
export { asksModel } from './model-api/asks-model.js'
export { AwsEventStream } from './model-api/aws-event-stream.js'
export { EventStream } from './model-api/event-stream.js'
export { finishOf } from './model-api/finish-reasons.js'
export { MODEL_APIS, modelApiOf } from './model-api/index.js'
export type { Json } from './model-api/json.js'
export type { ModelApi } from './model-api/model-api.js'
export {
  type ExchangeError,
  type ModelOutcome,
  OUTCOMES,
  type Outcome,
  outcomeOf,
} from './model-api/outcome.js'
export { type RequestFacts, requestFactsOf } from './model-api/request-facts.js'
export { responsesApi } from './model-api/responses.js'
export { userPromptOf } from './model-api/user-prompt.js'
export { Utf8Text } from './model-api/utf8-text.js'
export type * from './observation.js'
export * from './parts/index.js'
export type { ApprovalKind, DecidedBy } from './session/approvals.js'
export type { CancellationOrigin } from './session/cancellations.js'
export {
  type AgentReducer,
  SessionReducer,
  type SessionReducerOptions,
} from './session/session-reducer.js'
export { derivedId } from './spans/derived-id.js'
export type { Emit, SpanChange, SpanStarted } from './spans/span-change.js'
