import { tableBytes } from '@tacho/reader'
import { jsonText } from '../json-text.js'
import { outputWidth } from '../output.js'
import { printable } from '../printable.js'
import { tableLines } from '../table.js'
import type { QueryResult } from './database.js'

export const SQL_FORMATS = ['table', 'csv', 'json', 'parquet'] as const

export type SqlFormat = (typeof SQL_FORMATS)[number]

/** Formats the result of a query, ready to be written. */
export async function formatted(
  result: QueryResult,
  format: SqlFormat,
): Promise<string | Uint8Array> {
  switch (format) {
    case 'table':
      return `${tableText(result)}\n`
    case 'csv':
      return csvText(result)
    case 'json':
      return `${jsonText(objectsOf(result), 2)}\n`
    case 'parquet':
      return parquetBytes(result)
    default:
      return format satisfies never
  }
}

function tableText({ columns, types, rows }: QueryResult): string {
  const shown = columns.map((title, index) => {
    const align = isNumber(types[index]) ? { align: 'right' as const } : {}
    return { title: printable(title), ...align, cut: 'end' as const, least: 8 }
  })
  const cells = rows.map((row) => row.map((value) => printable(textOf(value))))
  return tableLines(shown, cells, outputWidth()).join('\n')
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** RFC 4180, with a header line; what is absent is an empty field. */
function csvText({ columns, rows }: QueryResult): string {
  const lines = [columns, ...rows.map((row) => row.map(textOf))]
  const text = lines.map((fields) => `${fields.map(csvField).join(',')}\r\n`).join('')
  // A file gets the exact texts; a terminal would interpret them.
  return process.stdout.isTTY ? printable(text.replaceAll('\r\n', '\n'), 'lines') : text
}

function csvField(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

function objectsOf({ columns, types, rows }: QueryResult): object[] {
  return rows.map((row) =>
    Object.fromEntries(columns.map((name, index) => [name, jsonValue(row[index], types[index])])),
  )
}

// DuckDB returns 64-bit integers and decimals as strings; those that fit become numbers here.
function jsonValue(value: unknown, type: string | undefined): unknown {
  if (type === 'JSON' && typeof value === 'string') return JSON.parse(value)
  if (typeof value !== 'string' || !isNumber(type)) return value
  const number = Number(value)
  return Number.isInteger(number) && !Number.isSafeInteger(number) ? value : number
}

function isNumber(type = ''): boolean {
  return /INT|DOUBLE|FLOAT|DECIMAL|REAL/.test(type)
}

function parquetBytes({ columns, types, rows }: QueryResult): Promise<Uint8Array> {
  const kinds = types.map((type) => {
    if (type === 'BOOLEAN') return 'boolean' as const
    if (type.startsWith('TIMESTAMP')) return 'time' as const
    if (/INT/.test(type) && !/\[/.test(type)) return 'integer' as const
    return isNumber(type) && !/\[/.test(type) ? ('double' as const) : ('text' as const)
  })
  const named = unique(columns)
  const fields = Object.fromEntries(named.map((name, index) => [name, kinds[index] ?? 'text']))
  const records = rows.map((row) =>
    Object.fromEntries(
      named.map((name, index) => [name, parquetValue(row[index], kinds[index] ?? 'text')]),
    ),
  )
  return tableBytes(fields, records)
}

function parquetValue(value: unknown, kind: 'boolean' | 'time' | 'integer' | 'double' | 'text') {
  if (value === null || value === undefined) return undefined
  if (kind === 'integer' || kind === 'double') return Number(value)
  if (kind === 'time') return Date.parse(`${String(value).slice(0, 23).replace(' ', 'T')}Z`) * 1000
  return kind === 'boolean' ? value : textOf(value)
}

// A query can return two columns with the same name; a file cannot have them.
function unique(names: readonly string[]): string[] {
  const seen = new Map<string, number>()
  return names.map((name) => {
    const count = seen.get(name) ?? 0
    seen.set(name, count + 1)
    return count === 0 ? name : `${name}_${count}`
  })
}
