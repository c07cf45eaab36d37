import { SQL_TABLE_NAMES, type SqlTable } from '@tacho/reader'

/**
 * Returns the tables that statements name: only those are loaded, because a count of sessions needs
 * no bodies. A statement that can build table names at run time gets all of them.
 */
export function wantedTables(statements: string): ReadonlySet<SqlTable> {
  if (/\bquery(?:_table)?\s*\(/i.test(statements)) return new Set(SQL_TABLE_NAMES)
  return new Set(
    SQL_TABLE_NAMES.filter((name) => new RegExp(`\\b${name}\\b`, 'i').test(statements)),
  )
}
