import type { Headers } from '@tacho/format'

/** A request's head as it was on the wire. */
export type RequestHead = {
  method: string
  /** As it was sent: `/path?query`, `*`, or a whole URL. */
  target: string
  /** `HTTP/1.1` or `HTTP/1.0`, as it was sent. */
  version: string
  /** In their order and case; names can repeat. */
  headers: Headers
}

/** A response's head as it was on the wire. */
export type ResponseHead = {
  status: number
  /** The reason phrase; empty if there is none. */
  statusText: string
  version: string
  headers: Headers
}

/**
 * Parses a request's head in linear time.
 *
 * @param text everything up to the blank line, as ISO 8859-1; lines end with CRLF or LF.
 * @returns undefined if its first line is not HTTP/1.
 */
export function readRequestHead(text: string): RequestHead | undefined {
  const lines = linesOf(text)
  const line = lines[0] ?? ''
  const first = line.indexOf(' ')
  const last = line.lastIndexOf(' ')
  const version = line.slice(last + 1)
  if (first <= 0 || last <= first || !version.startsWith('HTTP/1.')) return undefined
  const target = line.slice(first + 1, last).trim()
  if (target === '') return undefined
  return { method: line.slice(0, first), target, version, headers: fieldsOf(lines, 1) }
}

/** The same for a response. */
export function readResponseHead(text: string): ResponseHead | undefined {
  const lines = linesOf(text)
  const line = lines[0] ?? ''
  const status = line.slice(9, 12)
  if (!line.startsWith('HTTP/1.') || line[8] !== ' ' || !isNumber(status)) return undefined
  return {
    status: Number(status),
    statusText: line.slice(13),
    version: line.slice(0, 8),
    headers: fieldsOf(lines, 1),
  }
}

/**
 * Returns the fields of a head, or of the trailers after a chunked body.
 *
 * @param from the first line that may be a field.
 */
export function fieldsOf(lines: readonly string[], from = 0): Headers {
  const headers: Headers = []
  for (let index = from; index < lines.length; index += 1) {
    const line = lines[index] ?? ''
    if (line === '') continue
    const last = headers.at(-1)
    // A continuation line (RFC 9112, 5.2): obsolete, and still accepted by many clients.
    if ((line[0] === ' ' || line[0] === '\t') && last !== undefined) {
      last[1] = `${last[1]} ${line.trim()}`
      continue
    }
    const colon = line.indexOf(':')
    if (colon < 0) headers.push([line, ''])
    else headers.push([line.slice(0, colon).trimEnd(), line.slice(colon + 1).trim()])
  }
  return headers
}

/** Returns the first value of a field, ignoring case, or undefined. */
export function headerValue(headers: Headers, name: string): string | undefined {
  return headers.find(([one]) => one.length === name.length && one.toLowerCase() === name)?.[1]
}

/** Returns all values of a field. */
export function headerValues(headers: Headers, name: string): string[] {
  const values: string[] = []
  for (const [one, value] of headers) {
    // Checks the length first: nearly all names are others.
    if (one.length === name.length && one.toLowerCase() === name) values.push(value)
  }
  return values
}

/** Returns the words of a list field, in lower case. */
export function headerWords(headers: Headers, name: string): string[] {
  return headerValues(headers, name).flatMap((value) =>
    value
      .toLowerCase()
      .split(',')
      .map((word) => word.trim())
      .filter((word) => word !== ''),
  )
}

/**
 * Splits text into lines without their ends. Skips blank lines before the first one (RFC 9112,
 * 2.2).
 */
export function linesOf(text: string): string[] {
  const lines: string[] = []
  for (let from = 0; from < text.length; ) {
    const newline = text.indexOf('\n', from)
    const end = newline < 0 ? text.length : newline
    const line = text.slice(from, text[end - 1] === '\r' && newline >= 0 ? end - 1 : end)
    if (line !== '' || lines.length > 0) lines.push(line)
    from = end + 1
  }
  return lines
}

function isNumber(text: string): boolean {
  return text.length === 3 && [...text].every((digit) => digit >= '0' && digit <= '9')
}
