import { isSoak } from '../faults/extent.js'
import { regularExpressions } from './regular-expressions.js'

/**
 * The lengths of the texts that are tried, and how much longer an expression may take for each than
 * one that looks at each of many characters once. Exponential time, some 4,000 passes, shows at the
 * first length, cubic time, some 500, at the second, and quadratic time, some 1,000, at the third.
 * One that is not found at its length takes hours or years at the next: the limits of the first two
 * are far below, though high for what takes microseconds. Longer texts add nothing.
 */
const LENGTHS: readonly [length: number, factor: number][] = [
  [24, 30],
  [512, 30],
  [8192, 300],
]

/** What makes an expression fail behind what repeats. With all of them, pairs take half a minute. */
const ENDS = ['\u0001', '\n\u0001', '\0']
const ENDS_OF_PAIRS = isSoak ? ENDS : ENDS.slice(0, 1)

const MANY_CHARACTERS = 64 * 1024

const ONE_CHARACTER = /[\u0002]/

/**
 * The least of many, in microseconds of processor time, by user and system time together: only
 * their sum is exact. The clock goes on while a busy machine does something else.
 */
const ONE_PASS = Math.max(10, Math.min(...Array.from({ length: 100 }, timeOfOnePass)))

const TRIES = 5

// In the process of the tests, which has compiled some thousand expressions, V8 no longer optimizes
// any (its limit is 1 MB of them), and the slowest of these would take hours.
process.stdout.write(
  JSON.stringify({
    slow: regularExpressions()
      .filter(({ expression }) => !isLinear(expression))
      .map(({ place }) => place),
    knownSlow: [/a+$/, /(a+)+$/, /^x(.+?)__(.+)$/, /:[ \t]*([^\0]*?)[ \t]*$/].map(isLinear),
    knownLinear: [/^a+$/, /a/g, /^x(.+?)__/, /[^a]b/].map(isLinear),
  }),
)

/**
 * Whether an expression takes no more than this many times a single pass, on texts that repeat its
 * own characters, alone and in pairs, after the beginning that it requires.
 */
function isLinear(expression: RegExp): boolean {
  const start = literalStart(expression.source)
  for (const piece of pieces(expression.source)) {
    for (const end of piece.length > 1 ? ENDS_OF_PAIRS : ENDS) {
      for (const [length, factor] of LENGTHS) {
        const text = start + piece.repeat(length / piece.length) + end
        if (!isOnceWithin(factor * ONE_PASS, expression, text)) return false
      }
    }
  }
  return true
}

function isOnceWithin(most: number, expression: RegExp, text: string): boolean {
  for (let tried = 0; tried < TRIES; tried += 1) if (timeOf(expression, text) <= most) return true
  return false
}

function timeOf(expression: RegExp, text: string): number {
  expression.lastIndex = 0
  const before = process.cpuUsage()
  expression.exec(text)
  const { user, system } = process.cpuUsage(before)
  return user + system
}

function timeOfOnePass(): number {
  return timeOf(ONE_CHARACTER, 'a'.repeat(MANY_CHARACTERS))
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
