import type { RawRecord } from '@tacho/format'
import { exchangeIdOf } from './raw-record-of.js'

/** What a record is, given the records before it. */
export type Judged = {
  /** It belongs to no open exchange. */
  isOrphan: boolean
  /** Why that is damage; absent if it is not, or an earlier gap explains it. */
  damage?: string
}

/**
 * Checks the order of a raw log's records, one by one: what belongs to an exchange comes between
 * its start and its end. Everything that reads such a log from its start uses this rule.
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

  /** The same for the parts of an exchange, other than its start and end. */
  judgePart(id: string): Judged {
    if (this.#open.has(id)) return FITS
    return this.#orphan(this.#ended.has(id) ? 'of an exchange that has ended' : BEGINNING_LOST)
  }

  /** Adds an exchange that began before this place. */
  noteExchange(id: string, hasEnded: boolean): void {
    if (!hasEnded) {
      this.#open.add(id)
      return
    }
    this.#open.delete(id)
    this.#ended.add(id)
  }

  // A closed connection can still be named, because its last bytes are recorded when there is time.
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
