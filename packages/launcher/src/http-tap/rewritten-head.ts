import type { RequestHead } from './wire/message-head.js'

/** What of a request's head becomes something else on its way; all else stays as it is. */
export type HeadChanges = {
  target: string
  host: string
  /** Fields that do not go on, in lower case. */
  dropped?: ReadonlySet<string> | undefined
  /** Fields that come behind the others. */
  added?: readonly (readonly [string, string])[] | undefined
  /** The value of `Referer`, where it named a page of ours. */
  referer?: string | undefined
}

/** The bytes of a request's head with these changes, line by line as they were otherwise. */
export function rewrittenRequest(wire: Buffer, head: RequestHead, changes: HeadChanges): Buffer {
  const lines = splitLines(wire.toString('latin1'))
  const start = lines.findIndex((line) => line.trim() !== '')
  const parts: string[] = [requestLine(lines[start] ?? '', head.target, changes.target)]
  let isDropped = false
  for (const line of lines.slice(start + 1, -1)) {
    // A line that goes on belongs to the field above it.
    if (line[0] !== ' ' && line[0] !== '\t') {
      const name = nameOf(line)
      isDropped = changes.dropped?.has(name) === true
      if (!isDropped) parts.push(field(line, name, changes))
    } else if (!isDropped) parts.push(line)
  }
  const eol = (lines[start] ?? '').endsWith('\r\n') ? '\r\n' : '\n'
  for (const [name, value] of changes.added ?? []) parts.push(`${name}: ${value}${eol}`)
  parts.push(lines.at(-1) ?? eol)
  return Buffer.from(parts.join(''), 'latin1')
}

/** The same head with them as it is to be recorded: with the host that it is really for. */
export function changedHead(head: RequestHead, changes: HeadChanges): RequestHead {
  const { target, host, dropped, added = [], referer } = changes
  const headers = head.headers
    .filter(([name]) => dropped?.has(name.toLowerCase()) !== true)
    .map(([name, value]): [string, string] => {
      const lower = name.toLowerCase()
      if (lower === 'host') return [name, host]
      return [name, lower === 'referer' ? (referer ?? value) : value]
    })
  for (const [name, value] of added) headers.push([name, value])
  return { ...head, target, headers }
}

/** The bytes of a response's head with another `Location`. */
export function rewrittenLocation(wire: Buffer, location: string): Buffer {
  const lines = splitLines(wire.toString('latin1'))
  const parts = lines.map((line) =>
    nameOf(line) === 'location' ? withValue(line, location) : line,
  )
  return Buffer.from(parts.join(''), 'latin1')
}

function field(line: string, name: string, { host, referer }: HeadChanges): string {
  if (name === 'host') return withValue(line, host)
  if (name !== 'referer' || referer === undefined) return line
  return withValue(line, referer)
}

function requestLine(line: string, target: string, wanted: string): string {
  const at = line.indexOf(' ')
  const from = line.indexOf(target, at)
  return line.slice(0, from) + wanted + line.slice(from + target.length)
}

/** The line with another value, its blanks and its end as they were. */
function withValue(line: string, value: string): string {
  const colon = line.indexOf(':')
  let from = colon + 1
  while (line[from] === ' ' || line[from] === '\t') from += 1
  const end = line.endsWith('\r\n') ? '\r\n' : '\n'
  return line.slice(0, from) + value + end
}

function nameOf(line: string): string {
  const colon = line.indexOf(':')
  return colon < 0 ? '' : line.slice(0, colon).trimEnd().toLowerCase()
}

/** Lines with their ends. */
function splitLines(text: string): string[] {
  const lines: string[] = []
  for (let from = 0; from < text.length; ) {
    const newline = text.indexOf('\n', from)
    const end = newline < 0 ? text.length : newline + 1
    lines.push(text.slice(from, end))
    from = end
  }
  return lines
}
