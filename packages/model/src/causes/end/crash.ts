import type { SessionEnd } from '../cause.js'
import type { SessionCase } from '../session-case.js'
import { shortText } from '../words.js'

/** An agent that ended by itself with an error, and nothing that was recorded says why. */
export function crashOf({ runs, words }: SessionCase, end: SessionEnd): SessionEnd {
  const last = runs.at(-1)
  const since = last?.startedAt ?? 0
  const said = words.filter(({ at, source }) => at >= since && source !== 'tacho')
  const telling =
    said.findLast(({ level, text }) => level === 'ERROR' || CRASH.test(text)) ??
    said.findLast(({ text }) => /\b(error|failed|fatal|cannot)\b/i.test(text))
  const exitCode = last?.run?.exitCode
  const isCertain = exitCode === PANIC || (telling !== undefined && CRASH.test(telling.text))
  const lastWords = telling === undefined ? '' : ` Its last words: ${shortText(telling.text)}`
  return {
    code: 'crash',
    certainty: isCertain ? 'certain' : 'likely',
    clues: [
      ...end.clues,
      ...(telling === undefined ? [] : [{ at: telling.place, text: shortText(telling.text) }]),
    ],
    sentence: `The agent broke down with exit code ${exitCode}, and no request or tool that was recorded says why.${lastWords}`,
  }
}

/** A panic of Rust's ends a program so (https://doc.rust-lang.org/std/macro.panic.html). */
const PANIC = 101
const CRASH =
  /panicked at|Traceback \(most recent call last\)|Unhandled|uncaught|fatal error|^\w*Error\b|segmentation fault/i
