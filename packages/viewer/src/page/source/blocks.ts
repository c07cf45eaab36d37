import { DIRECTORY_ID, type Directory, type TableName } from '../../api/embedded.js'

/** How many of the last read blocks are kept unpacked. */
const KEPT = 24

/** The tables of an exported page. */
export class EmbeddedTables {
  readonly directory: Directory
  readonly #unpacked = new Map<string, Promise<unknown[]>>()

  constructor(directory: Directory) {
    this.directory = directory
  }

  /** Returns a row of a table; undefined if there is none. */
  async row(table: TableName, index: number): Promise<unknown> {
    const places = this.directory.tables[table]
    const place = places.findLast(([first]) => first <= index)
    if (place === undefined || index < 0) return undefined
    const rows = await this.#rows(place[1])
    return rows[index - place[0]]
  }

  /**
   * Returns the rows from an index to the end of its block, and the index of the first row after
   * them.
   */
  async rowsFrom(table: TableName, index: number): Promise<{ rows: unknown[]; next?: number }> {
    const places = this.directory.tables[table]
    const at = places.findLastIndex(([first]) => first <= index)
    const place = places[at]
    if (place === undefined) return { rows: [] }
    const rows = (await this.#rows(place[1])).slice(index - place[0])
    const next = places[at + 1]?.[0]
    return { rows, ...(next !== undefined && { next }) }
  }

  #rows(block: string): Promise<unknown[]> {
    const known = this.#unpacked.get(block)
    this.#unpacked.delete(block)
    const rows = known ?? unpacked(block)
    this.#unpacked.set(block, rows)
    for (const oldest of this.#unpacked.keys()) {
      if (this.#unpacked.size <= KEPT) break
      this.#unpacked.delete(oldest)
    }
    return rows
  }
}

/** Returns the directory of the page, if it is an exported one. */
export function embeddedDirectory(): Directory | undefined {
  const text = document.getElementById(DIRECTORY_ID)?.textContent
  return text ? JSON.parse(text) : undefined
}

async function unpacked(block: string): Promise<unknown[]> {
  const base64 = document.getElementById(block)?.textContent ?? ''
  const packed = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
  const plain = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'))
  return new Response(plain).json()
}
