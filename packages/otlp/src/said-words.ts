const MOST_CHARACTERS = 300

/**
 * Makes a receiver's message safe to log and print: one line, short, with each character that could
 * steer a terminal or reverse text shown by its number.
 */
export function saidWords(said: string): string {
  const [line = ''] = said.trim().split(/[\r\n]/, 1)
  return [...line]
    .slice(0, MOST_CHARACTERS)
    .join('')
    .replace(UNPRINTABLE, (one) => `\\u{${one.codePointAt(0)?.toString(16)}}`)
}

// Control, format and bidirectional characters, line separators, lone surrogates, private use.
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}]/gu
