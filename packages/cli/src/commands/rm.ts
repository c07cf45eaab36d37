import { removeSession } from '@tacho/reader'
import type { Command } from 'commander'
import { jsonText } from '../json-text.js'
import { write } from '../output.js'
import { noteKept, removedWords } from '../removed-words.js'
import {
  SESSION_ARGUMENT,
  type SessionOptions,
  sessionsNamed,
  withSessionsDir,
} from '../session-options.js'

type RmOptions = SessionOptions & { dryRun?: boolean; json?: boolean }

/** Adds `tacho rm`: removes sessions. */
export function addRmCommand(tacho: Command): void {
  const command = tacho
    .command('rm')
    .description("remove sessions; the agent's own files stay")
    .argument('<session...>', SESSION_ARGUMENT[1])
    .option('--dry-run', 'only say what would be removed')
    .option('--json', 'print an array of objects')
    .action(rm)
  withSessionsDir(command)
}

async function rm(names: string[], options: RmOptions): Promise<void> {
  const isDry = options.dryRun ?? false
  // All are found before any is removed: afterwards, a prefix could match a different id.
  const sessions = sessionsNamed(names, options)
  const results: object[] = []
  for (const session of sessions) {
    const removed = removeSession(session, { isDry })
    results.push({ ...session, ...removed })
    if (!options.json) await write(`${removedWords(session, removed, isDry)}\n`)
    noteKept(session, removed)
  }
  if (options.json) await write(`${jsonText(results, 2)}\n`)
}
