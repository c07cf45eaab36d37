import { ReaderError } from '../reader-error.js'

/** What is looked for. */
export type SearchPattern = {
  /** Matches in a text as it was said, with no escapes in it. With the flag `g`. */
  expression: RegExp
  /**
   * Characters that every match has, and that no JSON writes in another way, so that they stand in a
   * log as they are; absent where there are too few of them.
   */
  needle?: string
  isCaseSensitive: boolean
  /** The pattern is the text itself, and no expression. */
  literal?: string
}

export type PatternOptions = { isLiteral?: boolean; ignoresCase?: boolean }

/**
 * A pattern out of what a user typed: a regular expression of JavaScript, or a text.
 *
 * @throws ReaderError `bad-pattern` where it is none.
 */
export function searchPattern(text: string, options: PatternOptions = {}): SearchPattern {
  const { isLiteral = false, ignoresCase = false } = options
  const isPlain = isLiteral || !/[\\^$.*+?()[\]{}|]/.test(text)
  const source = isPlain ? text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&') : text
  const expression = expressionOf(source, ignoresCase ? 'giu' : 'gu', text)
  if (text === '' || expression.test('')) {
    throw new ReaderError('bad-pattern', 'The pattern matches everything, an empty text too.')
  }
  expression.lastIndex = 0
  const needle = longest(isPlain ? safeRuns(text) : requiredRuns(text))
  return {
    expression,
    ...(needle !== undefined && { needle }),
    isCaseSensitive: !ignoresCase,
    ...(isPlain && { literal: text }),
  }
}

function expressionOf(source: string, flags: string, typed: string): RegExp {
  try {
    return new RegExp(source, flags)
  } catch (cause) {
    const why = (cause as Error).message.replace(/^Invalid regular expression: /, '')
    const words = `The pattern ${JSON.stringify(typed)} is no regular expression: ${why}.`
    throw new ReaderError('bad-pattern', words, { cause })
  }
}

// Some encoders escape quotes of both kinds, slashes, and what HTML or JavaScript could trip over.
const SAFE = /[A-Za-z0-9 !#$%()*+,\-.:;=?@[\]^_`{|}~]+/g
const LEAST_NEEDLE = 2

function safeRuns(text: string): string[] {
  return text.match(SAFE) ?? []
}

function longest(runs: readonly string[]): string | undefined {
  const [first] = [...runs].sort((one, other) => other.length - one.length)
  return first !== undefined && first.length >= LEAST_NEEDLE ? first : undefined
}

/**
 * Texts that each match of an expression has: runs of plain characters that stand in no group, class or
 * choice, and that no quantifier makes optional. Fewer are found than there are; none is wrong.
 */
function requiredRuns(source: string): string[] {
  // A choice at the top leaves nothing that every match has.
  const runs: string[] = []
  let run = ''
  let depth = 0
  const end = (): void => {
    if (run !== '') runs.push(run)
    run = ''
  }
  for (let at = 0; at < source.length; at += 1) {
    const character = source[at] ?? ''
    if (character === '[') {
      at = endOfClass(source, at)
      end()
    } else if (character === '(') {
      depth += 1
      end()
    } else if (character === ')') {
      depth -= 1
      end()
    } else if (character === '|' && depth === 0) return []
    else if (depth > 0) {
      if (character === '\\') at += 1
    } else if (character === '\\') {
      const escaped = source[at + 1] ?? ''
      // What follows these names a character, and is none.
      if (/[uxck0-9]/.test(escaped)) return []
      at += 1
      if (/[A-Za-z0-9]/.test(escaped)) end()
      else run += escaped
    } else if (/[*?{]/.test(character)) {
      // What stands before it can be missing.
      run = run.slice(0, -1)
      end()
      if (character === '{') at = Math.max(at, source.indexOf('}', at))
    } else if (/[+^$.]/.test(character)) {
      end()
    } else run += character
  }
  end()
  return runs.flatMap(safeRuns)
}

function endOfClass(source: string, from: number): number {
  for (let at = from + 1; at < source.length; at += 1) {
    if (source[at] === '\\') at += 1
    else if (source[at] === ']') return at
  }
  return source.length
}
