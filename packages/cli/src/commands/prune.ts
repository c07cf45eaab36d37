import {
  type FoundSession,
  listSessions,
  ReaderError,
  removableBytes,
  removeSession,
  type SessionSummary,
} from '@tacho/reader'
import { type Command, InvalidArgumentError } from 'commander'
import { ageOf } from '../age.js'
import { CommandError, EXIT } from '../command-error.js'
import { jsonText } from '../json-text.js'
import { note, write } from '../output.js'
import { countedBar } from '../progress-bar.js'
import { byteCount } from '../quantities.js'
import { noteKept, removedWords } from '../removed-words.js'
import { type SessionOptions, skippedOfAll, withSessionsDir } from '../session-options.js'

type PruneOptions = SessionOptions & {
  olderThan?: number
  largerThan?: number
  keep?: number
  dryRun?: boolean
  json?: boolean
}

/** Adds `tacho prune`: removes old or large sessions. */
export function addPruneCommand(tacho: Command): void {
  const command = tacho
    .command('prune')
    .description("remove sessions that are old or large; the agent's own files stay")
    .option('--older-than <age>', 'last active before: an age (30d, 12w)', ageOf)
    .option('--larger-than <size>', 'files larger than: 500MB, 2GB', sizeOf)
    .option('--keep <n>', 'keep the n newest sessions', countOf)
    .option('--dry-run', 'only say what would be removed')
    .option('--json', 'print an array of objects')
    .action(prune)
  withSessionsDir(command)
}

async function prune(options: PruneOptions): Promise<void> {
  const { olderThan, largerThan, keep, dryRun: isDry = false, json = false } = options
  if (olderThan === undefined && largerThan === undefined && keep === undefined) throw wrongUse()
  const bar = countedBar('reading sessions')
  const all = listSessions(options.roots, {}, { onProgress: bar.show, onSkipped: skippedOfAll() })
  bar.clear()
  const results: object[] = []
  let bytes = 0
  for (const summary of all.slice(keep ?? 0).filter((one) => isMeant(one, options))) {
    const { id, folder, root } = summary
    const session: FoundSession = { id, folder, root }
    try {
      const removed = removeSession(session, { isDry })
      bytes += removed.bytes
      results.push({ ...session, ...removed })
      if (!json) await write(`${removedWords(session, removed, isDry)}\n`)
      noteKept(session, removed)
    } catch (error) {
      // A session that cannot be removed must not keep the others.
      if (!(error instanceof ReaderError)) throw error
      note(error.message)
      process.exitCode = EXIT.failure
    }
  }
  if (json) await write(`${jsonText(results, 2)}\n`)
  else if (results.length === 0) note('no session matches.')
  else note(`${results.length} of ${all.length} sessions, ${byteCount(bytes)}.`)
}

function isMeant(session: SessionSummary, { olderThan, largerThan }: PruneOptions): boolean {
  const { ended, endedAt, lastStartedAt = '', newerFormat, folder } = session
  if (ended === 'running' || newerFormat !== undefined) return false
  const lastActive = Date.parse(endedAt ?? lastStartedAt)
  if (olderThan !== undefined && !(lastActive < Date.now() - olderThan)) return false
  return largerThan === undefined || removableBytes(folder) > largerThan
}

const UNITS: Record<string, number> = { '': 1, k: 1e3, m: 1e6, g: 1e9 }

function sizeOf(text: string): number {
  const [, amount, unit = ''] = /^(\d{1,9}(?:\.\d{1,3})?)\s?([kmg]?)b?$/i.exec(text) ?? []
  const factor = UNITS[unit.toLowerCase()]
  if (amount === undefined || factor === undefined) {
    throw new InvalidArgumentError('It must be a size: 500MB, 2GB, 100kB.')
  }
  return Number(amount) * factor
}

function countOf(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It is a number.')
  return Number(text)
}

function wrongUse(): CommandError {
  return new CommandError(
    'wrong-use',
    EXIT.wrongUse,
    'Say which: --older-than 30d, --larger-than 1GB, or --keep 100; --dry-run only tells.',
  )
}
