import type { RawRecord } from '@tacho/format'
import { exchangeIdOf } from './raw-record-of.js'

/** What the records before it say of a record. */
export type Judged = {
  /** It belongs to no exchange that is open. */
  isOrphan: boolean
  /** Why that is damage; absent where it is none, or a gap before it tells why. */
  damage?: string
}

/**
 * The order of a raw log's records, record by record: what belongs to an exchange stands between its
 * beginning and its end. The one rule for whoever reads such a log from its beginning.
 */
export class RawOrder {
  readonly #open = new Set<string>()
  readonly #ended = new Set<string>()
  #hasGap = false

  /** Lines before this place are known to be missing. */
  noteGap(): void {
    this.#hasGap = true
  }

  judge(record: RawRecord): Judged {
    if (record.kind === 'gap') {
      this.#hasGap = true
      return FITS
    }
    if (record.kind === 'message') return this.#ofConnection(record.connection, true)
    const id = exchangeIdOf(record)
    if (record.kind === 'exchange') {
      const { connection } = record
      const judged = connection === undefined ? FITS : this.#ofConnection(connection, false)
      this.#open.add(id)
      return judged
    }
    const judged = this.judgePart(id)
    if (record.kind === 'end' && !judged.isOrphan) this.noteExchange(id, true)
    return judged
  }

  /** The same for what an exchange consists of, but its beginning and its end. */
  judgePart(id: string): Judged {
    if (this.#open.has(id)) return FITS
    return this.#orphan(this.#ended.has(id) ? 'of an exchange that has ended' : BEGINNING_LOST)
  }

  /** An exchange that began before this place. */
  noteExchange(id: string, hasEnded: boolean): void {
    if (!hasEnded) {
      this.#open.add(id)
      return
    }
    this.#open.delete(id)
    this.#ended.add(id)
  }

  // A connection that is over can still be named: what passed last is told when there is time for it.
  #ofConnection(connection: string, isOrphan: boolean): Judged {
    if (this.#open.has(connection) || this.#ended.has(connection)) return FITS
    return { ...this.#orphan('of a connection whose beginning is lost'), isOrphan }
  }

  #orphan(damage: string): Judged {
    return this.#hasGap ? { isOrphan: true } : { isOrphan: true, damage }
  }
}

const FITS: Judged = { isOrphan: false }
const BEGINNING_LOST = 'of an exchange whose beginning is lost'
