import { SESSION_FILES } from '@tacho/format'
import { chunkHeadOf } from '../raw-log/chunk-head.js'
import { readLog } from '../read-log.js'
import type { Session } from '../read-session.js'
import type { SqlRow } from './rows.js'

const CHUNKS_IN_BLOCK = 4096

/**
 * The chunks of a session, of which there may be a million: as rows they would take 200 MB, so each
 * is three numbers outside V8's heap until its row is made. Their bytes are counted in the log,
 * without decoding.
 */
export class ChunkTable {
  /** The exchanges that have chunks. */
  readonly #ids: readonly string[]
  /** The place of its exchange among them, its time and its length, for each chunk. */
  readonly #blocks: Float64Array[] = []
  #count = 0
  /** The numbers of those exchanges; 0 for one that is not known. */
  #numbers: Uint32Array

  constructor(folder: string) {
    const places = new Map<string, number>()
    const wanted = (line: Buffer): boolean => {
      const head = chunkHeadOf(line)
      if (head === undefined) return false
      const place = places.get(head.exchange) ?? places.size
      if (place === places.size) places.set(head.exchange, place)
      this.#add(place, head.at, line.length - head.length)
      return false
    }
    for (const _ of readLog(folder, SESSION_FILES.raw, () => undefined, { wanted }));
    this.#ids = [...places.keys()]
    this.#numbers = new Uint32Array(this.#ids.length)
  }

  /** Takes the numbers of the exchanges from the session. */
  take({ exchanges }: Session): void {
    const numbers = new Map(exchanges.map(({ id, number }) => [id, number]))
    this.#numbers = Uint32Array.from(this.#ids, (id) => numbers.get(id) ?? 0)
  }

  *rowsOf(session_id: string): Generator<SqlRow> {
    const counts = new Uint32Array(this.#ids.length)
    const times = new Float64Array(this.#ids.length)
    for (const [place, at, line_bytes] of this.#chunks()) {
      const number = (counts[place] ?? 0) + 1
      const gap = at - (times[place] ?? 0)
      counts[place] = number
      times[place] = at
      const row = {
        ...{ session_id, exchange_id: this.#ids[place] },
        ...{ exchange: this.#numbers[place] || undefined, number },
        at_ms: at / 1000,
        gap_ms: number === 1 ? undefined : gap / 1000,
        line_bytes,
      }
      yield { table: 'chunks', row }
    }
  }

  #add(place: number, at: number, length: number): void {
    const free = 3 * (this.#count % CHUNKS_IN_BLOCK)
    if (free === 0) this.#blocks.push(new Float64Array(3 * CHUNKS_IN_BLOCK))
    this.#blocks.at(-1)?.set([place, at, length], free)
    this.#count += 1
  }

  *#chunks(): Generator<[place: number, at: number, length: number]> {
    for (let index = 0; index < this.#count; index += 1) {
      const block = this.#blocks[Math.floor(index / CHUNKS_IN_BLOCK)]
      const from = 3 * (index % CHUNKS_IN_BLOCK)
      yield [block?.[from] ?? 0, block?.[from + 1] ?? 0, block?.[from + 2] ?? 0]
    }
  }
}
