import { headerValues, headerWords, type RequestHead, type ResponseHead } from './message-head.js'

/**
 * The length of a body: in bytes, chunked, until the connection closes, or `upgraded` if no HTTP
 * follows. Undefined if the head does not say.
 */
export type BodyLength = number | 'chunked' | 'until-close' | 'upgraded' | undefined

/** Returns the body length of a request (RFC 9112, 6.3). */
export function requestBodyLength({ headers }: RequestHead): BodyLength {
  if (headerWords(headers, 'transfer-encoding').at(-1) === 'chunked') return 'chunked'
  return lengthOf(headerValues(headers, 'content-length'), 0)
}

/**
 * Returns the body length of a response. If a server's fields conflict, it is read as hyper does,
 * on which Codex and many others are built: chunked wins over a length, and a coding other than
 * chunked lasts until the connection closes.
 *
 * @param method the method of its request.
 */
export function responseBodyLength(
  { status, headers }: ResponseHead,
  method: string | undefined,
): BodyLength {
  if (status === 101) return 'upgraded'
  if (method === 'CONNECT' && status >= 200 && status < 300) return 'upgraded'
  if (method === 'HEAD' || status < 200 || status === 204 || status === 304) return 0
  const codings = headerWords(headers, 'transfer-encoding')
  if (codings.length > 0) return codings.at(-1) === 'chunked' ? 'chunked' : 'until-close'
  return lengthOf(headerValues(headers, 'content-length'), 'until-close')
}

function lengthOf(values: readonly string[], none: BodyLength): BodyLength {
  const lengths = new Set(values.flatMap((value) => value.split(',').map((one) => one.trim())))
  if (lengths.size === 0) return none
  const [length = ''] = lengths
  return lengths.size === 1 && /^\d{1,15}$/.test(length) ? Number(length) : undefined
}
