import { joined } from './joined.js'

/**
 * A body or a part of one, as it stands in a record. A plain string is the text itself. A list is
 * put together piece by piece; that is how bytes that are no text, and bytes that stand in an
 * earlier request body of the same session, are written.
 */
export type Content = string | Piece[]

export type Piece =
  /** Text, as it is. */
  | string
  /** Bytes that are no UTF-8. */
  | { base64: string }
  /** `length` bytes from byte `at` of the request body of the exchange `copy`. */
  | { copy: string; at: number; length: number }
  /** This many bytes were not kept (docs/format.md says when). */
  | { omitted: number }

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const encoder = new TextEncoder()

/** The content that stands for these bytes: text where they are UTF-8, else base64. */
export function contentOf(bytes: Uint8Array): Content {
  const text = textOf(bytes)
  return text ?? [{ base64: base64Of(bytes) }]
}

/** The text of these bytes, or nothing where they are no valid UTF-8. */
export function textOf(bytes: Uint8Array): string | undefined {
  try {
    return strict.decode(bytes)
  } catch {
    return undefined
  }
}

/** What a `copy` piece asks for: bytes of the request body of another exchange. */
export type CopySource = (exchange: string, at: number, length: number) => Uint8Array

/** A piece that cannot be given back: it was not kept, or what it copies is not there. */
export class MissingBytes extends Error {
  override readonly name = 'MissingBytes'
}

/**
 * The bytes of a content.
 *
 * @param copied gives the bytes of `copy` pieces; throws {@link MissingBytes} where it cannot.
 * @throws MissingBytes where a piece says that its bytes were not kept.
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

/** The number of bytes of a text in UTF-8, without making them. */
export function utf8Length(text: string): number {
  let length = text.length
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index)
    if (unit < 0x80) continue
    // A surrogate pair is two units and four bytes: each half counts for two.
    length += unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 1 : 2
  }
  return length
}

// `String.fromCharCode` takes its arguments on the stack; 24 KiB at a time is safe everywhere, and
// three bytes make four letters, so the parts can be encoded one by one.
const BINARY_STEP = 3 * 0x2000

export function base64Of(bytes: Uint8Array): string {
  let base64 = ''
  for (let at = 0; at < bytes.length; at += BINARY_STEP) {
    // Not by spreading, which goes through an iterator and takes six times as long.
    const part = bytes.subarray(at, at + BINARY_STEP)
    const binary: string = Reflect.apply(String.fromCharCode, undefined, part)
    base64 += btoa(binary)
  }
  return base64
}

export function bytesOfBase64(base64: string): Uint8Array {
  const binary = atob(base64)
  const bytes = new Uint8Array(binary.length)
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = binary.charCodeAt(at)
  return bytes
}
