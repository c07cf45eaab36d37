import { apiCauses } from './api/api-causes.js'
import { outages } from './api/outages.js'
import { slowAnswers } from './api/slow-answers.js'
import { type Cause, CERTAINTIES, type Diagnosis, type SessionEnd, type Weight } from './cause.js'
import type { CauseCode } from './codes.js'
import { contextCauses } from './context/context-causes.js'
import { crashOf, LAST_WORDS_ELSEWHERE, LAST_WORDS_UNREAD } from './end/crash.js'
import { sessionEnd } from './end/session-end.js'
import { endsMissing, inFlightOf } from './in-flight.js'
import { recorderCauses } from './recorder/recorder-causes.js'
import type { SessionCase } from './session-case.js'
import { goOnWords } from './words.js'
import { workCauses } from './work/work-causes.js'

/** A rule: finds causes in a session. */
export type CauseRule = (session: SessionCase) => Cause[]

/** All rules except the one for the end. */
const RULES: readonly CauseRule[] = [
  apiCauses,
  outages,
  slowAnswers,
  workCauses,
  contextCauses,
  recorderCauses,
]

/**
 * Finds out how a session ended, and why, by the rules of docs/causes.md. A session without trouble
 * has no causes.
 */
export function diagnose(session: SessionCase): Diagnosis {
  const told = sessionEnd(session)
  const found = RULES.flatMap((rule) => rule(session))
  const end = told.code === 'failed' && !explains(found) ? crashOf(session, told) : told
  const ended = causeOfEnd(end, session)
  const causes = [
    ...ended,
    ...found.filter(({ code, weight }) => weight !== 'note' && code !== end.code),
  ]
  return {
    end,
    causes: inOrder(causes, end),
    notes: inOrder(
      found.filter(({ weight }) => weight === 'note'),
      end,
    ),
    inFlight: inFlightOf(session),
    endsMissing: endsMissing(session),
  }
}

function explains(causes: readonly Cause[]): boolean {
  return causes.some(({ weight }) => weight === 'end')
}

/** Ends that are not trouble, or whose reason is another cause. */
const NO_CAUSES: ReadonlySet<CauseCode> = new Set([
  'clean',
  'failed',
  'running',
  'running-waiting-for-user',
])

function causeOfEnd(end: SessionEnd, session: SessionCase): Cause[] {
  if (NO_CAUSES.has(end.code)) return []
  const { code, certainty, clues, sentence, next = nextOf(code, session) } = end
  return [{ code, certainty, clues, sentence, next, weight: 'end' }]
}

function nextOf(code: CauseCode, session: SessionCase): string {
  const { id, runs } = session
  const isOwnProgram = runs.at(-1)?.isFromInside === true
  switch (code) {
    case 'user-interrupt':
    case 'approval-cancelled':
      return `See what was stopped, and how much had arrived: tacho cancellations ${id}. ${goOnWords(session)}`
    case 'approval-unanswered':
      return isOwnProgram
        ? `See what was asked: tacho approvals ${id}. Start the program again and answer.`
        : `See what was asked: tacho approvals ${id}. Resume the session and answer, or allow it by a rule.`
    case 'oom-killed':
      return 'Give it more memory, or run less beside it; dmesg and the memory.events of its cgroup tell more.'
    case 'crash':
      return isOwnProgram
        ? LAST_WORDS_ELSEWHERE
        : `${runs.at(-1)?.isStderrRead ? `See the agent's last words: tacho log ${id}. ` : LAST_WORDS_UNREAD}It is a fault of the agent's own: report it to its makers. ${goOnWords(session)}`
    case 'running-stalled':
      return isOwnProgram
        ? `See where it stands: tacho show ${id}. Stop it, and start it again.`
        : `See where it stands: tacho show ${id}. Interrupt it, and resume the session.`
    default:
      return `See what was in flight: tacho show ${id}. ${goOnWords(session)}`
  }
}

const WEIGHTS: readonly Weight[] = ['end', 'trouble', 'note']

/**
 * Puts what explains most first. A request to cancel, a signal or a failure of the agent is mostly
 * a reaction to something, which comes before it if it is known.
 */
function inOrder(causes: readonly Cause[], end: SessionEnd): Cause[] {
  return [...causes].sort(
    (one, other) =>
      weightOf(one, end) - weightOf(other, end) ||
      rankOf(one, end) - rankOf(other, end) ||
      CERTAINTIES.indexOf(one.certainty) - CERTAINTIES.indexOf(other.certainty),
  )
}

const ANSWERS: ReadonlySet<CauseCode> = new Set(['user-interrupt', 'signal', 'running-stalled'])
const LATER: ReadonlySet<CauseCode> = new Set([
  'retry-storm',
  'records-lost',
  'slow-first-token',
  'slow-stream',
])

/** An answer that nobody waited for to the end. */
const SLOW: ReadonlySet<CauseCode> = new Set(['slow-first-token', 'slow-stream'])

function weightOf({ weight, isLast }: Cause, end: SessionEnd): number {
  return WEIGHTS.indexOf(isLast && ANSWERS.has(end.code) ? 'end' : weight)
}

function rankOf({ code, certainty, weight }: Cause, end: SessionEnd): number {
  if (code === end.code) return ANSWERS.has(code) ? 2 : 0
  if (LATER.has(code) && !(weight === 'end' && SLOW.has(code))) return 3
  // Why it failed is a cause of its own.
  if (code === 'subagent-failed') return 0.5
  return certainty === 'possible' ? 2.5 : 1
}
