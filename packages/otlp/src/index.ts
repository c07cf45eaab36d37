export { logRecordOf, type SessionLine } from './log-records.js'
export { openLogSender, openSpanSender, type Sender } from './open-sender.js'
export { whyUnreachable } from './reachable.js'
export { readableSpans, type SentSpan } from './readable-spans.js'
export { SendError } from './send-error.js'
export { sendInParts } from './send-in-parts.js'
export {
  type Environment,
  type OtlpProtocol,
  type OtlpSettings,
  type OtlpSignal,
  otlpSettings,
  otlpSettingsFor,
  WrongOtlpSetting,
} from './settings.js'
