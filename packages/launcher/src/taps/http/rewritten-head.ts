import { forHost } from './headers.js'
import type { RequestHead } from './wire/message-head.js'

/** What changes in a request's head on its way; everything else stays. */
export type HeadChanges = {
  target: string
  host: string
  /** Fields to drop, in lower case. */
  dropped?: ReadonlySet<string> | undefined
  /** Fields to add. */
  added?: readonly (readonly [string, string])[] | undefined
  /** The value of `Referer`, if it named a URL of the tap. */
  referer?: string | undefined
}

/**
 * Returns the bytes of a request's head with these changes, otherwise line by line as they were.
 */
export function rewrittenRequest(wire: Buffer, head: RequestHead, changes: HeadChanges): Buffer {
  const text = wire.toString('latin1')
  const sooner = changesNoFields(changes) ? withOtherHost(text, head, changes) : undefined
  if (sooner !== undefined) return Buffer.from(sooner, 'latin1')
  const lines = splitLines(text)
  const start = lines.findIndex((line) => line.trim() !== '')
  const first = lines[start] ?? ''
  const eol = first.endsWith('\r\n') ? '\r\n' : '\n'
  const fields = fieldsOf(lines.slice(start + 1, -1)).map(({ name, text }) => ({
    name,
    text: changed(text, name, changes),
  }))
  const added = (changes.added ?? []).map(([name, value]) => `${name}: ${value}${eol}`)
  return Buffer.from(
    [
      requestLine(first, head.target, changes.target),
      ...withAdded(
        without(fields, changes.dropped),
        added.map((text) => ({ name: '', text })),
      ).map(({ text }) => text),
      lines.at(-1) ?? eol,
    ].join(''),
    'latin1',
  )
}

/** Whether no field is added or dropped, and only `Host` changes: true for nearly all requests. */
function changesNoFields({ dropped, added = [], referer }: HeadChanges): boolean {
  return dropped === undefined && added.length === 0 && referer === undefined
}

/**
 * Rewrites such a head without parsing other fields; undefined if it is written in an unusual way.
 */
function withOtherHost(
  text: string,
  head: RequestHead,
  { target, host }: HeadChanges,
): string | undefined {
  const lineEnd = text.indexOf('\n')
  const targetAt = text.indexOf(head.target, text.indexOf(' '))
  if (targetAt < 0 || targetAt > lineEnd) return undefined
  const field = text.search(/\nhost:/i)
  const end = text.indexOf('\n', field + 1)
  if (field < 0 || isBlank(text[end + 1])) return undefined
  const valueEnd = text[end - 1] === '\r' ? end - 1 : end
  let value = field + '\nhost:'.length
  while (value < valueEnd && isBlank(text[value])) value += 1
  const fields = text.slice(targetAt + head.target.length, value)
  return text.slice(0, targetAt) + target + fields + host + text.slice(valueEnd)
}

function isBlank(character: string | undefined): boolean {
  return character === ' ' || character === '\t'
}

/** Returns the head as it is recorded: with these changes, and the real host. */
export function changedHead(head: RequestHead, changes: HeadChanges): RequestHead {
  const { target, host, dropped, added = [], referer } = changes
  if (changesNoFields(changes)) return { ...head, target, headers: forHost(head.headers, host) }
  const fields = head.headers.map(([name, value]) => ({
    name: name.toLowerCase(),
    own: name,
    value,
  }))
  const headers = without(fields, dropped).map(({ name, own, value }): [string, string] => {
    if (name === 'host') return [own, host]
    return [own, name === 'referer' ? (referer ?? value) : value]
  })
  return {
    ...head,
    target,
    headers: withAdded(
      headers.map((field) => ({ name: field[0].toLowerCase(), field })),
      added.map(([name, value]) => ({ name, field: [name, value] as [string, string] })),
    ).map(({ field }) => field),
  }
}

/** Before `Host`, which Codex's HTTP client puts after the request's own fields. */
function withAdded<Field extends { name: string }>(
  fields: readonly Field[],
  added: readonly Field[],
): Field[] {
  const host = fields.findIndex(({ name }) => name === 'host')
  const at = host < 0 ? fields.length : host
  return [...fields.slice(0, at), ...added, ...fields.slice(at)]
}

/**
 * Removes fields. The last of the agent's own takes the place of a removed one, as in the header
 * maps of Codex's HTTP client (`HeaderMap::remove` of the crate `http`); fields that the client
 * appends come later.
 */
function without<Field extends { name: string }>(
  fields: readonly Field[],
  dropped: ReadonlySet<string> | undefined,
): Field[] {
  const kept = [...fields]
  if (dropped === undefined) return kept
  for (let index = 0; index < kept.length; index += 1) {
    if (!dropped.has(kept[index]?.name ?? '')) continue
    const end = kept.findIndex(({ name }) => name === 'referer' || name === 'host')
    const last = end > index ? end - 1 : index
    const [moved] = kept.splice(last, 1)
    if (last > index && moved !== undefined) kept[index] = moved
    index -= 1
  }
  return kept
}

type Field = { name: string; text: string }

/** Returns the fields of a head, each with its continuation lines. */
function fieldsOf(lines: readonly string[]): Field[] {
  const fields: Field[] = []
  for (const line of lines) {
    const last = fields.at(-1)
    if (isBlank(line[0]) && last !== undefined) last.text += line
    else fields.push({ name: nameOf(line), text: line })
  }
  return fields
}

/** Returns the bytes of a response's head with a different `Location`. */
export function rewrittenLocation(wire: Buffer, location: string): Buffer {
  const lines = splitLines(wire.toString('latin1'))
  const parts = lines.map((line) =>
    nameOf(line) === 'location' ? withValue(line, location) : line,
  )
  return Buffer.from(parts.join(''), 'latin1')
}

function changed(line: string, name: string, { host, referer }: HeadChanges): string {
  if (name === 'host') return withValue(line, host)
  if (name !== 'referer' || referer === undefined) return line
  return withValue(line, referer)
}

function requestLine(line: string, target: string, wanted: string): string {
  const at = line.indexOf(' ')
  const from = line.indexOf(target, at)
  return line.slice(0, from) + wanted + line.slice(from + target.length)
}

/** Returns the line with a different value, keeping its whitespace and its line end. */
function withValue(line: string, value: string): string {
  const colon = line.indexOf(':')
  let from = colon + 1
  while (isBlank(line[from])) from += 1
  const end = line.endsWith('\r\n') ? '\r\n' : '\n'
  return line.slice(0, from) + value + end
}

function nameOf(line: string): string {
  const colon = line.indexOf(':')
  return colon < 0 ? '' : line.slice(0, colon).trimEnd().toLowerCase()
}

/** Splits text into lines, keeping their ends. */
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
