import { BACKSLASH, COLON, QUOTE } from './byte-names.js'
import { indexOfByte } from './find-byte.js'

/** A piece of an answer's text in a line: the inside of a JSON string. */
export type DeltaString = { from: number; to: number; channel: string }

/** What a line says about streamed texts; valid until the next line is read. */
export type EventLine = {
  readonly deltas: readonly DeltaString[]
  /** How many of them belong to this line. */
  count: number
  /** The text, or the whole answer, that ends with this line, if any. */
  over: string | undefined
}

type NamedString = DeltaString & { name: string }

// Reused: events come by the hundred thousand, and a line is done with before the next is read.
const pieces: NamedString[] = []
const line: EventLine = { deltas: pieces, count: 0, over: undefined }

function addPiece(from: number, to: number, name: string): void {
  const piece = pieces[line.count]
  if (piece === undefined) pieces.push({ from, to, channel: '', name })
  else {
    piece.from = from
    piece.to = to
    piece.name = name
  }
  line.count += 1
}

/** How the last line began, up to its first piece: nearly all events of an answer begin alike. */
const before = { bytes: new Uint8Array(512), length: 0, type: '', place: '', name: '' }

/** Returns the length of the text's start if it is all that the last line began with, else 0. */
export function knownBeginning(bytes: Uint8Array, from: number): number {
  const { bytes: known, length } = before
  if (from + length > bytes.length) return 0
  // Backwards, because the numbers that change are at its end.
  for (let at = length - 1; at >= 0; at -= 1) if (known[at] !== bytes[from + at]) return 0
  return length
}

function noteBeginning(
  bytes: Uint8Array,
  from: number,
  to: number,
  type: string,
  place: string,
  name: string,
): void {
  const length = to - from
  if (length > before.bytes.length) return
  for (let at = 0; at < length; at += 1) before.bytes[at] = bytes[from + at] ?? 0
  before.length = length
  before.type = type
  before.place = place
  before.name = name
}

/**
 * Reads the pieces of text in an event of a model API, from server-sent events (`data: {…}`) or a
 * WebSocket message (`{…}`). The name of its member and the numbers beside it tell which text a
 * piece belongs to, so one reader serves the Responses, Chat Completions, Messages and Gemini APIs,
 * and those that resemble them.
 *
 * @param known the result of {@link knownBeginning}; 0 to read all of it.
 */
export function readEventLine(
  bytes: Uint8Array,
  from: number,
  to: number,
  known: number,
  isOpen = false,
): EventLine {
  line.count = 0
  line.over = undefined
  let type = ''
  let place = ''
  let at = from
  if (known > 0 && from + known < to) {
    type = before.type
    place = before.place
    const valueTo = stringEnd(bytes, from + known, to)
    if (valueTo < to) addPiece(from + known, valueTo, before.name)
    at = valueTo + 1
  }
  while (at < to) {
    if (bytes[at] !== QUOTE) {
      at += 1
      continue
    }
    const nameFrom = at + 1
    const nameTo = stringEnd(bytes, nameFrom, to)
    at = blanksEnd(bytes, nameTo + 1, to)
    if (bytes[at] !== COLON) continue
    const role = roleOf(bytes, nameFrom, nameTo)
    at = blanksEnd(bytes, at + 1, to)
    if (role === undefined) continue
    if (bytes[at] === QUOTE) {
      const valueTo = stringEnd(bytes, at + 1, to)
      if (role === 'text' && (valueTo < to || isOpen)) {
        const name = asciiOf(bytes, nameFrom, nameTo)
        if (line.count === 0) noteBeginning(bytes, from, at + 1, type, place, name)
        addPiece(at + 1, valueTo, name)
      } else if (role === 'type') type ||= asciiOf(bytes, at + 1, valueTo)
      else if (role === 'place') place = placeIn(place, asciiOf(bytes, at + 1, valueTo))
      at = valueTo + 1
    } else if (role === 'place') {
      const numberTo = digitsEnd(bytes, at, to)
      place = placeIn(place, asciiOf(bytes, at, numberTo))
      at = numberTo
    }
  }
  if (type !== '' && !type.includes('delta')) {
    line.count = 0
    if (/done|stop|completed|incomplete|failed|error/.test(type)) line.over = place
    return line
  }
  // The usual case: one piece.
  const [only] = pieces
  if (only !== undefined && line.count === 1) only.channel = channelOf(place, only.name)
  else if (line.count > 1) numberPieces(place)
  return line
}

/** If several have the same name, each is a text of its own. */
function numberPieces(place: string): void {
  const counts = new Map<string, number>()
  for (const piece of pieces.slice(0, line.count)) {
    const count = counts.get(piece.name) ?? 0
    counts.set(piece.name, count + 1)
    piece.channel = `${place}${piece.name}#${count}`
  }
}

/** Joins two strings, and caches the result: the same two come with every event. */
function joinedOnce(join: (one: string, other: string) => string) {
  const made: { one: string; other: string; joined: string }[] = []
  let oldest = 0
  return (one: string, other: string): string => {
    for (let at = 0; at < made.length; at += 1) {
      const known = made[at]
      if (known?.one === one && known.other === other) return known.joined
    }
    const joined = join(one, other)
    made[oldest] = { one, other, joined }
    oldest = (oldest + 1) % JOINED
    return joined
  }
}

const JOINED = 8
const placeIn = joinedOnce((place, word) => `${place}${word}/`)
const channelOf = joinedOnce((place, name) => `${place}${name}#0`)

const ROLES = {
  type: ['type'],
  place: ['index', 'output_index', 'content_index', 'summary_index', 'item_id'],
  text: [
    ...['delta', 'text', 'content', 'arguments', 'partial_json', 'thinking', 'reasoning'],
    ...['reasoning_content', 'refusal', 'input', 'output', 'code', 'transcript', 'name'],
  ],
} as const

type Role = keyof typeof ROLES

/** By the length of their names. */
const roles: ({ name: Uint8Array; role: Role }[] | undefined)[] = []
for (const role of ['type', 'place', 'text'] as const) {
  for (const name of ROLES[role]) {
    const alike = roles[name.length] ?? []
    alike.push({ name: Uint8Array.from(name, (character) => character.charCodeAt(0)), role })
    roles[name.length] = alike
  }
}

function roleOf(bytes: Uint8Array, from: number, to: number): Role | undefined {
  const alike = roles[to - from]
  if (alike === undefined) return undefined
  for (const { name, role } of alike) {
    let index = 0
    while (index < name.length && bytes[from + index] === name[index]) index += 1
    if (index === name.length) return role
  }
  return undefined
}

function stringEnd(bytes: Uint8Array, from: number, to: number): number {
  const near = Math.min(to, from + SHORT_STRING)
  let at = from
  while (at < near && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1
  return at < near || near === to ? Math.min(at, to) : longStringEnd(bytes.subarray(0, to), at)
}

/** In a longer string, searching for the end is faster than a loop over the bytes. */
const SHORT_STRING = 64

function longStringEnd(bytes: Uint8Array, from: number): number {
  let at = from
  for (;;) {
    const quote = indexOfByte(bytes, QUOTE, at)
    if (quote < 0) return bytes.length
    let escapes = quote
    while (escapes > at && bytes[escapes - 1] === BACKSLASH) escapes -= 1
    if ((quote - escapes) % 2 === 0) return quote
    at = quote + 1
  }
}

function blanksEnd(bytes: Uint8Array, from: number, to: number): number {
  let at = from
  while (at < to && bytes[at] === 0x20) at += 1
  return at
}

function digitsEnd(bytes: Uint8Array, from: number, to: number): number {
  let at = from
  while (at < to && (bytes[at] ?? 0) >= 0x30 && (bytes[at] ?? 0) <= 0x39) at += 1
  return at
}

/** Caches strings: the same few words are in each event of an answer. */
function asciiOf(bytes: Uint8Array, from: number, to: number): string {
  const end = Math.min(to, from + LONGEST_WORD)
  let hash = end - from
  for (let at = from; at < end; at += 1) hash = (Math.imul(hash, 31) + (bytes[at] ?? 0)) | 0
  const slot = hash & (WORDS - 1)
  const known = words[slot]
  if (known !== undefined && isSame(known.bytes, bytes, from, end)) return known.word
  // Not `slice`: a Buffer's returns a view of memory that is reused.
  const word = new Uint8Array(bytes.subarray(from, end))
  words[slot] = { bytes: word, word: String.fromCharCode(...word) }
  return words[slot].word
}

function isSame(word: Uint8Array, bytes: Uint8Array, from: number, to: number): boolean {
  if (word.length !== to - from) return false
  for (let index = 0; index < word.length; index += 1)
    if (word[index] !== bytes[from + index]) return false
  return true
}

const WORDS = 256
const words = new Array<{ bytes: Uint8Array; word: string } | undefined>(WORDS).fill(undefined)

/** For an id or a type: this much is enough to tell two apart. */
const LONGEST_WORD = 80
