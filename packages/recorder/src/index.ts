export type {
  ApprovalAnswer,
  ApprovalQuestion,
  CancellationRequest,
  HostSession,
  RunningTurn,
  ToolOptions,
  TurnOptions,
} from './api/host-session.js'
export { session } from './api/session.js'
export type { SessionLogger, SessionLogLevel } from './api/session-logger.js'
export { type Clock, systemClock } from './clock.js'
export { Exchange, type ExchangeEnd } from './exchange/exchange.js'
export type { Conversation, RequestHead } from './exchange/request-head.js'
export { FaultBarrier } from './fault-barrier.js'
export { newSessionId } from './ids.js'
export { type DebugLog, openDebugLog } from './log/debug-log.js'
export { isLogLevel, LOG_LEVELS, type LogLevel } from './log/log-level.js'
export { makeFolders } from './make-folders.js'
export { Recording, type RecordingOptions } from './recording.js'
export { type HostRecording, hostRecording } from './register/host-recording.js'
export { SESSION_VARIABLE, TAPPED_VARIABLE } from './register/place.js'
export { CannotRecord } from './session/folder.js'
export { Session } from './session/session.js'
export { keepTranscript, linkTranscript } from './session/transcript.js'
export { SessionFileSpanExporter } from './spans/session-file-span-exporter.js'
export { SessionSpanProcessor } from './spans/session-span-processor.js'
export { TACHO_VERSION } from './version.js'
