/** How many columns of a terminal a printable text takes: wide East Asian characters and emoji take two. */
export function displayWidth(text: string): number {
  if (ASCII.test(text)) return text.length
  let width = 0
  for (const character of text) width += widthOf(character)
  return width
}

/** The text cut to so many columns, with `…` for what is gone, at its end or at its start. */
export function cutTo(text: string, width: number, from: 'end' | 'start' = 'end'): string {
  // No character takes more than two columns.
  if (text.length * 2 <= width) return text
  if (displayWidth(text) <= width) return text
  if (from === 'end' && width > 0 && ASCII.test(text)) return `${text.slice(0, width - 1)}…`
  const characters = from === 'end' ? [...text] : [...text].reverse()
  const kept: string[] = []
  let left = Math.max(0, width) - 1
  for (const character of characters) {
    left -= widthOf(character)
    if (left < 0) break
    kept.push(character)
  }
  if (width < 1) return ''
  return from === 'end' ? `${kept.join('')}…` : `…${kept.reverse().join('')}`
}

const ASCII = /^[\x20-\x7e]*$/
const MARK = /\p{Mn}|\p{Me}/u
const EMOJI = /\p{Emoji_Presentation}/u

function widthOf(character: string): number {
  if (MARK.test(character)) return 0
  const code = character.codePointAt(0) ?? 0
  const isWide = WIDE.some(([first, last]) => code >= first && code <= last)
  return isWide || EMOJI.test(character) ? 2 : 1
}

// The blocks whose East_Asian_Width is W or F, roughly (Unicode Standard Annex #11).
const WIDE = [
  [0x1100, 0x115f],
  [0x2e80, 0xa4cf],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x20000, 0x3fffd],
] as const
