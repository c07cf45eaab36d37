import { existsSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import {
  type FoundSession,
  PARQUET_TABLES,
  type ParquetTables,
  parquetTables,
  ReaderError,
  readSession,
  verifiableBytes,
} from '@tacho/reader'
import type { Command } from 'commander'
import { chosenSessions, type ManySessionsOptions, withManySessions } from '../chosen-sessions.js'
import { CommandError, EXIT } from '../command-error.js'
import { noteDamage } from '../damage-note.js'
import { note } from '../output.js'
import { type ProgressBar, progressBar } from '../progress-bar.js'
import { byteCount } from '../quantities.js'
import { withSessionsDir } from '../session-options.js'
import { type OutputFile, outputFile } from './output-file.js'

type ParquetOptions = ManySessionsOptions & { output: string; force?: boolean }

/** Adds `tacho export parquet`: sessions as tables. */
export function addParquetExport(parent: Command): void {
  const command = parent
    .command('parquet')
    .description(`tables for DuckDB and others: ${PARQUET_TABLES.join(', ')}`)
    .option('-o, --output <dir>', 'the folder for the files; it is made if need be', '.')
    .option('-f, --force', 'replace files that are there')
    .action(exportParquet)
  withSessionsDir(withManySessions(command))
}

async function exportParquet(names: string[], options: ParquetOptions): Promise<void> {
  const sessions = chosenSessions(names, options)
  makeFolder(options.output)
  const files = new Map<string, OutputFile>()
  const total = sessions.reduce((sum, { folder }) => sum + verifiableBytes(folder), 0)
  const progress = progressBar('exporting', total)
  try {
    for (const table of PARQUET_TABLES) {
      const path = join(options.output, `${table}.parquet`)
      files.set(table, outputFile(path, options.force ?? false))
    }
    let bytes = 0
    const tables = await parquetTables((table, part) => {
      bytes += part.length
      files.get(table)?.write(part)
    })
    const read = await addAll(tables, sessions, progress)
    tables.finish()
    for (const file of files.values()) file.finish()
    progress.clear()
    const what = `${PARQUET_TABLES.join('.parquet, ')}.parquet`
    const count = read === 1 ? '1 session' : `${read} sessions`
    note(
      `${join(options.output, '')}: ${what} of ${count}, ${byteCount(bytes)}. Query them with DuckDB.`,
    )
  } finally {
    progress.clear()
    for (const file of files.values()) file[Symbol.dispose]()
  }
}

async function addAll(
  tables: ParquetTables,
  sessions: readonly FoundSession[],
  progress: ProgressBar,
): Promise<number> {
  let read = 0
  for (const { folder } of sessions) {
    try {
      const session = await readSession(folder)
      if (session.damage.length > 0) {
        progress.clear()
        noteDamage(session)
      }
      tables.add(session)
      read += 1
    } catch (error) {
      // One unreadable session must not keep the others from it.
      if (sessions.length === 1 || !(error instanceof ReaderError)) throw error
      progress.clear()
      note(error.message)
      process.exitCode = EXIT.incomplete
    }
    progress.add(verifiableBytes(folder))
  }
  return read
}

function makeFolder(folder: string): void {
  // Level by level: if folders cannot be created, as in /proc, Node's `recursive` never ends.
  if (existsSync(folder)) return
  makeFolder(dirname(folder))
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    const text = `${folder} cannot be made (${code ?? message}).`
    throw new CommandError('cannot-write', EXIT.failure, text, { cause })
  }
}
