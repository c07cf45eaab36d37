import type { Session } from '../../read-session.js'
import { rowsOf } from './rows.js'
import { type TableWriter, tableWriter } from './table-writer.js'
import { TABLES, type TableName } from './tables.js'

/** Writes sessions to one Parquet file per table. */
export type ParquetTables = {
  add(session: Session): void
  finish(): void
}

/** The names of the tables. */
export const PARQUET_TABLES = Object.keys(TABLES) as TableName[]

/**
 * @param write receives the bytes of each table's file, in order; they are valid until it returns.
 */
export async function parquetTables(
  write: (table: TableName, bytes: Uint8Array) => void,
): Promise<ParquetTables> {
  const writers = new Map<TableName, TableWriter>()
  for (const table of PARQUET_TABLES) {
    writers.set(table, await tableWriter(TABLES[table], (bytes) => write(table, bytes)))
  }
  return {
    add(session) {
      for (const { table, row } of rowsOf(session)) writers.get(table)?.add(row)
    },
    finish() {
      for (const writer of writers.values()) writer.finish()
    },
  }
}
