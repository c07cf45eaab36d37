import { createScrubber } from './scrubber.js'
import { readPattern } from './shapes/pattern.js'
import type { Shape } from './shapes/shape.js'

/** An invalid line in a file of rules; `message` says what to do about it. */
export class WrongRule extends Error {
  override readonly name = 'WrongRule'
  readonly code = 'wrong-rule'
  /** Starting at 1. */
  readonly line: number

  constructor(line: number, message: string) {
    super(message)
    this.line = line
  }
}

/**
 * Reads a user's own rules, one JSON object per line:
 * `{"name":"acme-key","pattern":"acme_[0-9a-f]{32}", "finds":["acme_…"],"passes":["acme_id"]}`.
 * Blank lines and lines that begin with `#` are skipped. Each rule is tested on its own examples of
 * what it finds and what it passes over.
 *
 * @throws WrongRule for the first line that is not a rule, or does not do what it says.
 */
export function readOwnRules(text: string): Shape[] {
  const shapes = text.split('\n').flatMap((line, index) => {
    const rule = line.trim()
    return rule === '' || rule.startsWith('#') ? [] : [ruleOf(rule, index + 1)]
  })
  if (shapes.length > MOST_RULES)
    throw new WrongRule(MOST_RULES + 1, `There are more than ${MOST_RULES} rules.`)
  return shapes
}

/** This many more patterns cost nothing measurable. */
const MOST_RULES = 200

function ruleOf(json: string, line: number): Shape {
  const { name, pattern, finds, passes } = objectOf(json, line)
  if (typeof name !== 'string' || !/^[a-z0-9][a-z0-9._-]{0,39}$/.test(name))
    throw new WrongRule(line, '"name" must be a word of small letters, digits, dots and dashes.')
  if (typeof pattern !== 'string') throw new WrongRule(line, '"pattern" must be a text.')
  const shape: Shape = { name, patterns: [pattern] }
  try {
    readPattern(pattern)
  } catch (error) {
    throw new WrongRule(line, `Change the pattern of ${name}: ${(error as Error).message}.`)
  }
  const scrubber = createScrubber({ fingerprint: () => '0000', shapes: [shape] })
  const isFound = (text: string) => scrubber.text(text).includes(`[secret:`)
  const missed = textsOf(finds, 'finds', line).find((one) => !isFound(one))
  if (missed !== undefined)
    throw new WrongRule(line, `The pattern of ${name} does not find ${JSON.stringify(missed)}.`)
  const hit = textsOf(passes, 'passes', line).find(isFound)
  if (hit !== undefined)
    throw new WrongRule(line, `The pattern of ${name} finds ${JSON.stringify(hit)} as well.`)
  return shape
}

function objectOf(json: string, line: number): Record<string, unknown> {
  try {
    const value = JSON.parse(json) as unknown
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>
  } catch {
    // Reported below.
  }
  throw new WrongRule(line, 'A rule is a JSON object: {"name":…,"pattern":…,"finds":[…]}.')
}

function textsOf(value: unknown, name: string, line: number): string[] {
  if (value === undefined && name === 'passes') return []
  const isList = Array.isArray(value) && value.every((one) => typeof one === 'string')
  if (isList && (value.length > 0 || name === 'passes')) return value
  throw new WrongRule(
    line,
    `"${name}" must be a list of texts that the pattern ${name === 'finds' ? 'finds' : 'passes over'}.`,
  )
}
