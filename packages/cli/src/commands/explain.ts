import { keptExplanation, unreadOf } from '@tacho/reader'
import type { Command } from 'commander'
import { noteDamage } from '../damage-note.js'
import { explanationJson } from '../explain/json.js'
import { explanationLines } from '../explain/lines.js'
import { jsonText } from '../json-text.js'
import { note, outputWidth, write } from '../output.js'
import { writeLines } from '../pager.js'
import {
  SESSION_ARGUMENT,
  type SessionOptions,
  sessionNamed,
  withSessionsDir,
} from '../session-options.js'

/** Adds `tacho explain`: how a session ended and why, with the evidence. */
export function addExplainCommand(tacho: Command): void {
  const command = tacho
    .command('explain')
    .description('explain how a session ended and why, with evidence and what to do next')
    .argument('[session]', SESSION_ARGUMENT[1], 'last')
    .option('--json', 'print one object')
    .action(explain)
  withSessionsDir(command)
}

async function explain(name: string, options: SessionOptions & { json?: boolean }): Promise<void> {
  const { folder } = sessionNamed(name, options)
  const explanation = await keptExplanation(folder)
  noteDamage(explanation.session, 'tacho verify tells what.')
  const unread = unreadOf(explanation)
  if (unread !== undefined) note(`${unread}.`)
  if (options.json) {
    await write(`${jsonText(explanationJson(explanation), 2)}\n`)
    return
  }
  await writeLines(explanationLines(explanation, outputWidth()))
}
