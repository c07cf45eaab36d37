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
 * Takes note of an answer, as far as it has `partial_success`
 * (https://opentelemetry.io/docs/specs/otlp/#partial-success).
 */
export function noteAnswer(answer: unknown): void {
  if (typeof answer !== 'object' || answer === null) return
  // Whoever reads protobuf's JSON takes both spellings.
  const { partialSuccess, partial_success = partialSuccess } = answer as Answer
  heard = partial_success ? rejectionOf(partial_success) : undefined
}

/**
 * Listens to what OpenTelemetry's exporters for gRPC say of an answer that has it: they hold it for a
 * whole success, and tell of it nowhere but in OpenTelemetry's diagnostic log.
 */
export function listenForGrpcAnswers(): void {
  diag.setLogger(LOGGER, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true })
}

/**
 * What was heard since it was asked for the last time. An answer is heard in the same turn in which
 * the exporter gives its result, so that the result that comes next is that of the same request.
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
      // No JSON: a later OpenTelemetry words it in another way.
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
