import { ReaderError } from '../reader-error.js'
import { needlesOf, safeRun } from './needles.js'

/** What to search for. */
export type SearchPattern = {
  /** Matches in unescaped text. Has the flag `g`. */
  expression: RegExp
  /**
   * Texts of which each match contains one, and that every JSON encoder leaves unescaped, so they
   * appear verbatim in a log; empty if there are too few.
   */
  needles: string[]
  isCaseSensitive: boolean
  /** Set if the pattern is plain text, not an expression. */
  literal?: string
}

export type PatternOptions = { isLiteral?: boolean; ignoresCase?: boolean }

/**
 * Makes a pattern from the user's input: a JavaScript regular expression, or plain text.
 *
 * @throws ReaderError `bad-pattern` if it is invalid.
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
    const words = `The pattern ${JSON.stringify(typed)} is not a regular expression: ${why}.`
    throw new ReaderError('bad-pattern', words, { cause })
  }
}
