import { readSession, timelineOf } from '@tacho/reader'
import type { Command } from 'commander'
import { noteDamage } from '../damage-note.js'
import { jsonText } from '../json-text.js'
import { outputWidth, write } from '../output.js'
import {
  SESSION_ARGUMENT,
  type SessionOptions,
  sessionNamed,
  withSessionsDir,
} from '../session-options.js'
import { headerLines } from '../show/header.js'
import { sessionJson } from '../show/json.js'
import { lossLines } from '../show/losses.js'
import { TIMELINE_COLUMNS, timelineRows } from '../show/timeline.js'
import { tableLines } from '../table.js'
import { traceUrl } from '../trace-url.js'

/** `tacho show`: one session, with its turns and exchanges in their order. */
export function addShowCommand(tacho: Command): void {
  const command = tacho
    .command('show')
    .description('show a session: how it ended, and its exchanges in their order')
    .argument(...SESSION_ARGUMENT)
    .option('--json', 'print one object')
    .action(show)
  withSessionsDir(command)
}

async function show(name: string, options: SessionOptions & { json?: boolean }): Promise<void> {
  const { folder } = sessionNamed(name, options)
  const session = await readSession(folder)
  const trace = traceUrl(session, process.env)
  noteDamage(session, options.json ? '"damage" tells what.' : 'the end of the output tells what.')
  if (options.json) {
    await write(`${jsonText(sessionJson(session, trace), 2)}\n`)
    return
  }
  for (const line of headerLines(session, trace)) await write(`${line}\n`)
  const rows = timelineRows(session, timelineOf(session))
  if (rows.length > 0) await write('\n')
  for (const line of rows.length > 0 ? tableLines(TIMELINE_COLUMNS, rows, outputWidth()) : []) {
    await write(`${line}\n`)
  }
  for (const line of lossLines(session)) await write(`${line}\n`)
}
