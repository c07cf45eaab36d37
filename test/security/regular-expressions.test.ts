import { expect, test } from 'vitest'
import { literalsOf, regularExpressions } from './regular-expressions.js'

/** How much longer an expression may take than one that looks at each of many characters once. */
const FACTOR = 200

const MANY_CHARACTERS = 64 * 1024

/**
 * Exponential time shows at the first length and cubic time at the second. Quadratic time, some
 * 1,000 times that of a single pass, shows at the third. So longer texts add nothing.
 */
const LENGTHS = [24, 512, 8192]

const found = regularExpressions()

test('the expressions are found, and nothing else that has a slash', () => {
  expect(literalsOf('const a = b / c / 2; d.test(/[/]x/g) // /no/')).toEqual(['/[/]x/g'])
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is a source
  expect(literalsOf('`${a.replace(/"/g, `/no/${/\\}/}`)} /no/`')).toEqual(['/"/g', '/\\}/'])
  expect(found.length).toBeGreaterThan(100)
})

test('one that takes quadratic or cubic time is known as such', () => {
  for (const expression of [/a+$/, /(a+)+$/, /^x(.+?)__(.+)$/, /:[ \t]*([^\0]*?)[ \t]*$/])
    expect([expression, isLinear(expression)]).toEqual([expression, false])
  for (const expression of [/^a+$/, /a/g, /^x(.+?)__/, /[^a]b/])
    expect([expression, isLinear(expression)]).toEqual([expression, true])
})

test.each(found)('$place takes linear time', ({ expression }) => {
  expect(isLinear(expression)).toBe(true)
})

/**
 * Whether an expression takes no more than this many times a single pass, on texts that repeat its
 * own characters, alone and in pairs, after the beginning that it requires.
 */
function isLinear(expression: RegExp): boolean {
  const start = literalStart(expression.source)
  for (const piece of pieces(expression.source)) {
    for (const end of ['\u0001', '\n\u0001', '\0']) {
      for (const length of LENGTHS) {
        const text = start + piece.repeat(length / piece.length) + end
        // Repeated in case something else took the time: the garbage collector, say.
        const isSlow = () => timeOf(expression, text) > FACTOR * ONE_PASS
        if (isSlow() && isSlow() && isSlow()) return false
      }
    }
  }
  return true
}

const PASSES = Array.from({ length: 30 }, () => timeOf(/[\u0002]/, 'a'.repeat(MANY_CHARACTERS)))

// Less than 10 µs cannot be told from nothing.
const ONE_PASS = Math.max(10, Math.min(...PASSES))

/** In microseconds of processor time. */
function timeOf(expression: RegExp, text: string): number {
  expression.lastIndex = 0
  const before = process.cpuUsage()
  expression.exec(text)
  const { user } = process.cpuUsage(before)
  return user
}

/** The characters that an expression names, and some that represent classes, alone and in pairs. */
function pieces(source: string): string[] {
  const named = source.replace(/\\[dwsDWSbB]|\\u[0-9a-f]{4}|\\x[0-9a-f]{2}/gi, '')
  const characters = [...new Set(`a0_ \t${named}`)].filter((one) => /[ -~\t]/.test(one))
  return [...characters, ...characters.flatMap((one) => characters.map((other) => one + other))]
}

/** The literal characters at the start of an expression. */
function literalStart(source: string): string {
  return (
    /^\^?((?:[\w"<>,:;=@#%&~` -]|\\[/"'{}()[\].*+?^$|\\-])*)(?![*+?{])/
      .exec(source.replace(/[\w](?=[*+?{]).*$/s, ''))?.[1]
      ?.replaceAll('\\', '') ?? ''
  )
}
