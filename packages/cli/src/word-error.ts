import { ReaderError, type ReaderErrorCode } from '@tacho/reader'
import { CommanderError } from 'commander'
import { CommandError, EXIT } from './command-error.js'

/** What the user is told about an error, and the exit code. */
export type WordedError = { exitCode: number; text: string }

/**
 * Words an error for the user: what happened, where, and what to do next.
 *
 * @param usage of the command that was named.
 */
export function wordError(error: unknown, usage = ''): WordedError {
  if (error instanceof CommanderError) return wordWrongUse(error, usage)
  if (error instanceof CommandError) return { exitCode: error.exitCode, text: error.message }
  if (error instanceof ReaderError) {
    return {
      exitCode: EXITS[error.code] ?? EXIT.failure,
      text: `${error.message}${NEXT[error.code]}`,
    }
  }
  if (isOfGoneFolder(error)) {
    return { exitCode: EXIT.failure, text: 'the folder that you are in is gone. Go to another: cd' }
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return { exitCode: EXIT.failure, text: `internal error, a bug in Tacho: ${text}` }
}

const EXITS: Partial<Record<ReaderErrorCode, number>> = {
  'missing-bytes': EXIT.incomplete,
  'bad-pattern': EXIT.wrongUse,
  'wrong-rule': EXIT.wrongUse,
}

const NEXT: Record<ReaderErrorCode, string> = {
  'no-session':
    '\nRun tacho ls to see the sessions that are there, name their folder with --sessions-dir DIR,\nor record one with: tacho codex --persist-session',
  ambiguous: '\nGive more of the id.',
  unreadable: '',
  'newer-format': '',
  'missing-bytes': '',
  'no-model-input': '\nWhat it sent: tacho raw <session> <n> --request',
  'bad-pattern': '\nA text that is to be taken as it is: tacho grep --fixed-strings <text>',
  running: '\nTry again when it is over.',
  'cannot-seal': '\nNothing is lost: its logs read as before. Try again.',
  'cannot-salvage': '',
  'cannot-rebuild': '',
  'cannot-remove': '\nThe same command removes the rest.',
  'cannot-scrub': '\nNothing has changed.',
  'secret-left': '',
  'wrong-rule': '\nMend it, or do without: unset TACHO_SCRUB_RULES',
  'not-delivered': '\nWhat it has taken is noted: the same command sends the rest.',
}

// commander also ends help and version with an error; their text is already printed.
function wordWrongUse({ code, exitCode, message }: CommanderError, usage: string): WordedError {
  if (exitCode === 0) return { exitCode: 0, text: '' }
  if (code === 'commander.help') return { exitCode: EXIT.wrongUse, text: '' }
  const what = message.replace(/^error: /, '')
  return {
    exitCode: EXIT.wrongUse,
    text: [what, usage || 'Run tacho --help to see what there is.'].join('\n'),
  }
}

// For relative paths, Node asks the system for the working folder.
function isOfGoneFolder(error: unknown): boolean {
  const { code, syscall } = (error ?? {}) as NodeJS.ErrnoException
  return code === 'ENOENT' && syscall === 'uv_cwd'
}
