import { SESSION_FILES } from '@tacho/format'
import { microsOfIso, readTextLog } from '@tacho/reader'
import type { SessionAnswer } from '../../api/answers.js'
import { cut } from './messages.js'

/** More would not be looked at. */
const MOST = 1000
/** Characters of a line. */
const LONGEST = 1000
const LINE = /^(\S+) (WARN|ERROR) /

/** The warnings and errors of a session's debug log. */
export function logProblems(folder: string): SessionAnswer['logProblems'] {
  const problems: SessionAnswer['logProblems'] = []
  let number = 0
  for (const { text } of readTextLog(folder, SESSION_FILES.log)) {
    number += 1
    const [, time = '', level = ''] = LINE.exec(text) ?? []
    const at = microsOfIso(time)
    if (at === undefined) continue
    problems.push({ at, level: level.toLowerCase(), text: cut(text, LONGEST).text, line: number })
    if (problems.length >= MOST) return problems
  }
  return problems
}
