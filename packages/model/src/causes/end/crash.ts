import type { Clue, SessionEnd } from '../cause.js'
import type { Call, LogWords, SessionCase } from '../session-case.js'
import { countWords, quoted, shortText, timeWords } from '../words.js'
import { lastWords } from './last-words.js'

/**
 * Describes an agent that ended by itself with an exit code, for no recorded reason: what it said
 * last, and what it had last asked for.
 */
export function crashOf(session: SessionCase, end: SessionEnd): SessionEnd {
  const exitCode = session.runs.at(-1)?.run?.exitCode
  const said = lastWords(session)
  const telling =
    said.findLast(({ level, text }) => level === 'ERROR' || CRASH.test(text)) ??
    said.findLast(({ text }) => /\b(error|failed|fatal|cannot)\b/i.test(text))
  const isCrash = exitCode === PANIC || (telling !== undefined && CRASH.test(telling.text))
  const call = session.calls.findLast(({ asksModel, isPrewarm }) => asksModel && !isPrewarm)
  const shown = telling === undefined ? said.slice(-LINES) : [telling]
  const how = isCrash ? 'crashed' : 'ended'
  return {
    code: 'crash',
    certainty: isCrash ? 'certain' : 'likely',
    clues: [
      ...end.clues,
      ...shown.map(({ place, text }) => ({ at: place, text: shortText(text) })),
      ...(call === undefined ? [] : [clueOf(call)]),
    ],
    sentence: `The agent ${how} with exit code ${exitCode}, and no request or tool that was recorded says why.${wordsOf(shown, session)}${requestWords(call, session)}`,
    next: nextOf(session, call, said.length),
  }
}

/** The exit code after a panic in Rust (https://doc.rust-lang.org/std/macro.panic.html). */
const PANIC = 101
const CRASH =
  /panicked at|Traceback \(most recent call last\)|Unhandled|uncaught|fatal error|^\w*Error\b|segmentation fault/i
/** If no line explains the end, this many of the last are shown. */
const LINES = 3

function wordsOf(shown: readonly LogWords[], { runs }: SessionCase): string {
  const last = shown.at(-1)
  if (last !== undefined) return ` Its last words: ${quoted(last.text, 160)}.`
  return runs.at(-1)?.isStderrRead ? ' It said nothing on standard error.' : ''
}

function requestWords(call: Call | undefined, session: SessionCase): string {
  if (call === undefined) return ' It had asked no model for anything.'
  const ended = session.runs.at(-1)?.endedAt
  const isAnswered = call.outcome === 'completed'
  const before =
    ended === undefined || !isAnswered
      ? ''
      : ` ${timeWords(Math.max(0, ended - call.startedMicros - call.lastAt) / 1000)} before`
  const how = isAnswered ? `was answered${before}` : endWords(call)
  return ` Its last request, exchange ${call.number}, ${how}.`
}

// Whoever recorded the end of the run ended what was open before.
function endWords({ outcome, state }: Call): string {
  if (outcome === undefined && state === 'in-flight') return 'has no end in the record'
  return `was ${outcome ?? state}`
}

function clueOf({ number, outcome, places }: Call): Clue {
  const at = places.end ?? places.lastChunk ?? places.exchange
  return { at, text: `exchange ${number}, the last request: ${outcome ?? 'no end'}` }
}

/** Of a program that records itself, Tacho does not record what it prints. */
export const LAST_WORDS_ELSEWHERE =
  'See what the program printed where it was started: Tacho does not record that of a program that records itself.'

/** Nobody reads a standard error that is a terminal, or the same file as standard output. */
export const LAST_WORDS_UNREAD = 'See what it printed last, where it was started. '

function nextOf({ id, runs }: SessionCase, call: Call | undefined, lines: number): string {
  const unread = runs.at(-1)?.isStderrRead ? '' : LAST_WORDS_UNREAD
  const log = lines === 0 ? unread : `See its last ${countWords(lines, 'line')}: tacho log ${id}. `
  const raw =
    call === undefined ? '' : `See what it was answered last: tacho raw ${id} ${call.number}. `
  return runs.at(-1)?.isFromInside
    ? `${raw}${LAST_WORDS_ELSEWHERE}`
    : `${log}${raw}Run the same command again by hand; where it ends so again, report it to the agent's makers.`
}
