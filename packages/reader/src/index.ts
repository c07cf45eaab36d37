export type {
  Approval,
  ApprovalOutcome,
  Cancellation,
  Ended,
  LeftOpen,
  Message,
  ModelAnswer,
  ModelRequest,
  Part,
  RecordedExchange,
  SessionExchange,
  SessionExchangeError,
  SessionParts,
  SessionRun,
  SizedPart,
  SizeKind,
  Stopped,
  Thread,
  ThreadKind,
  Tool,
  ToolOutcome,
  Turn,
  TurnOutcome,
  Unparsed,
  Usage,
} from '@tacho/model'
export {
  commonLength,
  compactionOf,
  type Difference,
  jsonText,
  lineRuns,
  questionAbout,
  type RequestComparison,
} from '@tacho/model'
export {
  type ApprovalTotals,
  approvalsOf,
  approvalTotals,
} from './approvals.js'
export { arrivedText } from './arrived-text.js'
export {
  type CancellationTotals,
  cancellationsOf,
  cancellationTotals,
} from './cancellations.js'
export {
  type ConnectionMessage,
  connectionMessages,
  connectionOf,
} from './connection-messages.js'
export {
  CACHE_FORGETS_MS,
  type CachedExchange,
  type CacheVerdict,
  cacheStory,
} from './conversation/cache-story.js'
export { type ComparedExchanges, compareExchanges } from './conversation/compare-exchanges.js'
export {
  type ComparedSessions,
  compareSessions,
  type SessionStep,
} from './conversation/compare-sessions.js'
export {
  type Context,
  type ContextKind,
  contextAt,
  type Shortened,
  shortenedHistories,
} from './conversation/context-at.js'
export { type ConversationAt, conversationAt } from './conversation/conversation-at.js'
export {
  type Answered,
  type ConversationReader,
  conversationReader,
  type Given,
  requestKindOf,
} from './conversation/conversation-reader.js'
export type { Damage } from './damage.js'
export {
  type Evidence,
  type Explanation,
  explainSession,
  FollowedExplanation,
} from './diagnosis/explain-session.js'
export {
  keptExplanation,
  quickExplanation,
  type ToldExplanation,
} from './diagnosis/kept-explanation.js'
export { unreadOf, verdictOf } from './diagnosis/verdict.js'
export { exchangeRecords } from './exchange-records.js'
export { type HarSource, harJson } from './export/har/har-json.js'
export { lastEndpoint } from './export/otlp/delivered-spans.js'
export { type SendingSession, type SentSession, sendSession } from './export/otlp/send-session.js'
export { sendableBytes } from './export/otlp/span-lines.js'
export { type Columns, cellOf, type Row } from './export/parquet/columns.js'
export {
  PARQUET_TABLES,
  type ParquetTables,
  parquetTables,
} from './export/parquet/parquet-tables.js'
export { tableBytes } from './export/parquet/table-writer.js'
export { perfettoJson } from './export/perfetto/perfetto-json.js'
export { type FindOptions, findSession } from './find-session.js'
export { type FollowedLog, followLog } from './follow-log.js'
export { FollowedSession } from './followed-session.js'
export type { FoundSession, OnSkipped, SkippedFolder } from './found-session.js'
export { indexRawLog } from './index-raw-log.js'
export { leftOpenBy } from './left-open.js'
export { type LineMark, LineMarks } from './line-marks.js'
export { findSessions, isSessionFolder } from './list-sessions.js'
export { isoOfMicros, microsOfIso } from './micros.js'
export {
  type InputItem,
  type MissingInput,
  type ModelInput,
  modelInput,
} from './model-input/model-input.js'
export type { IndexedExchange, RawIndex } from './raw-index.js'
export { type LogRange, type LogRecord, type Place, readLog } from './read-log.js'
export { readSession, refuseNewerFormat, type Session } from './read-session.js'
export type { Span } from './read-spans.js'
export { FollowedText, readTextLog } from './read-text-log.js'
export { ReaderError, type ReaderErrorCode } from './reader-error.js'
export { type Rebuilt, rebuildableBytes, rebuildSession } from './rebuild/rebuild-session.js'
export {
  type RebuildSpansOptions,
  type RebuiltSpans,
  rebuildSpans,
} from './rebuild/rebuild-spans.js'
export { type ReduceSessionOptions, reduceSession } from './rebuild/reduce-session.js'
export { type RemovedSession, removableBytes, removeSession } from './remove/remove-session.js'
export { requestBody, requestPieces } from './request-body.js'
export { type Chunk, responseChunks } from './response-body.js'
export { isRunning } from './running/is-running.js'
export { type Salvaged, salvageSession } from './salvage/salvage-session.js'
export { afterwardsScrubber } from './scrub/afterwards-scrubber.js'
export { markedRules } from './scrub/marked-rules.js'
export { ownShapes } from './scrub/own-shapes.js'
export {
  type ScrubbedFile,
  type ScrubbedSession,
  type ScrubOptions,
  scrubbableBytes,
  scrubSession,
} from './scrub/scrub-session.js'
export { scrubbedCopy } from './scrub/scrubbed-copy.js'
export { sharingScrubber } from './scrub/sharing-scrubber.js'
export { transcriptsIn } from './scrub/transcripts.js'
export { refuseRunning, type SealedLog, sealableBytes, sealSession } from './seal/seal-session.js'
export { couldMatch } from './search/could-match.js'
export { type PatternOptions, type SearchPattern, searchPattern } from './search/pattern.js'
export { type SearchHit, searchSession } from './search/search-session.js'
export { SEARCHED, type Searched } from './search/searched.js'
export { sessionDamage } from './session-damage.js'
export { forgetSession } from './session-index/forget-session.js'
export { indexFolder, usableIndexFolder } from './session-index/index-folder.js'
export type { Listening } from './session-index/root-list.js'
export { endedBadly, listSessions, type SessionQuery } from './session-index/session-list.js'
export type { SessionMarks } from './session-marks.js'
export { sessionParts } from './session-parts.js'
export { type RootChoice, sessionRoots } from './session-roots.js'
export { type SessionState, sessionState } from './session-state.js'
export { type KeptRows, openKeptRows } from './sql/kept-rows.js'
export { type SqlRow, sessionRow, sqlRows } from './sql/rows.js'
export { SQL_TABLE_NAMES, SQL_TABLES, type SqlTable } from './sql/tables.js'
export { type ChunkPace, chunkPaces, STALL_MS } from './stats/chunk-paces.js'
export { joinedModels, joinedTools, quantile } from './stats/joined-stats.js'
export { costOf, lossOf, type Price, type Prices, priceOf } from './stats/prices.js'
export {
  type ModelStats,
  type SessionStats,
  sessionStats,
  type Times,
  type ToolStats,
  type TurnStats,
} from './stats/session-stats.js'
export { type ExchangeCounts, type SessionSummary, summarize } from './summarize.js'
export { threadsOf, turnsOf } from './threads.js'
export { lastEntries } from './timeline/last-entries.js'
export { type TimelineEntry, timelineOf } from './timeline/timeline.js'
export { threadTitle, turnTitle } from './timeline/titles.js'
export { headingOf } from './titles.js'
export { toolsOf } from './tools.js'
export { totalUsage } from './usage.js'
export { usesOf } from './uses.js'
export { type Verification, verifiableBytes, verifySession } from './verify/verify-session.js'
export { WholeSpans } from './whole-spans/whole-spans.js'
