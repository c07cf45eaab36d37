import { SESSION_FILES } from '@tacho/format'
import { microsOfIso, readTextLog } from '@tacho/reader'
import type { SessionAnswer } from '../../api/answers.js'
import { cut } from './messages.js'

/** More would not be looked at. */
const MOST = 1000
/** Characters of a line. */
const LONGEST = 1000

/** Time, level, who says it, and what. */
const LINE = /^(\S+) (\w+) +(\S+): (.*)$/
/** What colours a terminal. */
const COLOURS = /\u001b\[[\d;]{0,20}m/g
/** An agent's own log, on its standard error: it begins with its level, or with a time before that. */
const OWN_LEVEL = /^(?:[\d:.TZ+-]{8,40}\s{1,8})?(WARN|ERROR)\b/

/**
 * The warnings and errors of a session's debug log. What an agent writes to its standard error has no
 * level of ours, but may begin with its own.
 */
export function logProblems(folder: string): SessionAnswer['logProblems'] {
  const problems: SessionAnswer['logProblems'] = []
  let number = 0
  for (const { text } of readTextLog(folder, SESSION_FILES.log)) {
    number += 1
    const [, time = '', ours = '', source = '', said = ''] = LINE.exec(text) ?? []
    const plain = said.slice(0, LONGEST).replace(COLOURS, '')
    const level = /^(?:WARN|ERROR)$/.test(ours) ? ours : OWN_LEVEL.exec(plain)?.[1]
    const at = level === undefined ? undefined : microsOfIso(time)
    if (level === undefined || at === undefined) continue
    const { text: shown } = cut(`${source}: ${plain}`, LONGEST)
    problems.push({ at, level: level.toLowerCase(), text: shown, line: number })
    if (problems.length >= MOST) return problems
  }
  return problems
}
