import { saidWords } from './said-words.js'

/** Why something was not accepted, and what can be done about it. */
export class SendError extends Error {
  override readonly name = 'SendError'
  readonly code = 'send-failed'
  /** Sending it again may succeed. */
  readonly isRetryable: boolean
  /** Sending it in smaller parts may succeed. */
  readonly isTooLarge: boolean

  constructor(message: string, of: { isRetryable: boolean; isTooLarge: boolean; cause?: unknown }) {
    super(message, { cause: of.cause })
    this.isRetryable = of.isRetryable
    this.isTooLarge = of.isTooLarge
  }
}

/** The gRPC codes that OTLP calls retryable (its spec, "Failures"). */
const RETRYABLE_GRPC = new Set([1, 4, 10, 11, 14, 15])
const RESOURCE_EXHAUSTED = 8

/** Converts an error from an OpenTelemetry exporter. */
export function sendErrorOf(error: unknown, isGrpc: boolean): SendError {
  const { code, message = '' } = (error ?? {}) as { code?: unknown; message?: string }
  const text = wordsOf(code, message, isGrpc)
  if (typeof code !== 'number') {
    // Neither error would go away on a retry.
    const isRetryable = !message.includes('exceeded size limit') && !isNoHttp(code)
    return new SendError(text, { isRetryable, isTooLarge: false, cause: error })
  }
  if (!isGrpc) {
    return new SendError(text, { isRetryable: false, isTooLarge: code === 413, cause: error })
  }
  // "Received message larger than max". All other uses of this code mean a full queue.
  const isTooLarge = code === RESOURCE_EXHAUSTED && /larger|message size/i.test(message)
  const isRetryable = RETRYABLE_GRPC.has(code) || (code === RESOURCE_EXHAUSTED && !isTooLarge)
  return new SendError(text, { isRetryable, isTooLarge, cause: error })
}

function wordsOf(code: unknown, message: string, isGrpc: boolean): string {
  const said = saidWords(message)
  if (typeof code === 'number') return isGrpc ? `gRPC ${said}` : `HTTP ${code} ${said}`.trim()
  if (isNoHttp(code)) return 'what answers there speaks no HTTP/1.1; is it the port for grpc?'
  if (typeof code === 'string') return said.includes(code) ? said : `${code} ${said}`.trim()
  // OpenTelemetry's message for 429, 502, 503 and 504.
  if (said === 'Export failed with retryable status') return 'HTTP 429, 502, 503 or 504'
  return said || 'no answer'
}

/** The error codes of Node's HTTP parser for bytes that are not HTTP. */
function isNoHttp(code: unknown): boolean {
  return typeof code === 'string' && code.startsWith('HPE_')
}
