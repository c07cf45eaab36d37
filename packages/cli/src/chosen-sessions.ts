import { type FoundSession, sessionState } from '@tacho/reader'
import type { Command } from 'commander'
import { sinceOf } from './age.js'
import { wrongUse } from './command-error.js'
import {
  allSessions,
  SESSION_ARGUMENT,
  type SessionOptions,
  sessionsNamed,
} from './session-options.js'

/** The options of a command that accepts many sessions. */
export type ManySessionsOptions = SessionOptions & { all?: boolean; since?: number }

/** Adds the argument and the options that select many sessions. */
export function withManySessions(command: Command): Command {
  return command
    .argument('[session...]', SESSION_ARGUMENT[1])
    .option('--all', 'all sessions')
    .option(
      '--since <when>',
      'sessions active since: an age (7d, 12h, 2w) or a time (ISO 8601)',
      sinceOf,
    )
}

/** Returns the named sessions, or `last` if neither names nor many sessions were given. */
export function namesOrLast(
  names: readonly string[],
  { all, since }: ManySessionsOptions,
): readonly string[] {
  return names.length === 0 && !all && since === undefined ? ['last'] : names
}

/**
 * Returns the sessions that the user named, each once, or all, or all since a time.
 *
 * @throws CommandError `wrong-use` if none of these, or more than one, is given.
 */
export function chosenSessions(
  names: readonly string[],
  options: ManySessionsOptions,
): FoundSession[] {
  const { all = false, since } = options
  const asked = [
    names.length > 0 && names.join(' '),
    all && '--all',
    since !== undefined && '--since',
  ].filter((one) => one !== false)
  if (asked.length === 0) throw wrongUse(WAYS)
  if (asked.length > 1) throw wrongUse(`${asked.join(' and ')} exclude each other. ${WAYS}`)
  if (names.length > 0) return sessionsNamed(names, options)
  const sessions = allSessions(options)
  return since === undefined ? sessions : sessions.filter((session) => isSince(session, since))
}

function isSince(session: FoundSession, since: number): boolean {
  const { ended, endedAt, lastStartedAt = '' } = sessionState(session)
  return ended === 'running' || Date.parse(endedAt ?? lastStartedAt) >= since
}

const WAYS = 'Name sessions, or take all with --all, or those since a time with --since 7d.'
