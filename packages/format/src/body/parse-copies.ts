import type { Piece } from '../content.js'

type Copy = Extract<Piece, { copy: string }>

/**
 * Parses the line of a request's body that begins with many copies, perhaps with short texts
 * between them, in the recorder's own form: `JSON.parse` takes several times as long, and makes
 * each id anew. Returns undefined for any other line.
 */
export function parseCopies(line: Uint8Array): Record<string, unknown> | undefined {
  const open = contentFrom(line)
  if (open < 0) return undefined
  const view = new DataView(line.buffer, line.byteOffset, line.length)
  const pieces: Piece[] = []
  let at = open
  let isOver = false
  while (!isOver) {
    const piece = copyAt(view, at) ?? shortTextAt(line, at)
    if (piece === undefined) break
    pieces.push(piece)
    at = end
    isOver = line[at] !== COMMA
    if (!isOver) at += 1
  }
  // What is left of the list must be one, too: for JSON, nothing follows a last comma.
  if (pieces.length < MANY || isOver !== (line[at] === CLOSING_BRACKET)) return undefined
  const rest = new Uint8Array(open + line.length - at)
  rest.set(line.subarray(0, open))
  rest.set(line.subarray(at), open)
  return withPieces(rest, pieces)
}

/** Fewer are parsed as fast with the rest of the line. */
const MANY = 8

const strict = new TextDecoder('utf-8', { fatal: true })

function withPieces(json: Uint8Array, pieces: Piece[]): Record<string, unknown> | undefined {
  try {
    const value = JSON.parse(strict.decode(json)) as Record<string, unknown>
    const { content } = value
    if (!Array.isArray(content)) return undefined
    value.content = content.length === 0 ? pieces : pieces.concat(content)
    return value
  } catch {
    return undefined
  }
}

const encoder = new TextEncoder()
const HEAD = encoder.encode('{"kind":"request-body","exchange":"')
const CONTENT = encoder.encode('"content":[')
const [BLANK, QUOTE, COMMA, ZERO, NINE] = [0x20, 0x22, 0x2c, 0x30, 0x39]
const [BRACKET, BACKSLASH, CLOSING_BRACKET, BRACE, TILDE] = [0x5b, 0x5c, 0x5d, 0x7d, 0x7e]

/** An id and a time come before the content. */
const CONTENT_WITHIN = 128

/** Returns where the first piece of the content is; -1 if it is not a list. */
function contentFrom(line: Uint8Array): number {
  if (!stands(HEAD, line, 0)) return -1
  for (let at = HEAD.length; at < CONTENT_WITHIN; at += 1) {
    if (line[at] !== BRACKET) continue
    return stands(CONTENT, line, at + 1 - CONTENT.length) ? at + 1 : -1
  }
  return -1
}

function stands(bytes: Uint8Array, line: Uint8Array, at: number): boolean {
  for (let index = 0; index < bytes.length; index += 1)
    if (line[at + index] !== bytes[index]) return false
  return true
}

// `{"copy":"`, `","at":` and `,"length":`, four bytes at a time.
const [OPENS, NAMES] = [0x7b22636f, 0x7079223a]
const [ENDS_ID, NAMES_AT] = [0x222c2261, 0x6174223a]
const [BEGINS_LENGTH, NAMES_LENGTH, ENDS_LENGTH] = [0x2c226c65, 0x6e677468, 0x7468223a]
const ID_FROM = 9
const ID_LENGTH = 16
/** With the longest numbers that are read. */
const LONGEST_COPY = 80

/** Where what was read last ends. */
let end = 0

function copyAt(line: DataView, from: number): Copy | undefined {
  if (from + LONGEST_COPY > line.byteLength) return undefined
  if (line.getInt32(from) !== OPENS || line.getInt32(from + 4) !== NAMES) return undefined
  const behindId = from + ID_FROM + ID_LENGTH
  if (line.getInt32(behindId) !== ENDS_ID || line.getInt32(behindId + 3) !== NAMES_AT)
    return undefined
  const at = numberAt(line, behindId + 7)
  if (at < 0 || line.getInt32(end) !== BEGINS_LENGTH) return undefined
  if (line.getInt32(end + 4) !== NAMES_LENGTH || line.getInt32(end + 6) !== ENDS_LENGTH)
    return undefined
  const length = numberAt(line, end + 10)
  if (length < 0 || line.getUint8(end) !== BRACE || line.getUint8(from + 8) !== QUOTE)
    return undefined
  const copy = idAt(line, from + ID_FROM)
  if (copy === undefined) return undefined
  end += 1
  return { copy, at, length }
}

/** Returns a whole number as JSON writes it; -1 if there is none, or a longer one. */
function numberAt(line: DataView, from: number): number {
  let value = 0
  let at = from
  for (; at < from + MOST_DIGITS; at += 1) {
    const byte = line.getUint8(at)
    if (byte < ZERO || byte > NINE) break
    value = value * 10 + byte - ZERO
  }
  end = at
  const isJson = at > from && (at === from + 1 || line.getUint8(from) !== ZERO)
  return isJson ? value : -1
}

const MOST_DIGITS = 15

/** Ids that were read, in four numbers each; most copies are from a few bodies. */
const IDS = 256
const ids = new Array<string>(IDS).fill('')
const numbers = new Int32Array(4 * IDS)

/** Returns an id of hex digits; the same string again for the same id. */
function idAt(line: DataView, from: number): string | undefined {
  const [one, two] = [line.getInt32(from), line.getInt32(from + 4)]
  const [three, four] = [line.getInt32(from + 8), line.getInt32(from + 12)]
  const slot = (four ^ (four >> 6) ^ (three >> 3)) & (IDS - 1)
  const known = 4 * slot
  const isKnown =
    numbers[known + 3] === four &&
    numbers[known + 2] === three &&
    numbers[known + 1] === two &&
    numbers[known] === one
  if (isKnown && ids[slot] !== '') return ids[slot]
  let id = ''
  for (let at = from; at < from + ID_LENGTH; at += 1) {
    const character = String.fromCharCode(line.getUint8(at))
    if (!/[0-9a-f]/.test(character)) return undefined
    id += character
  }
  numbers.set([one, two, three, four], known)
  ids[slot] = id
  return id
}

/** Returns a short text of ASCII without escapes. */
function shortTextAt(line: Uint8Array, from: number): string | undefined {
  if (line[from] !== QUOTE) return undefined
  let text = ''
  for (let at = from + 1; at <= from + SHORT_TEXT; at += 1) {
    const byte = line[at] ?? 0
    if (byte === QUOTE) {
      end = at + 1
      return text
    }
    if (byte === BACKSLASH || byte < BLANK || byte > TILDE) return undefined
    text += String.fromCharCode(byte)
  }
  return undefined
}

const SHORT_TEXT = 16
