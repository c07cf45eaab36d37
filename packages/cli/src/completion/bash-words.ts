/**
 * bash cuts words at `=` and `:` (COMP_WORDBREAKS), and replaces only the last piece.
 *
 * @param pieces COMP_WORDS behind the command, as they were typed: with their quotes.
 * @returns the words, without quotes, and what of the last one stands before the piece that is replaced.
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
