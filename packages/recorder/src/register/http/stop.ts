/** Why a request ended before its answer was complete, and on which side. */
export type Stop = {
  /** `agent`: the host gave it up. */
  side: 'agent' | 'upstream'
  /** The system's or the client's code, or the name of the abort reason. */
  code: string
  message: string
}

/**
 * Derives a {@link Stop} from an HTTP client's error. A host can abort with anything: an error of
 * its own, a string, `null`, or an object that throws when it is read.
 */
export function stopOf(reason: unknown): Stop {
  const cause = causeOfAbort(reason)
  if (cause !== undefined) return stopOf(cause)
  const code = wordIn(reason, 'code')
  const message = messageOf(reason)
  if (code !== undefined && (ITS_OWN_PATIENCE.has(code) || isOwnTimer(reason, code))) {
    return { side: 'agent', code: TIMEOUT, message }
  }
  if (code !== undefined && BY_UPSTREAM.test(code)) return { side: 'upstream', code, message }
  return { side: 'agent', code: wordIn(reason, 'name') ?? code ?? 'AbortError', message }
}

/** The reason of `AbortSignal.timeout`. */
const TIMEOUT = 'TimeoutError'

// undici's own timeouts, unless configured otherwise (its Errors.md).
const ITS_OWN_PATIENCE = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT'])

/**
 * Whether a client's own timer ran out: axios and got use the system's codes for that
 * (https://axios-http.com/docs/handling_errors). What the system reports names its call, or consists
 * of such errors, one for each address that was tried.
 */
function isOwnTimer(reason: unknown, code: string): boolean {
  if (code !== 'ETIMEDOUT' && code !== 'ECONNABORTED') return false
  return wordIn(reason, 'syscall') === undefined && !hasErrors(reason)
}

function hasErrors(reason: unknown): boolean {
  try {
    return Array.isArray((reason as AggregateError).errors)
  } catch {
    return false
  }
}

// The codes of the network, of TLS, of the parser and of undici. File errors are excluded: the body
// of a request can be a file.
const BY_UPSTREAM =
  /^(?:ECONN\w+|EPIPE|ETIMEDOUT|EHOST\w+|ENET\w+|EADDR\w+|ENOTFOUND|EAI_\w+|EPROTO|HPE_\w+|ERR_(?:TLS|SSL|HTTP2)_\w+|CERT_\w+|UNABLE_TO_\w+|\w*SELF_SIGNED\w*|UND_ERR_(?:SOCKET|CONNECT_TIMEOUT|RESPONSE\w*|INFO|REQ_RETRY|RES_\w+|HTTP_PARSER|PRX_TLS))$/

/** Node wraps a signal's reason in an error of its own. */
function causeOfAbort(reason: unknown): unknown {
  if (wordIn(reason, 'code') !== 'ABORT_ERR') return undefined
  try {
    return (reason as Error).cause
  } catch {
    return undefined
  }
}

function messageOf(reason: unknown): string {
  if (typeof reason === 'string') return reason
  return wordIn(reason, 'message') ?? ''
}

function wordIn(reason: unknown, name: string): string | undefined {
  try {
    const word: unknown = (reason as Record<string, unknown> | undefined)?.[name]
    return typeof word === 'string' && word !== '' ? word : undefined
  } catch {
    return undefined
  }
}
