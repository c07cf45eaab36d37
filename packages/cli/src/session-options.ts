import {
  type FoundSession,
  findSession,
  findSessions,
  type OnSkipped,
  type SkippedFolder,
} from '@tacho/reader'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { CommandError, EXIT } from './command-error.js'
import { note } from './output.js'

/** The options of every command that looks for sessions. */
export type SessionOptions = {
  sessionsDir?: string
  /** The folders to look in, set by `program`. */
  roots: readonly string[]
}

/** Adds `--sessions-dir`, which all commands about sessions have. */
export function withSessionsDir(command: Command): Command {
  return command.addOption(
    new Option('--sessions-dir <dir>', 'look for sessions only in this folder').argParser(folderOf),
  )
}

function folderOf(text: string): string {
  if (text === '') throw new InvalidArgumentError('It is a folder.')
  return text
}

/** Parses a count. */
export function countOf(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text))
    throw new InvalidArgumentError('It must be a number, 1 or greater.')
  return Number(text)
}

/** The argument that names a session, as worded in every command's help. */
export const SESSION_ARGUMENT = [
  '<session>',
  'session id or its first characters, a session folder, or "last"',
] as const

/**
 * Returns the session that the user named. Names on stderr the folders that cannot be examined, and
 * the empty sessions that `last` skips.
 *
 * @throws ReaderError if there is none, or more than one, or it cannot be examined.
 */
export function sessionNamed(name: string, { roots }: SessionOptions): FoundSession {
  return findSession(name, roots, {
    onSkipped: noteSkipped(),
    onEmpty: ({ id }) => note(`skipped ${id}, which started later but is empty.`),
    onNothing: ({ id }) => note(`every session is empty; ${id} is the most recent.`),
  })
}

/**
 * Returns the sessions that the user named, each once.
 *
 * @throws ReaderError as {@link sessionNamed}.
 */
export function sessionsNamed(names: readonly string[], options: SessionOptions): FoundSession[] {
  const named = names.map((name) => sessionNamed(name, options))
  return [...new Map(named.map((session) => [session.folder, session])).values()]
}

/**
 * Returns all sessions. Folders that cannot be examined are named on stderr, and the exit code says
 * that some are missing.
 */
export function allSessions({ roots }: SessionOptions): FoundSession[] {
  return findSessions(roots, skippedOfAll())
}

/** Makes the error for when there are no sessions at all, with what to do then. */
export function noSessions({ roots }: SessionOptions): CommandError {
  const looked = roots.map((root) => `  ${root}`).join('\n')
  return new CommandError(
    'no-sessions',
    EXIT.failure,
    `there is no session yet. Looked in:\n${looked}\nRecord one with: tacho codex --persist-session`,
  )
}

/** Returns a function that reports the folders missing from a list of all sessions. */
export function skippedOfAll(): OnSkipped {
  const name = noteSkipped()
  return (skipped) => {
    name(skipped)
    process.exitCode ||= EXIT.incomplete
  }
}

/** Beyond this many, folders are counted and not named. */
const NAMED = 20

function noteSkipped(): OnSkipped {
  let count = 0
  return ({ folder, reason }: SkippedFolder) => {
    count += 1
    if (count <= NAMED) note(`skipped ${folder}: ${reason}.`)
    if (count === NAMED + 1) note('skipped more folders that cannot be opened.')
  }
}
