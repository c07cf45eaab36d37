import { cancellationsOf, readSession } from '@tacho/reader'
import type { Command } from 'commander'
import { cancellationJson } from '../cancellations/json.js'
import {
  CANCELLATION_COLUMNS,
  cancellationRows,
  cancellationTotalLines,
} from '../cancellations/table.js'
import { withTexts } from '../cancellations/texts.js'
import { noteDamage } from '../damage-note.js'
import { jsonText } from '../json-text.js'
import { note, outputWidth, write } from '../output.js'
import { writeLines } from '../pager.js'
import {
  SESSION_ARGUMENT,
  type SessionOptions,
  sessionNamed,
  withSessionsDir,
} from '../session-options.js'
import { tableLines } from '../table.js'

/** Adds `tacho cancellations`: what was stopped before its end, and how much had arrived. */
export function addCancellationsCommand(tacho: Command): void {
  const command = tacho
    .command('cancellations')
    .description('list what was stopped early, by whom, and how much had arrived')
    .argument('[session]', SESSION_ARGUMENT[1], 'last')
    .option('--json', 'print an array of objects')
    .action(cancellations)
  withSessionsDir(command)
}

async function cancellations(
  name: string,
  options: SessionOptions & { json?: boolean },
): Promise<void> {
  const { folder } = sessionNamed(name, options)
  const session = await readSession(folder)
  const cancellations = cancellationsOf(session)
  noteDamage(session)
  const cut = withTexts(folder, cancellations)
  if (options.json) {
    const objects = cut.map(({ cancellation, text }) => ({
      ...cancellationJson(cancellation),
      text: text ?? null,
    }))
    await write(`${jsonText(objects, 2)}\n`)
    return
  }
  if (cancellations.length === 0) {
    note('nothing was cancelled in this session.')
    return
  }
  const lines = tableLines(CANCELLATION_COLUMNS, cancellationRows(cut), outputWidth())
  await writeLines([...lines, '', ...cancellationTotalLines(cancellations)])
}
