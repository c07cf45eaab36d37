import {
  type FoundSession,
  findSessions,
  ReaderError,
  type SkippedFolder,
  type Verification,
  verifiableBytes,
  verifySession,
} from '@tacho/reader'
import type { Command } from 'commander'
import { CommandError, wrongUse } from '../command-error.js'
import { jsonText } from '../json-text.js'
import { note, write } from '../output.js'
import { type ProgressBar, progressBar } from '../progress-bar.js'
import {
  SESSION_ARGUMENT,
  type SessionOptions,
  sessionNamed,
  withSessionsDir,
} from '../session-options.js'
import { verificationLines } from '../verify/lines.js'

type VerifyOptions = SessionOptions & { all?: boolean; json?: boolean }

/** Adds `tacho verify`: verifies every byte of a session. */
export function addVerifyCommand(tacho: Command): void {
  const command = tacho
    .command('verify')
    .description(
      'check every line, body, reference and file of a session; exits with 0 if clean, 1 if damaged',
    )
    .argument('[session]', SESSION_ARGUMENT[1])
    .option('--all', 'all sessions')
    .option('--json', 'print one object, or an array with --all')
    .action(verify)
  withSessionsDir(command)
}

async function verify(name: string | undefined, options: VerifyOptions): Promise<void> {
  const sessions = chosen(name, options)
  const total = sessions.reduce((sum, { folder }) => sum + verifiableBytes(folder), 0)
  const progress = progressBar('verifying', total)
  const results: object[] = []
  for (const session of sessions) {
    const result = await verifyOne(session, progress)
    process.exitCode = Math.max(Number(process.exitCode ?? 0), exitCodeOf(result))
    if (options.json) results.push({ ...session, ...asJson(result) })
    else for (const line of verificationLines(session, result)) await write(`${line}\n`)
  }
  if (options.json) await write(`${jsonText(options.all ? results : results[0], 2)}\n`)
}

function chosen(name: string | undefined, options: VerifyOptions): FoundSession[] {
  if (options.all && name === undefined) {
    const skipped: SkippedFolder[] = []
    const sessions = findSessions(options.roots, (folder) => skipped.push(folder))
    for (const { session, folder, reason } of skipped) {
      // It is verified like the others, and found to be unreadable.
      if (session !== undefined) sessions.push(session)
      else {
        note(`skipped ${folder}: ${reason}.`)
        process.exitCode = UNREADABLE
      }
    }
    return sessions
  }
  if (name === undefined) throw wrongUse('Name one session, or say --all.')
  if (options.all)
    throw wrongUse(`${name} and --all exclude each other. Name one session, or say --all.`)
  try {
    return [sessionNamed(name, options)]
  } catch (error) {
    if (!(error instanceof ReaderError) || error.code !== 'unreadable') throw error
    throw new CommandError('unreadable', UNREADABLE, error.message, { cause: error })
  }
}

async function verifyOne(session: FoundSession, progress: ProgressBar): Promise<Verification> {
  try {
    return await verifySession(session.folder, (bytes) => progress.add(bytes))
  } finally {
    progress.clear()
  }
}

/** These three are promised (docs/cli.md): 0 clean, 1 damaged or arrived broken, 2 unreadable. */
const UNREADABLE = 2

function exitCodeOf({ unreadable, damage, broken }: Verification): number {
  if (unreadable !== undefined) return UNREADABLE
  return damage.length > 0 || broken.length > 0 ? 1 : 0
}

function asJson(result: Verification): object {
  return { isClean: exitCodeOf(result) === 0, unreadable: null, ...result }
}
