import { createHash, type Hash, hash } from 'node:crypto'
import {
  BodyReader,
  bytesOf,
  type Content,
  countEnd,
  type EndedExchanges,
  type EndRecord,
  type GapRecord,
  lengthOf,
  MissingBytes,
  noneEnded,
  type RawRecord,
  type RequestBodyRecord,
  SESSION_FILES,
} from '@tacho/format'
import type { ReportDamage } from '../damage.js'
import { LOOK_UP_WORK, Work } from '../limits.js'
import { rawRecordOf } from '../raw-record-of.js'
import { type Place, readLog } from '../read-log.js'
import { rawRecords } from '../sound-records.js'
import { whyNotWhole } from '../why-not-whole.js'

/** A body whose content coding was broken on arrival: nothing of ours is damaged. */
export type BrokenBody = { exchange: number; side: 'request' | 'response'; reason: string }

/** What checking a raw log found, apart from damage. */
export type RawChecks = {
  bytes: number
  records: number
  requestBodies: number
  responseBodies: number
  gaps: GapRecord[]
  /** Bodies that are incomplete, according to a gap or their own record. */
  incompleteBodies: number
  /** Bodies that arrived broken, according to their records. */
  brokenBodies: BrokenBody[]
  /** For each run, how many exchanges ended in which way. */
  ended: Map<string, Required<EndedExchanges>>
}

/** Lets other work of this process run after this much of a log. */
const PAUSE_BYTES = 8 * 1024 * 1024

/** Checks every line of a raw log, and the SHA-256 of every body in it. */
export async function checkRawLog(
  folder: string,
  report: ReportDamage,
  onBytes: (bytes: number) => void,
): Promise<RawChecks> {
  const check = new RawCheck(folder, report)
  let sincePause = 0
  for (const { record, isOrphan, ...place } of rawRecords(folder, report)) {
    onBytes(place.length + 1)
    sincePause += place.length
    if (sincePause > PAUSE_BYTES) {
      sincePause = 0
      await new Promise((resolve) => setImmediate(resolve))
    }
    check.result.bytes += place.length + 1
    check.result.records += 1
    check.record(record, isOrphan, place)
  }
  return check.result
}

/** More are not listed one by one: a hostile log may contain nothing else. */
const BROKEN_BODIES = 1000

/** What is remembered about an exchange until it ends. */
type Open = {
  run: string
  number: number
  isPrewarm: boolean
  gaps: number
  hash: Hash
  isWhole: boolean
}

class RawCheck {
  readonly result: RawChecks = {
    bytes: 0,
    records: 0,
    requestBodies: 0,
    responseBodies: 0,
    gaps: [],
    incompleteBodies: 0,
    brokenBodies: [],
    ended: new Map(),
  }
  readonly #folder: string
  readonly #report: ReportDamage
  readonly #open = new Map<string, Open>()
  readonly #bodies = new Map<string, Place & { length: number }>()
  readonly #incomplete = new Set<string>()
  readonly #reader: BodyReader
  #exchanges = 0
  readonly #lookUps = new Work(LOOK_UP_WORK)
  #current: { id: string; content: Content } | undefined

  constructor(folder: string, report: ReportDamage) {
    this.#folder = folder
    this.#report = report
    this.#reader = new BodyReader((id) => this.#contentOf(id))
  }

  record(record: RawRecord, isOrphan: boolean, place: Place & { length: number }): void {
    if (record.kind === 'gap') {
      this.result.gaps.push(record)
      return
    }
    if (record.kind === 'exchange') {
      this.#exchanges += 1
      this.#open.set(record.exchange, {
        run: record.run,
        number: this.#exchanges,
        isPrewarm: record.prewarm === true,
        gaps: this.result.gaps.length,
        hash: createHash('sha256'),
        isWhole: true,
      })
      return
    }
    if (record.kind === 'message') return
    // Even if its start is lost, because other bodies may copy from it.
    if (record.kind === 'request-body') {
      this.#bodies.set(record.exchange, place)
      if (isIncomplete(record.content, this.#incomplete)) this.#incomplete.add(record.exchange)
    }
    const open = this.#open.get(record.exchange)
    if (isOrphan || open === undefined) {
      // A gap says that records were lost; its start was one of them.
      if (this.result.gaps.length > 0) this.result.incompleteBodies += 1
      return
    }
    switch (record.kind) {
      case 'request-body':
        this.#requestBody(record, open, place)
        return
      case 'chunk':
        this.#chunk(open, record.content)
        return
      case 'response':
      case 'unparsed':
        return
      case 'end':
        this.#open.delete(record.exchange)
        this.#count(open, record)
        this.#noteBroken('response', record, open)
        this.#responseBody(open, record, place)
        return
      default:
        record satisfies never
    }
  }

  damaged({ file, line, byte }: Place, reason: string): void {
    this.#report({ file, line, byte, lines: 1, reason })
  }

  #noteBroken(side: BrokenBody['side'], { broken }: { broken?: string }, open: Open): void {
    if (broken === undefined || this.result.brokenBodies.length >= BROKEN_BODIES) return
    this.result.brokenBodies.push({ exchange: open.number, side, reason: broken })
  }

  #requestBody(record: RequestBodyRecord, open: Open, place: Place): void {
    this.result.requestBodies += 1
    this.#noteBroken('request', record, open)
    const wrong = (what: string): void =>
      this.damaged(place, `the request body of exchange ${open.number} ${what}`)
    try {
      this.#current = { id: record.exchange, content: record.content }
      const bytes = this.#reader.read(record.exchange)
      if (bytes.length !== record.bytes) wrong('has not the length that was recorded')
      else if (hash('sha256', bytes) !== record.sha256)
        wrong('is not what was sent (its SHA-256 differs)')
      else if (whyNotWhole(record) !== undefined) this.result.incompleteBodies += 1
    } catch (cause) {
      if (!(cause instanceof MissingBytes)) throw cause
      // Bytes that were never kept are not damage, but what is there must fit.
      if (!this.#incomplete.has(record.exchange)) wrong(`cannot be put together: ${cause.message}`)
      else if (lengthOf(record.content) === record.bytes) this.result.incompleteBodies += 1
      else wrong('has not the length that was recorded')
    }
  }

  #contentOf(id: string): Content | undefined {
    if (this.#current?.id === id) return this.#current.content
    const place = this.#bodies.get(id)
    if (place === undefined) return undefined
    const range = { from: place, to: place.byte + place.length + 1, work: this.#lookUps }
    for (const { value } of readLog(this.#folder, SESSION_FILES.raw, () => undefined, range)) {
      const record = rawRecordOf(value)
      if (typeof record !== 'string' && record.kind === 'request-body') return record.content
    }
    return undefined
  }

  #chunk(open: Open, content: Content): void {
    try {
      open.hash.update(bytesOf(content))
    } catch (cause) {
      if (!(cause instanceof MissingBytes)) throw cause
      open.isWhole = false
    }
  }

  #responseBody(open: Open, end: EndRecord, place: Place): void {
    this.result.responseBodies += 1
    const isGap = this.result.gaps.length > open.gaps
    if (!open.isWhole) this.result.incompleteBodies += 1
    else if (open.hash.digest('hex') === end.responseSha256) {
      if (whyNotWhole(end) !== undefined) this.result.incompleteBodies += 1
    } else if (isGap) this.result.incompleteBodies += 1
    else {
      const what = `the response body of exchange ${open.number} is not what arrived`
      this.damaged(place, `${what} (its SHA-256 differs)`)
    }
  }

  #count({ run, isPrewarm }: Open, end: EndRecord): void {
    const counts = this.result.ended.get(run) ?? noneEnded()
    countEnd(counts, end, isPrewarm)
    this.result.ended.set(run, counts)
  }
}

/**
 * Returns whether bytes of a body were never kept, in its own record or in one that it copies from.
 */
function isIncomplete(content: Content, incomplete: ReadonlySet<string>): boolean {
  if (typeof content === 'string') return false
  return content.some(
    (piece) =>
      typeof piece !== 'string' &&
      ('omitted' in piece || ('copy' in piece && incomplete.has(piece.copy))),
  )
}
