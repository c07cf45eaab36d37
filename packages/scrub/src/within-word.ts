import { isWord } from './shapes/match.js'

/** What a byte right before a place, or the one before that, says about whether it is within a word. */
export const WITHIN = 1
/** Only if it is not the last digit of a character that is spelled like `=41`. */
export const WITHIN_UNLESS_SPELLED = 2
/** Of the one before: it is not the first such digit. */
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
