import { findSessions, type SessionState, sessionRoots, sessionState } from '@tacho/reader'
import type { Command } from 'commander'
import { timeOf } from '../age.js'
import { CommandError, EXIT } from '../command-error.js'
import { type SessionOptions, sessionNamed } from '../session-options.js'

/** How sessions are chosen where several can be. */
export type ChoiceOptions = { all?: boolean; since?: number }

/** Adds the argument and the options by which {@link chosenSessions} chooses. */
export function withChoice(command: Command): Command {
  return command
    .argument('[session...]', 'ids of sessions, their beginnings, or "last"')
    .option('--all', 'all sessions')
    .option('--since <age>', 'all that were active since then: 12h, 7d, 2026-11-25', timeOf)
}

/**
 * The sessions that the user chose, each once.
 *
 * @throws CommandError where none was named, or both some and all.
 */
export function chosenSessions(
  names: readonly string[],
  { all, since, sessionsDir }: ChoiceOptions & SessionOptions,
): SessionState[] {
  const isMany = all === true || since !== undefined
  if (isMany === names.length > 0) {
    throw new CommandError(
      'wrong-use',
      EXIT.wrongUse,
      'Name one session or several, or say --all or --since 7d.',
    )
  }
  if (!isMany) {
    const found = names.map((name) => sessionNamed(name, { ...(sessionsDir && { sessionsDir }) }))
    return [...new Map(found.map((one) => [one.folder, one])).values()].map(sessionState)
  }
  return findSessions(sessionRoots({ directory: sessionsDir }))
    .map(sessionState)
    .filter((session) => since === undefined || activeUntil(session) >= since)
}

function activeUntil({ ended, endedAt, lastStartedAt }: SessionState): number {
  if (ended === 'running') return Number.POSITIVE_INFINITY
  return Date.parse(endedAt ?? lastStartedAt ?? '') || 0
}
