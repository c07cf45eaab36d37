import { gzipSync } from 'node:zlib'
import { DIRECTORY_ID, type Directory, TABLES, type TableName } from '../../api/embedded.js'

/** How much JSON is packed and unpacked at a time. */
const BLOCK_CHARACTERS = 256 * 1024

/** Packs the rows of tables into elements of a page that are neither run nor shown. */
export class Blocks {
  readonly #tables = Object.fromEntries(
    TABLES.map((name) => [name, { rows: 0, first: 0, waiting: [] as string[], characters: 0 }]),
  ) as Record<TableName, { rows: number; first: number; waiting: string[]; characters: number }>
  readonly #directory: Directory
  #blocks = 0

  constructor(id: string) {
    this.#directory = {
      id,
      tables: Object.fromEntries(
        TABLES.map((name) => [name, []]),
      ) as unknown as Directory['tables'],
    }
  }

  /** Returns how many rows a table has so far. */
  rows(name: TableName): number {
    return this.#tables[name].rows
  }

  /** Adds a row, and yields the block that it completes, if any. */
  *add(name: TableName, row: unknown): Generator<string> {
    const table = this.#tables[name]
    const json = JSON.stringify(row)
    table.waiting.push(json)
    table.characters += json.length
    table.rows += 1
    if (table.characters >= BLOCK_CHARACTERS) yield this.#block(name)
  }

  /** Yields the remaining blocks, and the directory. */
  *end(): Generator<string> {
    for (const name of TABLES) if (this.#tables[name].waiting.length > 0) yield this.#block(name)
    // Even in an element that is not run, `<` could begin its end tag.
    const directory = JSON.stringify(this.#directory).replaceAll('<', '\\u003c')
    yield `<script type="application/json" id="${DIRECTORY_ID}">${directory}</script>\n`
  }

  #block(name: TableName): string {
    const table = this.#tables[name]
    const packed = gzipSync(`[${table.waiting.join(',')}]`).toString('base64')
    const id = `block-${this.#blocks}`
    this.#blocks += 1
    this.#directory.tables[name].push([table.first, id])
    table.first = table.rows
    table.waiting = []
    table.characters = 0
    return `<script type="text/plain" id="${id}">${packed}</script>\n`
  }
}
