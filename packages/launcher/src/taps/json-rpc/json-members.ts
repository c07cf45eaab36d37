const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const COLON = 0x3a
const [OBJECT, OBJECT_END, ARRAY, ARRAY_END] = [0x7b, 0x7d, 0x5b, 0x5d]

/** Longer values are skipped: names and commands are short, the largest diffs are not. */
const VALUE_BYTES = 1024 * 1024

/** Deeper than anything about a thread, a tool or a question. */
const DEPTH = 64

/** How much is kept of a value nested deeper. */
const DEEP_CHARACTERS = 1024

/**
 * Reads a few members of an object inside a JSON text, and parses nothing else: long strings are
 * skipped at the speed of a search. From a text that is cut off or invalid, it reads what comes
 * before the damage.
 *
 * @param path the names that lead to the object: `[]` for the top level.
 * @param names the wanted members; reading stops once all are found.
 * @example
 * pick(line, ['params', 'item'], ['type', 'id'])
 */
export function pick(
  json: Uint8Array,
  path: readonly string[],
  names: readonly string[],
): Record<string, unknown> {
  const bytes = Buffer.from(json.buffer, json.byteOffset, json.length)
  let at = 0
  for (const name of path) {
    at = memberAt(bytes, at, name)
    if (at < 0) return {}
  }
  const missing = new Set(names)
  const found: Record<string, unknown> = {}
  for (const { name, start } of members(bytes, at)) {
    if (!missing.delete(name)) continue
    const value = valueAt(bytes, start)
    if (value !== undefined) found[name] = value
    if (missing.size === 0) break
  }
  return found
}

/** Returns where a member's value begins, or -1. */
function memberAt(json: Buffer, object: number, wanted: string): number {
  for (const { name, start } of members(json, object)) if (name === wanted) return start
  return -1
}

type Member = { name: string; start: number }

/** Yields the members of the object at an index, each with the start of its value. */
function* members(json: Buffer, at: number): Generator<Member> {
  let next = skipSpace(json, at)
  if (json[next] !== OBJECT) return
  do {
    const name = skipSpace(json, next + 1)
    const nameEnd = json[name] === QUOTE ? stringEnd(json, name) : -1
    if (nameEnd < 0) return
    const colon = skipSpace(json, nameEnd)
    if (json[colon] !== COLON) return
    const start = skipSpace(json, colon + 1)
    yield { name: String(parsed(json, name, nameEnd)), start }
    const end = valueEnd(json, start)
    if (end < 0) return
    next = skipSpace(json, end)
  } while (json[next] === COMMA)
}

function valueAt(json: Buffer, start: number): unknown {
  const end = valueEnd(json, start)
  if (end < 0 || end - start > VALUE_BYTES) return undefined
  // Walking through it would overflow the stack: keeps its beginning, as text.
  if (isDeep(json, start, end)) return json.toString('utf8', start, start + DEEP_CHARACTERS)
  return parsed(json, start, end)
}

function isDeep(json: Buffer, start: number, end: number): boolean {
  let depth = 0
  for (let at = start; at < end && depth <= DEPTH; at += 1) {
    const byte = json[at]
    if (byte === QUOTE) at = stringEnd(json, at) - 1
    else if (byte === OBJECT || byte === ARRAY) depth += 1
    else if (byte === OBJECT_END || byte === ARRAY_END) depth -= 1
  }
  return depth > DEPTH
}

function parsed(json: Buffer, start: number, end: number): unknown {
  try {
    return JSON.parse(json.toString('utf8', start, end))
  } catch {
    return undefined
  }
}

/** Returns the index after the value at an index; -1 if the text ends first. */
function valueEnd(json: Buffer, start: number): number {
  const first = json[start]
  if (first === QUOTE) return stringEnd(json, start)
  if (first === OBJECT || first === ARRAY) return nestedEnd(json, start)
  let at = start
  while (at < json.length && !endsLiteral(json[at])) at += 1
  return at === json.length || at === start ? -1 : at
}

function nestedEnd(json: Buffer, start: number): number {
  let depth = 0
  let at = start
  while (at < json.length) {
    const byte = json[at]
    if (byte === QUOTE) {
      at = stringEnd(json, at)
      if (at < 0) return -1
      continue
    }
    if (byte === OBJECT || byte === ARRAY) depth += 1
    if (byte === OBJECT_END || byte === ARRAY_END) depth -= 1
    at += 1
    if (depth === 0) return at
  }
  return -1
}

function stringEnd(json: Buffer, quote: number): number {
  let end = json.indexOf(QUOTE, quote + 1)
  while (end >= 0) {
    let backslashes = 0
    while (json[end - 1 - backslashes] === BACKSLASH) backslashes += 1
    if (backslashes % 2 === 0) return end + 1
    end = json.indexOf(QUOTE, end + 1)
  }
  return -1
}

function skipSpace(json: Buffer, from: number): number {
  let at = from
  while (isSpace(json[at])) at += 1
  return at
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d
}

function endsLiteral(byte: number | undefined): boolean {
  return byte === COMMA || byte === OBJECT_END || byte === ARRAY_END || isSpace(byte)
}
