import {
  countEnd,
  type EndedExchanges,
  noneEnded,
  type RawRecord,
  type RequestBodyRecord,
  SESSION_FILES,
} from '@tacho/format'
import type { EvidencePlace, RunSeen } from '@tacho/model'
import type { ReportDamage } from '../damage.js'
import { exchangeIdOf } from '../raw-record-of.js'
import type { Session } from '../read-session.js'
import { writesEvents } from '../session-damage.js'
import type { Sound } from '../sound-records.js'
import { checkManifest } from '../verify/check-manifest.js'

/**
 * Counts the records of a raw log, to find out which are missing: a log that was cut between two
 * lines is in itself as good as any other.
 */
export class RecordsSeen {
  readonly #runs = new Map<string, { run: string; isPrewarm: boolean }>()
  readonly #records = new Map<string, number>()
  readonly #ended = new Map<string, Required<EndedExchanges>>()
  /** Of each request body its length, because later ones can copy from it. */
  readonly #bodies = new Map<string, number>()
  /** Bodies that others copy from and that are not there, with the first of those. */
  readonly #missing = new Map<string, EvidencePlace>()
  #hasGap = false

  take({ record, file, line }: Sound<RawRecord>): void {
    if (record.kind === 'gap') {
      this.#hasGap = true
      return
    }
    if (record.kind === 'exchange') {
      const { run, prewarm } = record
      this.#runs.set(record.exchange, { run, isPrewarm: prewarm === true })
    }
    const id = exchangeIdOf(record)
    this.count(id, 1)
    if (record.kind === 'end') this.#end(record)
    if (record.kind === 'request-body') this.#body(record, { file, line })
  }

  /** Counts records of an exchange that need not have been read. */
  count(exchange: string, records: number): void {
    const run = this.#runs.get(exchange)?.run ?? ''
    this.#records.set(run, (this.#records.get(run) ?? 0) + records)
  }

  /** Reports what is missing, if nothing else explains it: a gap, or damage that is known. */
  report(
    { manifest, spans, damage }: Session,
    runs: readonly RunSeen[],
    report: ReportDamage,
  ): void {
    if (this.#hasGap) return
    for (const [copied, { file, line }] of this.#missing) {
      const reason = `copies from the request of exchange ${copied}, which is not there`
      report({ file, line, lines: 1, reason })
    }
    if (manifest === undefined || damage.length > 0) return
    const seen = new Map(runs.map((run) => [run.id, run]))
    const events = new Map<string, { hasEnded: boolean }>()
    for (const run of manifest.runs) {
      const { id, endedAt, lost } = run
      const { after, ended } = seen.get(id) ?? {}
      if (after !== undefined) events.set(id, { hasEnded: ended !== undefined })
      if (endedAt === undefined || lost !== undefined) continue
      const missing = (after ?? 0) - (this.#records.get(id) ?? 0)
      if (missing > 0) {
        const reason = `${missing} of the ${after} records of run ${id} are missing, by the events`
        report({ file: SESSION_FILES.raw, lines: 0, reason })
      }
      if (after === undefined && writesEvents(run))
        report({ file: SESSION_FILES.events, lines: 0, reason: `run ${id} has no events` })
    }
    const raw = { ended: this.#ended, gaps: [] }
    const logs = { raw, spans: { spans, lost: [] }, events: { runs: events, lost: [] }, damage }
    checkManifest(manifest, logs, report)
  }

  #end(record: Extract<RawRecord, { kind: 'end' }>): void {
    const { run = '', isPrewarm = false } = this.#runs.get(record.exchange) ?? {}
    const counts = this.#ended.get(run) ?? noneEnded()
    countEnd(counts, record, isPrewarm)
    this.#ended.set(run, counts)
  }

  #body({ exchange, content, bytes }: RequestBodyRecord, place: EvidencePlace): void {
    this.#bodies.set(exchange, bytes)
    if (typeof content === 'string' || this.#hasGap) return
    for (const piece of content) {
      if (typeof piece === 'string' || !('copy' in piece)) continue
      const { copy, at, length } = piece
      if (at + length <= (this.#bodies.get(copy) ?? -1)) continue
      if (this.#missing.size < MOST_MISSING && !this.#missing.has(copy))
        this.#missing.set(copy, place)
    }
  }
}

/** More of them say nothing more. */
const MOST_MISSING = 100
