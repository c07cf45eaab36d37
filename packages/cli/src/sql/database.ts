import {
  type Columns,
  cellOf,
  type Row,
  SQL_TABLE_NAMES,
  SQL_TABLES,
  type SqlTable,
} from '@tacho/reader'
import { CommandError, EXIT } from '../command-error.js'

/** The result of a query: the names of its columns, their DuckDB types, and its rows. */
export type QueryResult = { columns: string[]; types: string[]; rows: unknown[][] }

/** DuckDB in memory, with our tables and nothing else: no files, no network, no extensions. */
export type Database = {
  /** Appends rows to a table. */
  fill(table: SqlTable): { add(row: Row<Columns>): void; close(): void }
  /**
   * Runs statements; returns the result of the last one.
   *
   * @throws CommandError `sql-error`
   */
  run(statements: string): Promise<QueryResult>
  close(): void
}

const TYPES = {
  text: 'VARCHAR',
  json: 'JSON',
  integer: 'BIGINT',
  double: 'DOUBLE',
  boolean: 'BOOLEAN',
  time: 'TIMESTAMP',
} as const

/**
 * Opens it. DuckDB is an optional dependency, loaded only here.
 *
 * @throws CommandError `sql-not-installed`
 */
export async function openDatabase(): Promise<Database> {
  const { DuckDBInstance, DuckDBTimestampValue } = await loadDuckDb()
  const instance = await DuckDBInstance.create(':memory:', {
    enable_external_access: 'false',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
  })
  const connection = await instance.connect()
  for (const [name, columns] of Object.entries(SQL_TABLES)) {
    const fields = Object.entries(columns).map(([column, type]) => `"${column}" ${TYPES[type]}`)
    await connection.run(`CREATE TABLE "${name}" (${fields.join(', ')})`)
  }
  await connection.run('SET lock_configuration = true')
  const appenders = new Map<SqlTable, Awaited<ReturnType<typeof connection.createAppender>>>()
  for (const name of SQL_TABLE_NAMES) appenders.set(name, await connection.createAppender(name))
  return {
    fill(table) {
      const appender = appenders.get(table)
      const columns = Object.entries(SQL_TABLES[table] as Columns)
      return {
        add(row) {
          if (appender === undefined) return
          for (const [name, type] of columns) {
            const cell = cellOf(type, row[name])
            if (cell === null) appender.appendNull()
            else if (type === 'time') {
              appender.appendTimestamp(new DuckDBTimestampValue(cell as bigint))
            } else if (type === 'integer') appender.appendBigInt(cell as bigint)
            else if (type === 'double') appender.appendDouble(cell as number)
            else if (type === 'boolean') appender.appendBoolean(cell as boolean)
            else appender.appendVarchar(cell as string)
          }
          appender.endRow()
        },
        close: () => appender?.flushSync(),
      }
    },
    async run(statements) {
      try {
        const extracted = await connection.extractStatements(statements)
        let last: QueryResult = { columns: [], types: [], rows: [] }
        for (let index = 0; index < extracted.count; index += 1) {
          const prepared = await extracted.prepare(index)
          const result = await prepared.runAndReadAll()
          last = {
            columns: result.columnNames(),
            types: result.columnTypes().map(String),
            rows: result.getRowsJson() as unknown[][],
          }
        }
        return last
      } catch (cause) {
        const words = (cause as Error).message.trim()
        throw new CommandError('sql-error', EXIT.failure, words, { cause })
      }
    },
    close() {
      for (const appender of appenders.values()) appender.closeSync()
      connection.closeSync()
      instance.closeSync()
    },
  }
}

async function loadDuckDb(): Promise<typeof import('@duckdb/node-api')> {
  try {
    return await import('@duckdb/node-api')
  } catch (cause) {
    const words =
      'DuckDB is not installed, or not for this platform. It is an optional dependency of @tacho/cli: npm install @duckdb/node-api'
    throw new CommandError('sql-not-installed', EXIT.failure, words, { cause })
  }
}
