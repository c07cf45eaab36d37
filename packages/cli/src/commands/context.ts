import { contextAt, conversationReader, shortenedHistories, usesOf } from '@tacho/reader'
import type { Command } from 'commander'
import { exchangeNumber } from '../chosen-exchange.js'
import { CommandError, EXIT } from '../command-error.js'
import { contextJson } from '../context/json.js'
import { contextLines, shortenedLines } from '../context/lines.js'
import { chosenRequest } from '../conversation/chosen-request.js'
import { noteDamage } from '../damage-note.js'
import { writeLines } from '../pager.js'
import {
  SESSION_ARGUMENT,
  type SessionOptions,
  sessionNamed,
  withSessionsDir,
} from '../session-options.js'
import { writeJson } from '../write-json.js'

/** Adds `tacho context`: what was in a model's context, largest first. */
export function addContextCommand(tacho: Command): void {
  const command = tacho
    .command('context')
    .description("list what filled the model's context, largest first, and what was dropped")
    .argument('[session]', SESSION_ARGUMENT[1], 'last')
    .argument('[n]', 'number of the exchange (default: the last one)', exchangeNumber)
    .option('--all', 'list every part, however small')
    .option('--json', 'print one object')
    .action(context)
  withSessionsDir(command)
}

/** As many as fit on a screen below the kinds. */
const PARTS_SHOWN = 20

async function context(
  name: string,
  number: number | undefined,
  { all = false, json = false, ...options }: SessionOptions & { all?: boolean; json?: boolean },
): Promise<void> {
  const reader = conversationReader(sessionNamed(name, options).folder)
  const uses = usesOf(reader.folder, (damage) => reader.damage.push(damage))
  noteDamage(reader)
  const exchange = chosenRequest(reader, number)
  const at = contextAt(reader, exchange, uses)
  const shortened = shortenedHistories(reader, exchange, uses)
  if (json) await writeJson(contextJson(at, shortened))
  else {
    const most = all ? Number.POSITIVE_INFINITY : PARTS_SHOWN
    await writeLines([...contextLines(at, most), ...shortenedLines(shortened)])
  }
  if (at.missing.length === 0) return
  const words = at.missing.map(({ reason }) => reason)
  throw new CommandError('incomplete', EXIT.incomplete, words.join('\n'))
}
