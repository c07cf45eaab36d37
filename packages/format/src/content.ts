import { joined } from './joined.js'

/**
 * A body, or part of one, as a record stores it. A plain string is the text itself. A list is
 * joined piece by piece: it holds bytes that are not text, and bytes that an earlier request body
 * of the same session already contains.
 */
export type Content = string | Piece[]

export type Piece =
  /** Text, verbatim. */
  | string
  /** Bytes that are not UTF-8. */
  | { base64: string }
  /** `length` bytes from byte `at` of the request body of the exchange `copy`. */
  | { copy: string; at: number; length: number }
  /** This many bytes were not kept (docs/format.md says when). */
  | { omitted: number }

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const encoder = new TextEncoder()

/** Returns the content for these bytes: text if they are UTF-8, else base64. */
export function contentOf(bytes: Uint8Array): Content {
  const text = isBloatedByJson(bytes) ? undefined : textOf(bytes)
  return text ?? [{ base64: base64Of(bytes) }]
}

/** Texts up to this size are never checked for how long JSON makes them. */
const LARGE_TEXT = 1024 * 1024

/**
 * Whether JSON would make a large text far longer than base64 does: a control character takes six
 * characters. A line with 64 MiB of them would exceed the longest possible string.
 */
export function isBloatedByJson(bytes: Uint8Array): boolean {
  if (bytes.length <= LARGE_TEXT) return false
  const most = bytes.length / 8
  let controls = 0
  for (let at = 0; at < bytes.length && controls <= most; at += 1) {
    const byte = bytes[at] ?? 0
    if (byte < 32 && byte !== 10 && byte !== 9 && byte !== 13) controls += 1
  }
  return controls > most
}

/** Returns these bytes as text, or undefined if they are not valid UTF-8. */
export function textOf(bytes: Uint8Array): string | undefined {
  try {
    return strict.decode(bytes)
  } catch {
    return undefined
  }
}

/** Resolves a `copy` piece: returns bytes of another exchange's request body. */
export type CopySource = (exchange: string, at: number, length: number) => Uint8Array

/** A piece that cannot be restored: its bytes were not kept, or what it copies is missing. */
export class MissingBytes extends Error {
  override readonly name = 'MissingBytes'
  readonly code = 'missing-bytes'
}

/**
 * Returns the bytes of a content.
 *
 * @param copied returns the bytes of `copy` pieces; throws {@link MissingBytes} if it cannot.
 * @throws MissingBytes if a piece's bytes were not kept.
 */
export function bytesOf(content: Content, copied: CopySource = noCopies): Uint8Array {
  if (typeof content === 'string') return encoder.encode(content)
  return joined(content.map((piece) => bytesOfPiece(piece, copied)))
}

/** How many bytes a content stands for, kept or not. */
export function lengthOf(content: Content): number {
  if (typeof content === 'string') return utf8Length(content)
  return content.reduce((sum, piece) => sum + lengthOfPiece(piece), 0)
}

function bytesOfPiece(piece: Piece, copied: CopySource): Uint8Array {
  if (typeof piece === 'string') return encoder.encode(piece)
  if ('base64' in piece) return bytesOfBase64(piece.base64)
  if ('copy' in piece) return copied(piece.copy, piece.at, piece.length)
  throw new MissingBytes(`${piece.omitted} bytes of this body were not kept`)
}

function lengthOfPiece(piece: Piece): number {
  if (typeof piece === 'string') return utf8Length(piece)
  if ('base64' in piece) {
    const padding = piece.base64.endsWith('==') ? 2 : piece.base64.endsWith('=') ? 1 : 0
    return (piece.base64.length / 4) * 3 - padding
  }
  return 'copy' in piece ? piece.length : piece.omitted
}

function noCopies(exchange: string): never {
  throw new MissingBytes(`this body copies from exchange ${exchange}, which is not at hand`)
}

/** Returns how many bytes {@link TextEncoder} makes of a text, without holding them. */
export function utf8Length(text: string): number {
  if (text.length <= FEW_LETTERS && isAscii(text)) return text.length
  let length = 0
  for (let at = 0; at < text.length; ) {
    let to = at + MEASURED_TEXT
    // Halves of a pair, apart, would be two characters of three bytes each.
    if (to < text.length && (text.charCodeAt(to - 1) & 0xfc00) === 0xd800) to -= 1
    const part = at === 0 && to >= text.length ? text : text.slice(at, to)
    length += encoder.encodeInto(part, measured).written
    at = to
  }
  return length
}

// Of a few letters one by one, because the encoder takes as long as for a thousand.
function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) > 0x7f) return false
  return true
}

const FEW_LETTERS = 32
/** In characters, each of which takes at most three bytes. */
const MEASURED_TEXT = 16 * 1024
const measured = new Uint8Array(3 * MEASURED_TEXT)

const ascii = new TextDecoder()
const PADDING = 0x3d
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

let pairsOfLetters: Uint16Array | undefined

/**
 * The two letters for each twelve bits, as they lie in memory. Made when first needed: that takes 6
 * ms, and an agent waits while Tacho is loaded.
 */
function pairsOf(letters: string): Uint16Array {
  const pairs = new Uint16Array(letters.length ** 2)
  const bytes = new Uint8Array(pairs.buffer)
  for (let bits = 0; bits < pairs.length; bits += 1) {
    bytes[2 * bits] = letters.charCodeAt(bits >> 6)
    bytes[2 * bits + 1] = letters.charCodeAt(bits & 63)
  }
  return pairs
}

// Not `btoa`, which needs a string and takes six times as long.
export function base64Of(bytes: Uint8Array): string {
  pairsOfLetters ??= pairsOf(LETTERS)
  const two = pairsOfLetters
  const letters = new Uint8Array(Math.ceil(bytes.length / 3) * 4)
  const pairs = new Uint16Array(letters.buffer)
  const whole = bytes.length - (bytes.length % 3)
  let to = 0
  for (let at = 0; at < whole; at += 3) {
    const bits = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0)
    pairs[to] = two[bits >> 12] ?? 0
    pairs[to + 1] = two[bits & 4095] ?? 0
    to += 2
  }
  if (whole < bytes.length) {
    const bits = ((bytes[whole] ?? 0) << 16) | ((bytes[whole + 1] ?? 0) << 8)
    pairs[to] = two[bits >> 12] ?? 0
    pairs[to + 1] = two[bits & 4095] ?? 0
    letters.fill(PADDING, letters.length - 3 + (bytes.length % 3))
  }
  return ascii.decode(letters)
}

export function bytesOfBase64(base64: string): Uint8Array {
  const binary = atob(base64)
  const bytes = new Uint8Array(binary.length)
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = binary.charCodeAt(at)
  return bytes
}
