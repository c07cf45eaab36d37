import { wellFormedJson } from '@tacho/format'

/** The type of a column. `time`: microseconds since 1970. `json`: any value, as JSON text. */
export type ColumnType = 'text' | 'integer' | 'double' | 'boolean' | 'time' | 'json'

/** The columns of a table by their names, in order. */
export type Columns = Record<string, ColumnType>

/** A row of a table; what is absent is null. */
export type Row<Table extends Columns> = { [Name in keyof Table]?: unknown }

/** Parquet's names for the types: integers have 64 bits, times are UTC. */
export const PARQUET_TYPES = {
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  json: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  integer: { type: 'INT64' },
  double: { type: 'DOUBLE' },
  boolean: { type: 'BOOLEAN' },
  time: { type: 'INT64', converted_type: 'TIMESTAMP_MICROS' },
} as const satisfies Record<ColumnType, object>

/** Converts a value for its column; null if its type is wrong, because it comes from a file. */
export function cellOf(type: ColumnType, value: unknown): Cell {
  if (value === undefined || value === null) return null
  switch (type) {
    case 'text':
      return typeof value === 'string' ? value : null
    case 'json':
      return wellFormedJson(JSON.stringify(value))
    case 'integer':
    case 'time':
      return Number.isSafeInteger(value) ? BigInt(value as number) : null
    case 'double':
      return Number.isFinite(value) ? (value as number) : null
    case 'boolean':
      return typeof value === 'boolean' ? value : null
    default:
      return type satisfies never
  }
}

export type Cell = string | bigint | number | boolean | null
