import { bytesOf, type Content, contentOf, type Piece, type Scrubbed } from '@tacho/format'
import type { Scrubber } from '@tacho/scrub'
import { type Replacement, replacedPart } from './secret-ranges.js'

/** Scrubs a content that is a body of its own. */
export function scrubContent(
  content: Content,
  scrubber: Scrubber,
): { content: Content; scrubbed: Scrubbed[] } {
  const scrubbed: Scrubbed[] = []
  const { pieces } = eachPiece(content, (bytes, at) => {
    const swept = scrubber.bytes(bytes)
    for (const [from, length, rule] of swept.found) scrubbed.push([at + from, length, rule])
    return swept.bytes
  })
  return { content: scrubbed.length === 0 ? content : pieces, scrubbed }
}

/**
 * Scrubs a content that is part of a body, with the replacements that fall into it.
 *
 * @param from the offset in the body at which it begins.
 */
export function scrubPart(
  content: Content,
  from: number,
  replacements: readonly Replacement[],
): { content: Content; length: number; scrubbed: Scrubbed[] } {
  const scrubbed: Scrubbed[] = []
  const { pieces, length } = eachPiece(content, (bytes, at) => {
    const part = replacedPart(bytes, from + at, replacements)
    for (const [start, size, rule] of part.scrubbed) scrubbed.push([at + start, size, rule])
    return part.bytes
  })
  return { content: scrubbed.length === 0 ? content : pieces, length, scrubbed }
}

/** Replaces the bytes of each piece that has some by the same number of bytes. */
function eachPiece(
  content: Content,
  replace: (bytes: Uint8Array, at: number) => Uint8Array,
): { pieces: Content; length: number } {
  const pieces: Piece[] = []
  let at = 0
  for (const piece of typeof content === 'string' ? [content] : content) {
    if (typeof piece === 'object' && !('base64' in piece)) {
      pieces.push(piece)
      at += 'omitted' in piece ? piece.omitted : piece.length
      continue
    }
    const bytes = bytesOf([piece])
    const after = contentOf(replace(bytes, at))
    pieces.push(...(typeof after === 'string' ? [after] : after))
    at += bytes.length
  }
  const [only] = pieces
  const isText = pieces.length === 1 && typeof only === 'string'
  return { pieces: isText ? only : pieces, length: at }
}
