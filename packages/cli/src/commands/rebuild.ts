import { dirname } from 'node:path'
import {
  type FoundSession,
  ReaderError,
  type Rebuilt,
  rebuildableBytes,
  rebuildSession,
} from '@tacho/reader'
import type { Command } from 'commander'
import { EXIT, wrongUse } from '../command-error.js'
import { damageWords } from '../damage-words.js'
import { jsonText } from '../json-text.js'
import { note, write } from '../output.js'
import { printable } from '../printable.js'
import { type ProgressBar, progressBar } from '../progress-bar.js'
import {
  allSessions,
  SESSION_ARGUMENT,
  type SessionOptions,
  sessionNamed,
  withSessionsDir,
} from '../session-options.js'

type RebuildOptions = SessionOptions & { to: string; all?: boolean; json?: boolean }

/** Adds `tacho rebuild`: rebuilds the spans of sessions by the rules of this version. */
export function addRebuildCommand(tacho: Command): void {
  const command = tacho
    .command('rebuild')
    .description("rebuild a session's spans from what was recorded, in a new folder")
    .argument('[session]', SESSION_ARGUMENT[1])
    .requiredOption('--to <dir>', "the folder in which to create the session's folder")
    .option('--all', 'all sessions')
    .option('--json', 'print one object, or an array with --all')
    .action(rebuild)
  withSessionsDir(command)
}

async function rebuild(name: string | undefined, options: RebuildOptions): Promise<void> {
  const sessions = chosen(name, options)
  const total = sessions.reduce((sum, { folder }) => sum + rebuildableBytes(folder), 0)
  const progress = progressBar('rebuilding', total)
  const results: object[] = []
  for (const session of sessions) {
    try {
      const rebuilt = await rebuildOne(session, options.to, progress)
      results.push({ id: session.id, from: session.folder, ...rebuilt })
      if (!options.json) await tell(session, rebuilt)
      if (rebuilt.damage.length > 0) exitWith(EXIT.incomplete)
    } catch (error) {
      // A session that cannot be rebuilt must not keep the others from it.
      if (!options.all || !(error instanceof ReaderError)) throw error
      note(error.message)
      exitWith(EXIT.failure)
    }
  }
  if (options.json) await write(`${jsonText(options.all ? results : results[0], 2)}\n`)
}

function chosen(name: string | undefined, options: RebuildOptions): FoundSession[] {
  if (options.all && name === undefined) return allSessions(options)
  if (name === undefined) throw wrongUse('Name one session, or say --all.')
  if (options.all)
    throw wrongUse(`${name} and --all exclude each other. Name one session, or say --all.`)
  return [sessionNamed(name, options)]
}

async function rebuildOne(
  session: FoundSession,
  to: string,
  progress: ProgressBar,
): Promise<Rebuilt> {
  try {
    return await rebuildSession(session.folder, to, (bytes) => progress.add(bytes))
  } finally {
    progress.clear()
  }
}

async function tell({ id }: FoundSession, rebuilt: Rebuilt): Promise<void> {
  const { damage } = rebuilt
  const folder = printable(rebuilt.folder)
  const where = `tacho show ${printable(id)} --sessions-dir ${printable(dirname(rebuilt.folder))}`
  await write(`${folder}: ${spanWords(rebuilt)}. To see them: ${where}\n`)
  if (damage.length === 0) return
  const lines = damage.map((one) => `  ${damageWords(one)}`)
  note(['some of it could not be read, and is not in the spans:', ...lines].join('\n'))
}

function spanWords({ ended, open }: Rebuilt): string {
  const spans = ended + open === 1 ? '1 span' : `${ended + open} spans`
  return open === 0 ? spans : `${spans}, ${open} of them without an end`
}

/** A failure takes precedence over an incomplete result. */
function exitWith(code: number): void {
  if (process.exitCode !== EXIT.failure) process.exitCode = code
}
