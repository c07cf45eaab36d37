import { type FoundSession, findSession } from '@tacho/reader'
import { type Command, Option } from 'commander'

/** The options of every command that looks for sessions. */
export type SessionOptions = {
  sessionsDir?: string
  /** The folders to look in; `program` puts them there. */
  roots: readonly string[]
}

/** Adds `--sessions-dir`, which all commands about sessions have. */
export function withSessionsDir(command: Command): Command {
  return command.addOption(
    new Option('--sessions-dir <dir>', 'look for sessions in this folder and nowhere else'),
  )
}

/** The argument by which a session is named, in the words of every command's help. */
export const SESSION_ARGUMENT = [
  '<session>',
  'id of the session, its beginning, or "last"',
] as const

/**
 * The session that the user named.
 *
 * @throws ReaderError where there is none, or more than one.
 */
export function sessionNamed(name: string, options: SessionOptions): FoundSession {
  return findSession(name, options.roots)
}
