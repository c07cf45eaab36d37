/** Why a request ended before its answer did, and on which side. */
export type Stop = {
  /** `agent`: the host gave it up. */
  side: 'agent' | 'upstream'
  /** The system's or the client's code, or the name of what it was aborted with. */
  code: string
  message: string
}

/**
 * What an error of an HTTP client says. The host aborts with whatever it likes: an error of its own, a
 * text, `null`, or something that throws when it is looked at.
 */
export function stopOf(reason: unknown): Stop {
  const cause = causeOfAbort(reason)
  if (cause !== undefined) return stopOf(cause)
  const code = wordIn(reason, 'code')
  const message = messageOf(reason)
  if (code !== undefined && ITS_OWN_PATIENCE.has(code)) {
    return { side: 'agent', code: TIMEOUT, message }
  }
  if (code !== undefined && BY_UPSTREAM.test(code)) return { side: 'upstream', code, message }
  return { side: 'agent', code: wordIn(reason, 'name') ?? code ?? 'AbortError', message }
}

/** What `AbortSignal.timeout` aborts with. */
const TIMEOUT = 'TimeoutError'

// undici waits for so long, unless it is told otherwise (its Errors.md).
const ITS_OWN_PATIENCE = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT'])

// The codes of the network, of TLS, of the parser and of undici itself. Those of files are not
// among them: the body of a request can be one.
const BY_UPSTREAM =
  /^(?:ECONN\w+|EPIPE|ETIMEDOUT|EHOST\w+|ENET\w+|EADDR\w+|ENOTFOUND|EAI_\w+|EPROTO|HPE_\w+|ERR_(?:TLS|SSL|HTTP2)_\w+|CERT_\w+|UNABLE_TO_\w+|\w*SELF_SIGNED\w*|UND_ERR_(?:SOCKET|CONNECT_TIMEOUT|RESPONSE\w*|INFO|REQ_RETRY|RES_\w+|HTTP_PARSER|PRX_TLS))$/

/** Node wraps what a signal says into an error of its own. */
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
