import type { SchemaElement } from 'hyparquet'
import { type ColumnType, rowsOf, type Table } from './tables.js'

/** Rows that are held at once; a session of 20,000 spans takes some 30 MB so. */
const ROW_GROUP = 20_000

/**
 * Writes one table of sessions as a Parquet file.
 *
 * @param path a file that is there and empty.
 * @returns how many rows it has.
 */
export async function writeTable(
  table: Table,
  folders: readonly string[],
  path: string,
): Promise<number> {
  // Loaded by nobody else.
  const { fileWriter, parquetWriteRows } = await import('hyparquet-writer')
  let count = 0
  async function* counted() {
    for await (const row of rowsOf(table, folders)) {
      count += 1
      yield row
    }
  }
  await parquetWriteRows({
    writer: fileWriter(path),
    rows: counted(),
    columns: Object.keys(table.columns).map((name) => ({ name })),
    schema: schemaOf(table),
    rowGroupSize: ROW_GROUP,
    createdBy: 'Tacho',
  })
  return count
}

function schemaOf({ columns }: Table): SchemaElement[] {
  const elements = Object.entries(columns).map(([name, type]) => ({
    name,
    repetition_type: 'OPTIONAL' as const,
    ...PARQUET[type],
  }))
  return [{ name: 'root', num_children: elements.length }, ...elements]
}

const PARQUET: Record<ColumnType, Pick<SchemaElement, 'type' | 'converted_type'>> = {
  STRING: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  JSON: { type: 'BYTE_ARRAY', converted_type: 'JSON' },
  BOOLEAN: { type: 'BOOLEAN' },
  INT64: { type: 'INT64' },
  DOUBLE: { type: 'DOUBLE' },
  TIMESTAMP_MICROS: { type: 'INT64', converted_type: 'TIMESTAMP_MICROS' },
}
