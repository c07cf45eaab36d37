import { type Explanation, sessionParts, verdictOf } from '@tacho/reader'
import type { Cause, SessionAnswer } from '../../api/answers.js'
import { logProblems } from './log-problems.js'

/** A session without bodies: what it means, how it ended and why, and what is wrong with its files. */
export function shownSession(explanation: Explanation): SessionAnswer {
  const { session } = explanation
  const { id, folder, agent, ended, startedAt, endedAt, lastSeenAt, gaps, damage } = session
  return {
    id,
    folder,
    agent,
    ended,
    ...(startedAt !== undefined && { startedAt }),
    ...(endedAt !== undefined && { endedAt }),
    ...(lastSeenAt !== undefined && { lastSeenAt }),
    parts: sessionParts(session),
    gaps: gaps.map(({ time, since, lost, reason }) => ({ time, since, lost, reason })),
    damage: damage.map(({ file, line, lines, reason }) => ({
      file,
      lines,
      reason,
      ...(line !== undefined && { line }),
    })),
    logProblems: logProblems(folder),
    explanation: explanationAnswer(explanation),
  }
}

function explanationAnswer(explanation: Explanation): SessionAnswer['explanation'] {
  const { end, causes, notes } = explanation
  return {
    ended: end.code,
    sentence: verdictOf(explanation),
    causes: [...causes, ...notes].map(causeAnswer),
  }
}

function causeAnswer(cause: Explanation['causes'][number]): Cause {
  const { code, certainty, weight, exchange, tool, approval, evidence, sentence, next } = cause
  return {
    code,
    certainty,
    weight,
    evidence,
    sentence,
    next,
    ...(exchange !== undefined && { exchange }),
    ...(tool !== undefined && { tool }),
    ...(approval !== undefined && { approval }),
  }
}
