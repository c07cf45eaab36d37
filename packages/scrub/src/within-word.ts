import { isWord } from './shapes/match.js'

/** Right before a place, such a byte says that the place is within a word. */
export const WITHIN = 1
/** Such a byte does, unless it is the second digit of a character that is spelled like `=41`. */
export const WITHIN_UNLESS_SPELLED = 2
/**
 * With such a byte before that one, it is not. That must be a letter or digit, too: anything else
 * may be where a piece of an answer begins, and the first digit is in the piece before.
 */
export const UNSPELLED = 4

/**
 * These bits by byte. Most patterns are searched for only at the start of a word (`mayBegin` in
 * `shapes/match.ts`), so places within one are not even noted. A colour ends with one of two
 * letters, behind which a word may start.
 */
export const WITHIN_WORD = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (!isWord(byte)) return 0
  const character = String.fromCharCode(byte)
  const unspelled = /[2-7]/.test(character) ? 0 : UNSPELLED
  if (/[mK]/.test(character)) return unspelled
  return unspelled | (/[0-9A-F]/.test(character) ? WITHIN_UNLESS_SPELLED : WITHIN)
})
