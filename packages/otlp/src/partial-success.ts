import { type DiagLogger, DiagLogLevel, diag } from '@opentelemetry/api'
import { saidWords } from './said-words.js'

/** What a collector rejected of a request that it accepted, and why. */
export type Rejection = {
  /** Spans or lines; 0 if it accepted all but sent a message anyway. */
  count: number
  reason: string
}

let heard: Rejection | undefined

/**
 * Notes the `partial_success` of an answer, if it has one
 * (https://opentelemetry.io/docs/specs/otlp/#partial-success).
 */
export function noteAnswer(answer: unknown): void {
  if (typeof answer !== 'object' || answer === null) return
  // Readers of protobuf's JSON accept both spellings.
  const { partialSuccess, partial_success = partialSuccess } = answer as Answer
  heard = partial_success ? rejectionOf(partial_success) : undefined
}

/**
 * Listens for it in OpenTelemetry's diagnostic log: the exporters for gRPC count such an answer as
 * a full success, and report it nowhere else.
 */
export function listenForGrpcAnswers(): void {
  diag.setLogger(LOGGER, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true })
}

/**
 * Returns and clears what was heard. An answer is heard in the same event-loop turn in which the
 * exporter gives its result, so it belongs to the next result.
 */
export function takeRejection(): Rejection | undefined {
  const rejection = heard
  heard = undefined
  return rejection
}

const ignore = (): void => {}

const LOGGER: DiagLogger = {
  error: ignore,
  info: ignore,
  debug: ignore,
  verbose: ignore,
  warn(message, told) {
    if (!message.includes('Partial Success') || typeof told !== 'string') return
    try {
      noteAnswer({ partialSuccess: JSON.parse(told) })
    } catch {
      // Not JSON: a later OpenTelemetry words it differently.
    }
  },
}

type Answer = { partialSuccess?: Told; partial_success?: Told }
type Told = Record<string, unknown>

function rejectionOf(told: Told): Rejection | undefined {
  const { rejectedSpans, rejected_spans = rejectedSpans } = told
  const { rejectedLogRecords, rejected_log_records = rejectedLogRecords } = told
  const { errorMessage, error_message = errorMessage } = told
  const count = Number(rejected_spans ?? rejected_log_records ?? 0)
  if (!(count > 0) && !error_message) return undefined
  return { count: count > 0 ? count : 0, reason: saidWords(String(error_message ?? '')) }
}
