/**
 * Joins the words again that bash split at `=` and `:` (COMP_WORDBREAKS). Of the last word, bash
 * only replaces the last piece.
 *
 * @param pieces COMP_WORDS after the command, as typed, including quotes.
 * @returns the words, without quotes, and the part of the last one before the piece to replace.
 */
export function joinedAgain(pieces: readonly string[]): { whole: string[]; lead: string } {
  const whole: string[] = []
  let lead = ''
  let isGlued = false
  for (const piece of pieces) {
    const isBreak = /^[=:]+$/.test(piece)
    if (whole.length > 0 && (isGlued || isBreak)) {
      lead = isBreak ? `${whole.at(-1)}${piece}` : (whole.at(-1) ?? '')
      whole.push(`${whole.pop()}${unquoted(piece)}`)
    } else {
      lead = ''
      whole.push(unquoted(piece))
    }
    isGlued = isBreak
  }
  return { whole, lead }
}

function unquoted(piece: string): string {
  return piece.replace(/^(["'])(.*?)\1?$/s, '$2').replaceAll(/\\(.)/gs, '$1')
}
