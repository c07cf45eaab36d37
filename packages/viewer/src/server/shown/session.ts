import type { Session } from '@tacho/reader'
import type { SessionAnswer } from '../../api/answers.js'
import { logProblems } from './log-problems.js'

/**
 * Returns a session without bodies: its meaning, how it ended, and what is wrong with its files.
 */
export function shownSession(
  session: Session,
  parts: SessionAnswer['parts'],
  heading: string | undefined,
  problems: readonly SessionAnswer['logProblems'][number][] = logProblems(session.folder),
): SessionAnswer {
  const { id, folder, agent, ended, startedAt, endedAt, lastSeenAt, gaps, damage } = session
  return {
    id,
    ...(heading !== undefined && { heading }),
    folder,
    agent,
    ended,
    ...(startedAt !== undefined && { startedAt }),
    ...(endedAt !== undefined && { endedAt }),
    ...(lastSeenAt !== undefined && { lastSeenAt }),
    parts,
    gaps: gaps.map(({ time, since, lost, reason }) => ({ time, since, lost, reason })),
    damage: damage.map(({ file, line, lines, reason }) => ({
      file,
      lines,
      reason,
      ...(line !== undefined && { line }),
    })),
    logProblems: [...problems],
  }
}
