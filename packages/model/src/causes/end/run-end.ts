import type { Approval } from '../../parts/approval.js'
import type { Turn } from '../../parts/thread.js'
import type { Clue, SessionEnd } from '../cause.js'
import { isLeft, isOfLastRun, openCalls } from '../in-flight.js'
import type { SessionCase } from '../session-case.js'
import { quoted, timeWords } from '../words.js'
import { memoryDeath } from './memory-death.js'

/** Returns how a session ended, if its end was recorded. */
export function endOfRun(session: SessionCase): SessionEnd {
  const seen = session.runs.at(-1)
  const run = seen?.run ?? session.parts.runs.at(-1)
  const signal = run?.signal ?? signalOfExitCode(run?.exitCode) ?? caughtSignal(session)
  const clues: Clue[] = [{ at: seen?.ended ?? { spanId: run?.id ?? '' }, text: endWords(run) }]
  const memory = memoryDeath(session, signal)
  if (memory !== undefined) return { ...memory, clues: [...clues, ...memory.clues] }
  const asked = unanswered(session)
  // Whoever ended it also ended the wait.
  if (asked !== undefined && !FAULTS.has(signal ?? '')) return openQuestion(asked, clues)
  if (signal !== undefined) return signalled(session, signal, clues, asked)
  const stopped = stoppedTurn(session) ?? givenUp(session)
  if (stopped !== undefined) return { ...stopped, clues: [...stopped.clues, ...clues] }
  if (run?.ended === 'failed') {
    return {
      code: 'failed',
      certainty: 'certain',
      clues,
      sentence: `The agent ended with exit code ${run.exitCode}.`,
    }
  }
  return { code: 'clean', certainty: 'certain', clues, sentence: 'It ended as it should.' }
}

/**
 * A program that catches a signal in order to end does so at once; Codex takes a moment to stop its
 * turn.
 */
const ENDS_AFTER_MICROS = 15_000_000
const ENDING: ReadonlySet<string> = new Set(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'])

// On SIGINT, `codex exec` ends with 1 and Claude Code with 0. Whatever the exit code, something in
// progress was stopped; if nothing was, a signal is just how a server is told to end.
function caughtSignal(session: SessionCase): string | undefined {
  const { runs, parts } = session
  const last = runs.at(-1)
  const seen = last?.signals.findLast(({ signal }) => ENDING.has(signal))
  if (seen === undefined || last?.endedAt === undefined) return undefined
  if (last.endedAt - seen.at > ENDS_AFTER_MICROS) return undefined
  const wasStopped =
    parts.cancellations.some(
      ({ requestedAt }) => requestedAt >= seen.at - ENDS_AFTER_MICROS / 15,
    ) ||
    [...parts.tools, ...parts.turns].some(
      ({ open, startedAt, endedAt = 0 }) =>
        (open !== undefined && isOfLastRun(startedAt, session)) || endedAt > seen.at,
    )
  return wasStopped || (last.run?.exitCode ?? 0) !== 0 ? seen.signal : undefined
}

/** Signals that end a program because of a fault of its own (signal(7): they dump core). */
const FAULTS: ReadonlySet<string> = new Set([
  'SIGSEGV',
  'SIGABRT',
  'SIGBUS',
  'SIGILL',
  'SIGFPE',
  'SIGTRAP',
  'SIGSYS',
  'SIGXCPU',
  'SIGXFSZ',
])

function signalled(
  session: SessionCase,
  signal: string,
  clues: Clue[],
  asked: Approval | undefined,
): SessionEnd {
  const seen = session.runs.at(-1)?.signals.findLast((one) => one.signal === signal)
  const all =
    seen === undefined ? clues : [{ at: seen.place, text: `${signal} reached the agent` }, ...clues]
  if (signal === 'SIGINT') {
    return {
      code: 'user-interrupt',
      certainty: seen === undefined ? 'likely' : 'certain',
      clues: all,
      sentence: `Its user interrupted it (SIGINT)${whileWords(session, asked)}.`,
    }
  }
  if (FAULTS.has(signal)) {
    return {
      code: 'crash',
      certainty: 'certain',
      clues: all,
      sentence: `The agent crashed (${signal})${whileWords(session, asked)}.`,
    }
  }
  return {
    code: 'signal',
    certainty: 'certain',
    clues: all,
    sentence: `The agent was ended by ${signal}${whileWords(session, asked)}.`,
  }
}

function whileWords(session: SessionCase, asked: Approval | undefined): string {
  const { parts, calls } = session
  if (asked !== undefined) return ` while it asked for ${quoted(asked.what ?? asked.kind)}`
  const tool = parts.tools.findLast(
    (one) =>
      isLeft(one, session) || (one.outcome === 'cancelled' && isOfLastRun(one.startedAt, session)),
  )
  if (tool !== undefined) return ` while it ran ${quoted(tool.command ?? tool.name)}`
  const [called] = openCalls(session)
  if (called !== undefined) return ` while it ran ${quoted(called.command ?? called.name)}`
  const call = calls.findLast(({ asksModel }) => asksModel)
  return call?.outcome === 'cancelled' ? ` in the middle of exchange ${call.number}` : ''
}

function openQuestion(asked: Approval, clues: Clue[]): SessionEnd {
  const waited = asked.waitMs === undefined ? '' : ` after ${timeWords(asked.waitMs)}`
  return {
    code: 'approval-unanswered',
    certainty: 'certain',
    clues: [{ at: { spanId: asked.spanId }, text: 'asked, never answered' }, ...clues],
    sentence: `It ended${waited} while it asked for ${quoted(asked.what ?? asked.kind, 100)}: nobody answered.`,
  }
}

/** Returns the question that was open when the last run ended. */
export function unanswered(session: SessionCase): Approval | undefined {
  return session.parts.approvals.findLast(
    ({ open, outcome, askedAt }) =>
      (open !== undefined || outcome === 'unanswered' || outcome === 'timed-out') &&
      isOfLastRun(askedAt, session),
  )
}

// The user's last request was stopped; earlier ones were continued.
function stoppedTurn({ parts }: SessionCase): SessionEnd | undefined {
  const turn = parts.turns.findLast(({ kind }) => kind === 'user')
  if (turn === undefined) return undefined
  const cancellation = parts.cancellations.findLast((one) => isOf(one, turn))
  const isRefusal = ({ outcome }: Approval) =>
    outcome === 'cancelled' || (outcome === 'denied' && cancellation?.origin === 'approval')
  const approval = parts.approvals.findLast((one) => isRefusal(one) && one.turnId === turn.id)
  if (approval !== undefined && isLast(approval.askedAt, parts.turns, turn)) {
    return {
      code: 'approval-cancelled',
      certainty: 'certain',
      clues: [
        { at: { spanId: approval.spanId }, text: `answered: ${approval.decision ?? 'cancel'}` },
      ],
      sentence: `Its user answered the question about ${quoted(approval.what ?? approval.kind, 100)} by stopping the turn.`,
    }
  }
  const isStopped =
    turn.outcome === 'cancelled' || (turn.outcome === undefined && cancellation !== undefined)
  if (!isStopped || cancellation?.origin === 'timeout') return undefined
  const byUser =
    cancellation === undefined || cancellation.origin === 'user' || cancellation.origin === 'signal'
  return {
    code: 'user-interrupt',
    certainty: byUser ? 'certain' : 'likely',
    clues: [
      {
        at: { spanId: cancellation?.spanId ?? turn.spanId },
        text: cancellation?.reason ?? 'the turn was interrupted',
      },
    ],
    sentence: `Its user interrupted turn ${turn.number}, the last one.`,
  }
}

// Claude Code's TUI does not report an Esc in the middle of an answer. It hangs up, and does
// nothing more in that turn: unless it timed out, only its user can have caused that.
function givenUp({ runs, parts, calls }: SessionCase): SessionEnd | undefined {
  if (runs.at(-1)?.command !== 'tui') return undefined
  const turn = parts.turns.findLast(({ kind }) => kind === 'user')
  const last = calls.findLast((call) => call.asksModel && call.threadId === turn?.threadId)
  if (turn === undefined || last?.outcome !== 'cancelled' || last.turnId !== turn.id) {
    return undefined
  }
  const isTimeout = parts.cancellations.some(
    ({ origin, stopped }) =>
      origin === 'timeout' && stopped.some(({ number }) => number === last.number),
  )
  if (isTimeout || turn.outcome === 'completed' || turn.outcome === 'failed') return undefined
  return {
    code: 'user-interrupt',
    certainty: 'likely',
    clues: [
      {
        at: last.places.end ?? last.places.lastChunk,
        text: `exchange ${last.number}: the agent hung up in the middle of the answer`,
      },
    ],
    sentence: `Its user interrupted turn ${turn.number}, the last one, in the middle of exchange ${last.number}.`,
  }
}

function isOf(
  one: { turnId?: string; origin?: string; stopped: { spanId: string }[] },
  turn: Turn,
): boolean {
  const isHere = one.turnId !== undefined && one.turnId === turn.id
  return isHere || one.stopped.some(({ spanId }) => spanId === turn.spanId)
}

function isLast(at: number, turns: readonly Turn[], turn: Turn): boolean {
  return !turns.some(
    ({ kind, startedAt }) => kind === 'user' && startedAt > Math.max(at, turn.startedAt),
  )
}

function endWords(run: { exitCode?: number; signal?: string } | undefined): string {
  if (run?.signal !== undefined) return `the agent was ended by ${run.signal}`
  return run?.exitCode === undefined
    ? 'the run ended'
    : `the agent ended: exit code ${run.exitCode}`
}

// A shell reports this if a signal ended what it ran, as do many programs that caught one.
function signalOfExitCode(exitCode: number | undefined): string | undefined {
  return exitCode === undefined ? undefined : SIGNALS[exitCode - 128]
}

/** Linux signals that can end a program (signal(7)). */
const SIGNALS: Readonly<Record<number, string>> = {
  1: 'SIGHUP',
  2: 'SIGINT',
  3: 'SIGQUIT',
  4: 'SIGILL',
  5: 'SIGTRAP',
  6: 'SIGABRT',
  7: 'SIGBUS',
  8: 'SIGFPE',
  9: 'SIGKILL',
  10: 'SIGUSR1',
  11: 'SIGSEGV',
  12: 'SIGUSR2',
  13: 'SIGPIPE',
  14: 'SIGALRM',
  15: 'SIGTERM',
  24: 'SIGXCPU',
  25: 'SIGXFSZ',
  31: 'SIGSYS',
}
