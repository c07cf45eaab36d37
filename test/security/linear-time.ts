import { regularExpressions } from './regular-expressions.js'

/** How much longer an expression may take than one that looks at each of many characters once. */
const FACTOR = 600

const MANY_CHARACTERS = 64 * 1024

const ONE_CHARACTER = /[\u0002]/

/**
 * Exponential time shows at the first length and cubic time at the second. Quadratic time, some
 * 1,000 times that of a single pass, shows at the third. So longer texts add nothing.
 */
const LENGTHS = [24, 512, 8192]

/**
 * The least of many, in microseconds, by the clock: processor time is accounted in steps, and on a
 * busy machine half of the passes were told to take a step of 4 ms. With that, the expression that
 * is known to be exponential was not slow at the first length, and would have taken years at the
 * second.
 */
const ONE_PASS = Math.max(10, Math.min(...Array.from({ length: 100 }, elapsedInOnePass)))

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

/** In microseconds of processor time. */
function timeOf(expression: RegExp, text: string): number {
  expression.lastIndex = 0
  const before = process.cpuUsage()
  expression.exec(text)
  const { user } = process.cpuUsage(before)
  return user
}

function elapsedInOnePass(): number {
  const text = 'a'.repeat(MANY_CHARACTERS)
  const before = performance.now()
  ONE_CHARACTER.exec(text)
  return (performance.now() - before) * 1000
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
