import { bytesOfBase64, type Content, MissingBytes, utf8Length } from '../content.js'
import { MAX_READ_PIECES, PART_COST } from './limits.js'

/** Returns the content of a request body from its record, or undefined if there is no record. */
export type ContentSource = (exchange: string) => Content | undefined

/** A content laid out: which piece is where in the body. */
export type Layout = {
  exchange: string
  length: number
  /** Non-empty parts, in order, without gaps. */
  parts: Part[]
  /** The bytes that holding it costs. */
  cost: number
  /** Why the first part that was not kept is missing; absent if the body is whole. */
  missing?: string
}

/**
 * One piece, from byte `at` of the body: bytes, a text that is encoded once it is read, a copy, or
 * the reason why the bytes are missing.
 */
export type Part = { at: number; length: number } & (
  | { bytes: Uint8Array }
  | { text: string }
  | { copy: string; from: number }
  | { missing: string }
)

/**
 * Lays out the content of one record. Nothing in it is trusted: the record may be damaged or
 * hostile.
 *
 * @throws MissingBytes if the content is invalid.
 */
export function layoutOf(exchange: string, content: unknown): Layout {
  const pieces: unknown = typeof content === 'string' ? [content] : content
  if (!Array.isArray(pieces)) {
    throw new MissingBytes(`the content of exchange ${exchange} is neither text nor a list`)
  }
  if (pieces.length > MAX_READ_PIECES) {
    throw new MissingBytes(
      `the content of exchange ${exchange} has too many pieces: ${pieces.length}`,
    )
  }
  const layout: Layout = { exchange, length: 0, parts: [], cost: 0 }
  for (let index = 0, next = 0; index < pieces.length; index = next) {
    next = Math.max(index + 1, textsEnd(pieces, index))
    const isOne = next === index + 1
    const piece: unknown = isOne ? pieces[index] : pieces.slice(index, next).join('')
    const part = partOf(piece, layout.length)
    if (part === undefined) {
      throw new MissingBytes(
        `piece ${index} of the content of exchange ${exchange} is of no known kind`,
      )
    }
    if (part.length > 0) {
      layout.parts.push(part)
      if ('missing' in part) layout.missing ??= part.missing
    }
    layout.length += part.length
    layout.cost += PART_COST + ('bytes' in part || 'text' in part ? part.length : 0)
    if (!Number.isSafeInteger(layout.length)) {
      throw new MissingBytes(`the content of exchange ${exchange} claims to be endless`)
    }
  }
  return layout
}

/** Returns the index of the part that contains a byte of the body. */
export function partAt({ parts }: Layout, byte: number): number {
  let low = 0
  let high = parts.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((parts[middle]?.at ?? 0) <= byte) low = middle + 1
    else high = middle
  }
  return low - 1
}

/**
 * Returns where a row of short texts ends: as one part, a thousand of them take no longer than one.
 * Halves of a character stay apart, because together they would be another text.
 */
function textsEnd(pieces: readonly unknown[], from: number): number {
  let at = from
  let isHalf = false
  for (; at < pieces.length; at += 1) {
    const piece = pieces[at]
    if (typeof piece !== 'string' || piece.length > SHORT_TEXT || isHalf) break
    isHalf = (piece.charCodeAt(piece.length - 1) & 0xfc00) === 0xd800
  }
  return at
}

/** In characters. */
const SHORT_TEXT = 1024

const encoder = new TextEncoder()

function partOf(piece: unknown, at: number): Part | undefined {
  if (typeof piece === 'string') return textPart(piece, at)
  if (typeof piece !== 'object' || piece === null) return undefined
  if ('base64' in piece) {
    const bytes = typeof piece.base64 === 'string' ? decoded(piece.base64) : undefined
    return bytes && bytesPart(bytes, at)
  }
  if ('copy' in piece && 'at' in piece && 'length' in piece) {
    const { copy, at: from, length } = piece
    if (typeof copy !== 'string' || !isCount(from) || !isCount(length)) return undefined
    return { at, length, copy, from }
  }
  if ('omitted' in piece && isCount(piece.omitted)) {
    const missing = `${piece.omitted} bytes of this body were not kept`
    return { at, length: piece.omitted, missing }
  }
  return undefined
}

/** Most texts are never read: what is asked for is mostly copied from elsewhere. */
function textPart(text: string, at: number): Part {
  if (text.length > LONG_TEXT) return bytesPart(encoder.encode(text), at)
  return { at, length: utf8Length(text), text }
}

/** Returns the bytes of a part that is not a copy; undefined of others. */
export function bytesIn(layout: Layout, index: number): Uint8Array | undefined {
  const part = layout.parts[index]
  if (part === undefined) return undefined
  if ('bytes' in part) return part.bytes
  if (!('text' in part)) return undefined
  const bytes = encoder.encode(part.text)
  layout.parts[index] = bytesPart(bytes, part.at)
  return bytes
}

/** In characters: a longer one is encoded at once, as measuring it takes as long. */
const LONG_TEXT = 16 * 1024

function bytesPart(bytes: Uint8Array, at: number): Part {
  return { at, length: bytes.length, bytes }
}

function decoded(base64: string): Uint8Array | undefined {
  try {
    return bytesOfBase64(base64)
  } catch {
    return undefined
  }
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0
}
