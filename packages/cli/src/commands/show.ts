import { lastEntries, readSession, type Session, timelineOf } from '@tacho/reader'
import type { Command } from 'commander'
import { CommandError, EXIT } from '../command-error.js'
import { noteDamage } from '../damage-note.js'
import { inBlocks } from '../in-blocks.js'
import { jsonPieces } from '../json-text.js'
import { outputWidth, write } from '../output.js'
import { writeLines } from '../pager.js'
import {
  countOf,
  SESSION_ARGUMENT,
  type SessionOptions,
  sessionNamed,
  withSessionsDir,
} from '../session-options.js'
import { errorLines } from '../show/errors.js'
import { follow } from '../show/follow.js'
import { headerLines } from '../show/header.js'
import { sessionJson } from '../show/json.js'
import { lossLines } from '../show/losses.js'
import { TIMELINE_COLUMNS, timelineRows } from '../show/timeline.js'
import { styled } from '../style.js'
import { tableLinesOf } from '../table.js'
import { traceUrl } from '../trace-url.js'

type ShowOptions = SessionOptions & { json?: boolean; follow?: boolean; lines?: number }

/** Adds `tacho show`: one session, with its turns and exchanges in order. */
export function addShowCommand(tacho: Command): void {
  const command = tacho
    .command('show')
    .description('show a session: how it ended, and its exchanges in order')
    .argument('[session]', SESSION_ARGUMENT[1], 'last')
    .option('-n, --lines <n>', 'show only this many entries: the last ones', countOf)
    .option('-f, --follow', 'keep showing new entries while the session runs')
    .option('--json', 'print one object')
    .action(show)
  withSessionsDir(command)
}

async function show(name: string, options: ShowOptions): Promise<void> {
  if (options.json && options.follow) {
    throw new CommandError('wrong-use', EXIT.wrongUse, '--json does not go with --follow.')
  }
  if (options.lines !== undefined && (options.json || options.follow)) {
    throw new CommandError(
      'wrong-use',
      EXIT.wrongUse,
      '--lines goes with neither --json nor --follow.',
    )
  }
  const { folder } = sessionNamed(name, options)
  const session = await readSession(folder)
  const trace = traceUrl(session, process.env)
  if (options.json) {
    noteDamage(session, '"damage" tells what.')
    const pieces = jsonPieces(sessionJson(session, trace))
    for await (const block of inBlocks(pieces)) await write(block)
    await write('\n')
  } else if (options.follow) {
    for (const line of headerLines(session, trace)) await write(`${line}\n`)
    await write('\n')
    await follow(session)
  } else {
    noteDamage(session, 'the end of the output tells what.')
    await writeLines(linesOf(session, trace, options.lines))
  }
}

function leftOutWords(count: number): string {
  return count === 1 ? '1 earlier entry is left out' : `${count} earlier entries are left out`
}

function* linesOf(
  session: Session,
  trace: string | undefined,
  count = Number.POSITIVE_INFINITY,
): Generator<string> {
  yield* headerLines(session, trace)
  yield* errorLines(session)
  const { entries, before } = lastEntries(timelineOf(session), count)
  if (entries.some(({ kind }) => kind !== 'run')) {
    yield ''
    if (before > 0) yield styled('quiet', leftOutWords(before))
    yield* tableLinesOf(TIMELINE_COLUMNS, timelineRows(session, entries), outputWidth())
  }
  yield* lossLines(session)
}
