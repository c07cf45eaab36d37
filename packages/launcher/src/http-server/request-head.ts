import type { Headers } from '@tacho/format'

/** The head of a request as it stood on the wire, and what it says of what follows. */
export type RequestHead = {
  method: string
  /** As it was sent: `/path?query`, `*`, or a whole URL. */
  target: string
  /** In their order and case; a name can be there twice. */
  headers: Headers
  /** HTTP/1.1, whose answers may come in chunks; else HTTP/1.0. */
  isLatest: boolean
  /** The length of the body in bytes; `chunked` where it comes in chunks. */
  body: number | 'chunked'
  /** Another request may follow on the connection. */
  keepsAlive: boolean
  /** The body comes after a `100 Continue` only (RFC 9110, 10.1.1). */
  expectsContinue: boolean
  wantsUpgrade: boolean
}

const REQUEST_LINE = /^([!#$%&'*+.^_`|~\w-]+) ([!-~\x80-\xff]+) HTTP\/1\.([01])$/
// RFC 9112, 5: no blank before the colon, and no line that goes on in the next one.
const FIELD = /^([!#$%&'*+.^_`|~\w-]+):[ \t]*([^\0\r\n]*?)[ \t]*$/

/**
 * Reads the head of an HTTP/1.1 or 1.0 request (RFC 9112).
 *
 * @param text all before the blank line, as ISO 8859-1.
 * @returns nothing where it is not one, or says two things at once of where its body ends.
 */
export function parseRequestHead(text: string): RequestHead | undefined {
  const [first = '', ...lines] = text.split('\r\n')
  const request = REQUEST_LINE.exec(first)
  if (request === null) return undefined
  const headers: Headers = []
  for (const line of lines) {
    const field = FIELD.exec(line)
    if (field === null) return undefined
    headers.push([field[1] as string, field[2] as string])
  }
  const isLatest = request[3] === '1'
  const body = bodyOf(valuesOf(headers))
  if (body === undefined) return undefined
  const connection = listOf(headers, 'connection')
  return {
    method: request[1] as string,
    target: request[2] as string,
    headers,
    isLatest,
    body,
    keepsAlive: isLatest && !connection.includes('close'),
    expectsContinue: isLatest && listOf(headers, 'expect').includes('100-continue'),
    wantsUpgrade: connection.includes('upgrade') && listOf(headers, 'upgrade').length > 0,
  }
}

/** The first value of a field, whatever its case; nothing where it is not there. */
export function headerValue(headers: Headers, name: string): string | undefined {
  return headers.find(([one]) => one.length === name.length && one.toLowerCase() === name)?.[1]
}

// RFC 9112, 6.3. What is ambiguous is refused: two programs would read two different bodies.
function bodyOf({ lengths, codings }: BodyFields): RequestHead['body'] | undefined {
  if (codings.length > 0) {
    const isChunked = codings.length === 1 && codings[0]?.toLowerCase() === 'chunked'
    return isChunked && lengths.length === 0 ? 'chunked' : undefined
  }
  const [length = '0'] = lengths
  return lengths.length <= 1 && /^\d{1,15}$/.test(length) ? Number(length) : undefined
}

type BodyFields = { lengths: string[]; codings: string[] }

function valuesOf(headers: Headers): BodyFields {
  const lengths: string[] = []
  const codings: string[] = []
  for (const [name, value] of headers) {
    // By its length first: nearly all names are another one.
    if (name.length === 14 && name.toLowerCase() === 'content-length') lengths.push(value)
    else if (name.length === 17 && name.toLowerCase() === 'transfer-encoding') codings.push(value)
  }
  return { lengths, codings }
}

function listOf(headers: Headers, name: string): string[] {
  const words: string[] = []
  for (const [one, value] of headers) {
    if (one.length !== name.length || one.toLowerCase() !== name) continue
    for (const word of value.toLowerCase().split(','))
      if (word.trim() !== '') words.push(word.trim())
  }
  return words
}
