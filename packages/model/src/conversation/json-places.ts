import type { JsonPath } from './model-request.js'

/** A range of a text: the first character, and the one after the last. */
export type TextRange = { from: number; to: number }

/**
 * Returns the range of a value in a JSON text; undefined if there is none. The text must be valid
 * for `JSON.parse`; of members with the same name the last counts, as it does there.
 */
export function rangeOf(text: string, path: JsonPath): TextRange | undefined {
  let range: TextRange | undefined = { from: skipBlanks(text, 0), to: text.length }
  range.to = endOfValue(text, range.from)
  for (const step of path) {
    let found: TextRange | undefined
    for (const member of membersOf(text, range.from)) if (member.key === step) found = member
    if (found === undefined) return undefined
    range = found
  }
  return range
}

/** Returns the path of the innermost value that contains a character of a JSON text. */
export function placeAt(text: string, offset: number): JsonPath {
  const path: (string | number)[] = []
  let from = skipBlanks(text, 0)
  for (;;) {
    let inner: Member | undefined
    for (const member of membersOf(text, from)) {
      if (member.to <= offset) continue
      if (member.keyFrom <= offset) inner = member
      break
    }
    if (inner === undefined) return path
    path.push(inner.key)
    from = inner.from
  }
}

/** A member of an object, or an element of a list. */
type Member = TextRange & { key: string | number; keyFrom: number }

function* membersOf(text: string, from: number): Generator<Member> {
  const isList = text[from] === '['
  if (!isList && text[from] !== '{') return
  const closing = isList ? ']' : '}'
  let at = skipBlanks(text, from + 1)
  for (let index = 0; at < text.length && text[at] !== closing; index += 1) {
    const keyFrom = at
    let key: string | number = index
    if (!isList) {
      const keyTo = endOfString(text, at)
      key = keyOf(text.slice(at, keyTo))
      at = skipBlanks(text, skipBlanks(text, keyTo) + 1)
    }
    const to = endOfValue(text, at)
    if (to <= at) return
    yield { key, keyFrom, from: at, to }
    at = skipBlanks(text, to)
    if (text[at] !== ',') return
    at = skipBlanks(text, at + 1)
  }
}

function keyOf(quoted: string): string {
  try {
    return String(JSON.parse(quoted))
  } catch {
    return quoted
  }
}

function endOfValue(text: string, from: number): number {
  if (text[from] === '"') return endOfString(text, from)
  if (text[from] !== '{' && text[from] !== '[') return endOfWord(text, from)
  let depth = 0
  for (let at = from; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case QUOTE:
        at = endOfString(text, at) - 1
        break
      case OPEN_BRACE:
      case OPEN_BRACKET:
        depth += 1
        break
      case CLOSE_BRACE:
      case CLOSE_BRACKET:
        depth -= 1
        if (depth === 0) return at + 1
    }
  }
  return text.length
}

function endOfString(text: string, from: number): number {
  for (let at = text.indexOf('"', from + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let escapes = 0
    while (text.charCodeAt(at - 1 - escapes) === BACKSLASH) escapes += 1
    if (escapes % 2 === 0) return at + 1
  }
  return text.length
}

function endOfWord(text: string, from: number): number {
  let at = from
  while (at < text.length && !DELIMITERS.has(text.charCodeAt(at))) at += 1
  return at
}

function skipBlanks(text: string, from: number): number {
  let at = from
  while (BLANKS.has(text.charCodeAt(at))) at += 1
  return at
}

const QUOTE = 34
const BACKSLASH = 92
const OPEN_BRACKET = 91
const CLOSE_BRACKET = 93
const OPEN_BRACE = 123
const CLOSE_BRACE = 125
const BLANKS = new Set([9, 10, 13, 32])
const DELIMITERS = new Set([...BLANKS, 44, CLOSE_BRACKET, CLOSE_BRACE])
