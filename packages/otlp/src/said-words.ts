const MOST_CHARACTERS = 300

/**
 * What somebody outside says, as it can be logged and printed: one line, not long, and what could
 * steer a terminal or turn text around is shown by its number.
 */
export function saidWords(said: string): string {
  const [line = ''] = said.trim().split(/[\r\n]/, 1)
  return [...line]
    .slice(0, MOST_CHARACTERS)
    .join('')
    .replace(UNPRINTABLE, (one) => `\\u{${one.codePointAt(0)?.toString(16)}}`)
}

// Controls, invisible and turning characters, separators of lines, half a surrogate pair, private use.
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}]/gu
