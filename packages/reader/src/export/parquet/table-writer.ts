import { type Cell, type Columns, cellOf, PARQUET_TYPES, type Row } from './columns.js'

/** Writes one table. */
export type TableWriter = { add(row: Row<Columns>): void; finish(): void }

/** Limits of a group of rows, which is held until it is written: its rows and its characters. */
const GROUP_ROWS = 50_000
const GROUP_CHARACTERS = 8 * 1024 * 1024

/** Starts a Parquet file, which is passed to `write` one group of rows at a time. */
export async function tableWriter(
  columns: Columns,
  write: (bytes: Uint8Array) => void,
): Promise<TableWriter> {
  // Only those who want Parquet wait for it.
  const { ByteWriter, ParquetWriter } = await import('hyparquet-writer')
  const types = Object.entries(columns)
  const buffer = new ByteWriter()
  const flush = (): void => {
    write(buffer.getBytes())
    buffer.index = 0
  }
  const fields = types.map(([name, type]) => ({
    name,
    ...PARQUET_TYPES[type],
    repetition_type: 'OPTIONAL' as const,
  }))
  const schema = [{ name: 'root', num_children: fields.length }, ...fields]
  const parquet = new ParquetWriter({ writer: buffer, schema, createdBy: 'tacho' })
  let group: Cell[][] = types.map(() => [])
  let rows = 0
  let characters = 0
  const writeGroup = (): void => {
    if (rows === 0) return
    const columnData = types.map(([name], index) => ({
      name,
      data: group[index] ?? [],
      offsetIndex: false,
    }))
    // Without a flush of its own, the buffer is written here, and nothing needs to be awaited.
    void parquet.write({ columnData, rowGroupSize: rows })
    flush()
    group = types.map(() => [])
    rows = 0
    characters = 0
  }
  return {
    add(row) {
      types.forEach(([name, type], index) => {
        const cell = cellOf(type, row[name])
        if (typeof cell === 'string') characters += cell.length
        group[index]?.push(cell)
      })
      rows += 1
      if (rows >= GROUP_ROWS || characters >= GROUP_CHARACTERS) writeGroup()
    },
    finish() {
      writeGroup()
      void parquet.finish()
      flush()
    },
  }
}

/** Returns a whole table as a Parquet file. */
export async function tableBytes(
  columns: Columns,
  rows: readonly Row<Columns>[],
): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  const writer = await tableWriter(columns, (bytes) => parts.push(Uint8Array.from(bytes)))
  for (const row of rows) writer.add(row)
  writer.finish()
  return Buffer.concat(parts)
}
