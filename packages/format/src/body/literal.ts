import { base64Of, isBloatedByJson, type Piece, textOf } from '../content.js'
import { SEARCHED_FOR_TEXT, TEXT_RUN } from './limits.js'

/** Splits bytes into literal pieces: text where they are UTF-8, base64 for the rest. */
export function literalPieces(bytes: Uint8Array): Piece[] {
  const text = isBloatedByJson(bytes) ? undefined : textOf(bytes)
  if (text !== undefined) return text === '' ? [] : [text]
  if (bytes.length > SEARCHED_FOR_TEXT) return [{ base64: base64Of(bytes) }]
  const pieces: Piece[] = []
  let written = 0
  for (let at = 0; at < bytes.length; ) {
    const end = endOfText(bytes, at)
    // A few letters between binary bytes are most likely not text.
    if (end - at >= TEXT_RUN) {
      if (at > written) pieces.push({ base64: base64Of(bytes.subarray(written, at)) })
      pieces.push(textOf(bytes.subarray(at, end)) ?? { base64: base64Of(bytes.subarray(at, end)) })
      written = end
    }
    at = end + 1
  }
  if (bytes.length > written) pieces.push({ base64: base64Of(bytes.subarray(written)) })
  return pieces
}

/** Whether a byte continues a UTF-8 character. */
export function isInsideCharacter(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80
}

function endOfText(bytes: Uint8Array, from: number): number {
  let at = from
  while (at < bytes.length) {
    const length = lengthOfCharacter(bytes, at)
    if (length === 0) return at
    at += length
  }
  return at
}

// https://www.unicode.org/versions/Unicode16.0.0/core-spec/chapter-3/#G27506, table 3-7: no
// overlong forms, no surrogates, nothing above U+10FFFF.
function lengthOfCharacter(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0
  if (first < 0x80) return 1
  if (first < 0xc2 || first > 0xf4) return 0
  const second = bytes[at + 1] ?? 0
  if (!isInsideCharacter(second)) return 0
  if (first < 0xe0) return 2
  if (!isInsideCharacter(bytes[at + 2])) return 0
  if (first < 0xf0) {
    return (first === 0xe0 && second < 0xa0) || (first === 0xed && second > 0x9f) ? 0 : 3
  }
  if (!isInsideCharacter(bytes[at + 3])) return 0
  return (first === 0xf0 && second < 0x90) || (first === 0xf4 && second > 0x8f) ? 0 : 4
}
