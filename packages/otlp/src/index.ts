export { logRecordOf, type SessionLine } from './log-records.js'
export { openLogSender, openSpanSender, type Sender } from './open-sender.js'
export type { Rejection } from './partial-success.js'
export { whyUnreachable } from './reachable.js'
export { readableSpans, type SentSpan } from './readable-spans.js'
export { SendError } from './send-error.js'
export { sendInParts } from './send-in-parts.js'
export {
  type Environment,
  OTLP_PROTOCOLS,
  type OtlpProtocol,
  type OtlpSettings,
  type OtlpSignal,
  otlpSettings,
  otlpSettingsFor,
  WrongOtlpSetting,
} from './settings.js'
