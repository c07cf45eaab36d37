import {
  type FoundSession,
  type KeptRows,
  listSessions,
  openKeptRows,
  ReaderError,
  type SqlTable,
  sessionRow,
  sqlRows,
} from '@tacho/reader'
import { type Command, Option } from 'commander'
import { sinceOf } from '../age.js'
import { CommandError, EXIT } from '../command-error.js'
import { note, write } from '../output.js'
import { countedBar, progressBar } from '../progress-bar.js'
import { type SessionOptions, skippedOfAll, withSessionsDir } from '../session-options.js'
import { type Database, openDatabase } from '../sql/database.js'
import { formatted, SQL_FORMATS, type SqlFormat } from '../sql/format.js'
import { readStatements } from '../sql/prompt.js'
import { wantedTables } from '../sql/wanted-tables.js'

type SqlOptions = SessionOptions & { format: SqlFormat; since?: number; json?: boolean }

/** Adds `tacho sql`: any other question. */
export function addSqlCommand(tacho: Command): void {
  const command = tacho
    .command('sql')
    .description('query all sessions with SQL (DuckDB); without a query, prompt for queries')
    .argument('[query]', 'one or more statements')
    .addOption(
      new Option('--format <format>', 'output format').choices(SQL_FORMATS).default('table'),
    )
    .option('--json', 'same as --format json')
    .option('--since <when>', 'sessions active since: an age (7d, 12h) or a time', sinceOf)
    .action(sql)
  withSessionsDir(command)
}

async function sql(query: string | undefined, options: SqlOptions): Promise<void> {
  const format = options.json ? 'json' : options.format
  if (format === 'parquet' && process.stdout.isTTY) {
    const words = 'Parquet is not text. Write it into a file: tacho sql … --format parquet > FILE'
    throw new CommandError('wrong-use', EXIT.wrongUse, words)
  }
  const database = await openDatabase()
  try {
    const filled = new Set<SqlTable>()
    const run = async (statements: string): Promise<void> => {
      await fill(database, filled, wantedTables(statements), options)
      await write(await formatted(await database.run(statements), format))
    }
    if (query !== undefined) await run(query)
    else if (!(await readStatements(run))) process.exitCode = EXIT.failure
  } finally {
    database.close()
  }
}

/** Loads the tables that a query names and no query before it did. */
async function fill(
  database: Database,
  filled: Set<SqlTable>,
  wanted: ReadonlySet<SqlTable>,
  { roots, since }: SqlOptions,
): Promise<void> {
  const missing = new Set([...wanted].filter((table) => !filled.has(table)))
  if (missing.size === 0) return
  const bar = countedBar('reading sessions')
  const query = since === undefined ? {} : { since }
  const sessions = listSessions(roots, query, { onProgress: bar.show, onSkipped: skippedOfAll() })
  bar.clear()
  const writers = new Map([...missing].map((table) => [table, database.fill(table)]))
  if (missing.has('sessions')) {
    for (const summary of sessions) writers.get('sessions')?.add(sessionRow(summary))
  }
  const progress = progressBar('reading', sessions.length)
  const kept = openKeptRows()
  for (const session of sessions) {
    await fillFrom(session, missing, kept, (table, row) => writers.get(table)?.add(row))
    progress.add(1)
  }
  kept.close()
  progress.clear()
  for (const writer of writers.values()) writer.close()
  for (const table of missing) filled.add(table)
}

async function fillFrom(
  session: FoundSession,
  wanted: ReadonlySet<SqlTable>,
  kept: KeptRows,
  add: (table: SqlTable, row: object) => void,
): Promise<void> {
  try {
    for await (const { table, row } of sqlRows(session, wanted, kept)) add(table, row)
  } catch (error) {
    // One unreadable session must not hide the others.
    if (!(error instanceof ReaderError)) throw error
    note(error.message)
    process.exitCode = EXIT.incomplete
  }
}
