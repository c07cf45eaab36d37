import { saidWords } from './said-words.js'

/** Why something was not taken, and what can be done about it. */
export class SendError extends Error {
  override readonly name = 'SendError'
  readonly code = 'send-failed'
  /** It may be taken when it is sent again. */
  readonly isRetryable: boolean
  /** It may be taken in smaller parts. */
  readonly isTooLarge: boolean

  constructor(message: string, of: { isRetryable: boolean; isTooLarge: boolean; cause?: unknown }) {
    super(message, { cause: of.cause })
    this.isRetryable = of.isRetryable
    this.isTooLarge = of.isTooLarge
  }
}

/** gRPC's codes by number, as far as OTLP gives them a meaning (its spec, "Failures"). */
const RETRYABLE_GRPC = new Set([1, 4, 10, 11, 14, 15])
const RESOURCE_EXHAUSTED = 8

/** What an exporter of OpenTelemetry's gave as its reason. */
export function sendErrorOf(error: unknown, isGrpc: boolean): SendError {
  const { code, message = '' } = (error ?? {}) as { code?: unknown; message?: string }
  const text = wordsOf(code, message, isGrpc)
  if (typeof code !== 'number') {
    // It was taken or not; whoever answers so would answer so again.
    const isRetryable = !message.includes('exceeded size limit') && !isNoHttp(code)
    return new SendError(text, { isRetryable, isTooLarge: false, cause: error })
  }
  if (!isGrpc) {
    return new SendError(text, { isRetryable: false, isTooLarge: code === 413, cause: error })
  }
  // "Received message larger than max": the rest of this code's uses is a queue that is full.
  const isTooLarge = code === RESOURCE_EXHAUSTED && /larger|message size/i.test(message)
  const isRetryable = RETRYABLE_GRPC.has(code) || (code === RESOURCE_EXHAUSTED && !isTooLarge)
  return new SendError(text, { isRetryable, isTooLarge, cause: error })
}

function wordsOf(code: unknown, message: string, isGrpc: boolean): string {
  const said = saidWords(message)
  if (typeof code === 'number') return isGrpc ? `gRPC ${said}` : `HTTP ${code} ${said}`.trim()
  if (isNoHttp(code)) return 'what answers there speaks no HTTP/1.1; is it the port for grpc?'
  if (typeof code === 'string') return said.includes(code) ? said : `${code} ${said}`.trim()
  // What OpenTelemetry says of 429, 502, 503 and 504.
  if (said === 'Export failed with retryable status') return 'HTTP 429, 502, 503 or 504'
  return said || 'no answer'
}

/** What Node's parser of HTTP says of bytes that are none. */
function isNoHttp(code: unknown): boolean {
  return typeof code === 'string' && code.startsWith('HPE_')
}
