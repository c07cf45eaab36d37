import { type DiagLogger, DiagLogLevel, diag } from '@opentelemetry/api'
import { saidWords } from './said-words.js'

/** What a collector that took a request says that it has not taken of it, and why. */
export type Rejection = {
  /** Spans or lines; 0 where it took all and has something to say all the same. */
  count: number
  reason: string
}

let heard: Rejection | undefined

/**
 * Listens to what OpenTelemetry's exporters say of `partial_success`
 * (https://opentelemetry.io/docs/specs/otlp/#partial-success): they hold an answer that has it for a
 * whole success, and tell of it nowhere but in OpenTelemetry's diagnostic log.
 */
export function listenForRejections(): void {
  diag.setLogger(LOGGER, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true })
}

/**
 * What was heard since it was asked for the last time. An exporter tells it in the same turn in which
 * it gives its result, so that the result that comes next is that of the same request.
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
    if (message.includes('Partial Success') && typeof told === 'string') heard = rejectionOf(told)
  },
}

function rejectionOf(json: string): Rejection | undefined {
  try {
    const { rejectedSpans, rejectedLogRecords, errorMessage } = JSON.parse(json)
    const count = Number(rejectedSpans ?? rejectedLogRecords ?? 0)
    if (!(count > 0) && !errorMessage) return undefined
    return { count: count > 0 ? count : 0, reason: saidWords(String(errorMessage ?? '')) }
  } catch {
    return undefined
  }
}
