export type { AnswerEnd, AnswerFacts } from './model-api/answer-facts.js'
export {
  type AnswerForm,
  type AnswerHints,
  answerFormOf,
  asAnnounced,
} from './model-api/answer-form.js'
export { AnswerReader, type AnswerReaderOptions } from './model-api/answer-reader.js'
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
export { Utf8Text } from './model-api/utf8-text.js'
