import { SESSION_FILES } from '@tacho/format'
import { FollowedText, microsOfIso, readTextLog } from '@tacho/reader'
import type { SessionAnswer } from '../../api/answers.js'
import { cut } from './messages.js'

type Problem = SessionAnswer['logProblems'][number]

/** Nobody would read more. */
const MOST = 1000
/** In characters of a line. */
const LONGEST = 1000

/** Time, level, who says it, and what. */
const LINE = /^(\S+) (\w+) +(\S+): (.*)$/
/** Colour sequences for a terminal. */
const COLOURS = /\u001b\[[\d;]{0,20}m/g
/** An agent's own log, on its standard error: it begins with its level, optionally after a time. */
const OWN_LEVEL = /^(?:[\d:.TZ+-]{8,40}\s{1,8})?(WARN|ERROR)\b/

/**
 * Returns the warnings and errors in a session's debug log. What an agent writes to its standard
 * error has none of our levels, but may begin with its own.
 */
export function logProblems(folder: string): Problem[] {
  return problemsIn(readTextLog(folder, SESSION_FILES.log), 0, MOST)
}

/** The same for a running session, repeatedly: each time only new data is read. */
export class FollowedProblems {
  readonly #log: FollowedText
  #lines = 0
  #problems: Problem[] = []

  constructor(folder: string) {
    this.#log = new FollowedText(folder, SESSION_FILES.log)
  }

  /** Returns all so far, from complete lines. */
  read(): readonly Problem[] {
    const { lines, goesOn } = this.#log.read()
    if (!goesOn) [this.#lines, this.#problems] = [0, []]
    const more = problemsIn(lines, this.#lines, MOST - this.#problems.length)
    this.#lines += lines.length
    if (more.length > 0) this.#problems = [...this.#problems, ...more]
    return this.#problems
  }
}

/** @param before how many lines come before these. */
function problemsIn(lines: Iterable<{ text: string }>, before: number, most: number): Problem[] {
  const problems: Problem[] = []
  let number = before
  for (const { text } of lines) {
    if (problems.length >= most) break
    number += 1
    const problem = problemIn(text, number)
    if (problem !== undefined) problems.push(problem)
  }
  return problems
}

function problemIn(line: string, number: number): Problem | undefined {
  const [, time = '', ours = '', source = '', said = ''] = LINE.exec(line) ?? []
  const plain = said.slice(0, LONGEST).replace(COLOURS, '')
  const level = /^(?:WARN|ERROR)$/.test(ours) ? ours : OWN_LEVEL.exec(plain)?.[1]
  const at = level === undefined ? undefined : microsOfIso(time)
  if (level === undefined || at === undefined) return undefined
  const { text } = cut(`${source}: ${plain}`, LONGEST)
  return { at, level: level.toLowerCase(), text, line: number }
}
