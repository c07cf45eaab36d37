import { ReaderError } from '../reader-error.js'
import { needlesOf, safeRun } from './needles.js'

/** What is looked for. */
export type SearchPattern = {
  /** Matches in a text as it was said, with no escapes in it. With the flag `g`. */
  expression: RegExp
  /**
   * Texts of which each match has one, and that no JSON writes in another way, so that they stand in a
   * log as they are; none where there are too few of those.
   */
  needles: string[]
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
  const run = safeRun(text)
  const needles = isPlain ? (run === undefined ? [] : [run]) : needlesOf(text)
  return {
    expression,
    needles,
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
