import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { PARQUET_TABLES, writeParquetTable } from '@tacho/reader'
import type { Command } from 'commander'
import { jsonText } from '../json-text.js'
import { write } from '../output.js'
import { printable } from '../printable.js'
import { progressBar } from '../progress-bar.js'
import { type SessionOptions, withSessionsDir } from '../session-options.js'
import { type ChoiceOptions, chosenSessions, withChoice } from './chosen-sessions.js'
import { makeFile } from './output-file.js'

type ParquetOptions = SessionOptions &
  ChoiceOptions & { output: string; force?: boolean; json?: boolean }

/** `tacho export parquet`: sessions as tables, for DuckDB and its like. */
export function addExportParquetCommand(parent: Command): void {
  const command = parent
    .command('parquet')
    .description('write spans, exchanges, approvals and log lines as Parquet tables')
  withChoice(command)
    .option('-o, --output <dir>', 'the folder for the four files', '.')
    .option('--force', 'write over files that are there')
    .option('--json', 'print an array of objects')
    .action(exportParquet)
  withSessionsDir(command)
}

async function exportParquet(names: string[], options: ParquetOptions): Promise<void> {
  const folders = chosenSessions(names, options).map(({ folder }) => folder)
  mkdirSync(options.output, { recursive: true, mode: 0o700 })
  const progress = progressBar('writing', PARQUET_TABLES.length)
  const written: { table: string; file: string; rows: number }[] = []
  for (const table of PARQUET_TABLES) {
    const file = join(options.output, `${table.name}.parquet`)
    let rows = 0
    await makeFile(file, options.force ?? false, async (draft) => {
      rows = await writeParquetTable(table, folders, draft)
    })
    written.push({ table: table.name, file, rows })
    progress.add(1)
  }
  progress.clear()
  if (options.json) await write(`${jsonText(written, 2)}\n`)
  else for (const { file, rows } of written) await write(`${printable(file)}  ${rows} rows\n`)
}
