export {
  type Change,
  commonLength,
  compareRequests,
  type Difference,
  type MessageRun,
  type RequestComparison,
} from './compare-requests.js'
export type { AnswerBuilder } from './conversation-api.js'
export { placeAt, rangeOf } from './json-places.js'
export { jsonText } from './json-text.js'
export { type LineRun, lineRuns } from './line-runs.js'
export * from './model-request.js'
export { answerBuilder, conversationApiOf, readModelRequest } from './read-conversation.js'
export { type Segment, type SegmentKind, segmentsOf } from './segments.js'
export { estimatedTokens, type SizedPart, type SizeKind, sizesOf } from './sizes.js'
