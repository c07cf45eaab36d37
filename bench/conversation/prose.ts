import type { Random } from './random.js'

const WORDS =
  'the a file test session record reads writes before after when returns fails module function line error branch value index buffer socket stream timeout request response header body chunk cut flip disk naïve größer 測試 → ✓'.split(
    ' ',
  )
const NAMES = 'parse open close encode decode append flush cursor offset length state owner'.split(
  ' ',
)

/** Sentences with roughly this many characters. */
export function prose(random: Random, length: number): string {
  let text = ''
  while (text.length < length) {
    const words = Array.from({ length: 5 + random.below(12) }, () => random.pick(WORDS))
    text += `${words.join(' ')}.${random.below(4) === 0 ? '\n\n' : ' '}`
  }
  return text
}

/** What a program might print: source lines with quotes, tabs and backslashes, paths, numbers. */
export function printout(random: Random, length: number): string {
  let text = ''
  while (text.length < length) {
    const name = random.pick(NAMES)
    text += random.pick([
      `\tconst ${name} = ${random.pick(NAMES)}(${random.below(9999)}, "${random.pick(WORDS)}")\n`,
      `src/${name}/${random.pick(NAMES)}.ts:${random.below(900)}: ${prose(random, 30)}\n`,
      `  expect(${name}.${random.pick(NAMES)}).toEqual({ ${name}: "${random.hex(8)}\\n" })\n`,
      `-rw-r--r-- 1 ada ada ${random.below(99999)} Nov ${random.below(30)} ${name}.json\n`,
    ])
  }
  return text
}
