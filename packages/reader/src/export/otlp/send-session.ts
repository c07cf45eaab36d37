import { setTimeout as wait } from 'node:timers/promises'
import { decodeAttributes } from '@tacho/format'
import {
  type OtlpSettings,
  type Rejection,
  readableSpans,
  SendError,
  type Sender,
  type SentSpan,
  sendInParts,
} from '@tacho/otlp'
import { collectDamage, type Damage } from '../../damage.js'
import { microsOfIso } from '../../micros.js'
import { newerFormat, readSession } from '../../read-session.js'
import { ReaderError } from '../../reader-error.js'
import type { SessionState } from '../../session-state.js'
import { DeliveryNotes, deliveredSpans } from './delivered-spans.js'
import { endedSpans, interruptedSpans, type OpenSpans, type SpanLine } from './span-lines.js'

/** The result of sending one session. */
export type SentSession = {
  endpoint: string
  /** Spans accepted now. */
  sent: number
  /** Those that were in flight when the session died. */
  interrupted: number
  /** Spans that had been delivered before. */
  alreadyThere: number
  /** Spans that were not accepted: rejected, too large on their own, or invalid in OTLP. */
  refused: number
  /** Why the collector rejected some, in its own words; absent if it did not say. */
  reason?: string
  /** Whether the folder recorded it, so that it is not sent again. */
  isNoted: boolean
  damage: Damage[]
}

export type SendingSession = {
  session: SessionState
  settings: OtlpSettings
  sender: Sender<SentSpan>
  /** Also send what was delivered before. */
  again: boolean
  /** Receives how many bytes of the file are done. */
  onProgress: (bytes: number) => void
}

/** Spans in one request: about 1 MB, while a Collector accepts 4 over gRPC. */
const BATCH = { spans: 2_000, bytes: 2 * 1024 * 1024 }

/**
 * How long to retry. Exporters over HTTP do this themselves, for as long; the one over gRPC does
 * not.
 */
const PATIENCE_MILLISECONDS = 10_000
const FIRST_PAUSE_MILLISECONDS = 200

/** Concurrent requests: while one is answered, the next is prepared. */
const UNDER_WAY = 4

/**
 * Sends a session's spans to a collector: those not delivered yet, unless `again`. Each delivered
 * batch is recorded in the folder, so this can be interrupted at any time and then continued.
 *
 * @throws ReaderError `not-delivered` if the collector does not accept them, `newer-format`.
 */
export async function sendSession(sending: SendingSession): Promise<SentSession> {
  const { session, settings } = sending
  const { folder, ended, newerFormat: newer } = session
  if (newer !== undefined) throw newerFormat(folder, newer)
  const damage: Damage[] = [...session.damage]
  const report = collectDamage(damage)
  const { endpoint } = settings
  const result: SentSession = {
    endpoint,
    sent: 0,
    interrupted: 0,
    alreadyThere: 0,
    refused: 0,
    isNoted: true,
    damage,
  }
  const delivered = deliveredSpans(folder, endpoint, report)
  const notes = DeliveryNotes.open(folder)
  result.isNoted = notes !== undefined
  const batches = new Batches(sending, result, notes)
  const add = async (lines: Iterable<SpanLine>) => {
    for (const line of lines) {
      const isThere = delivered.has(line.spanId)
      if (isThere) result.alreadyThere += 1
      if (!isThere || sending.again) await batches.add(line)
    }
  }
  try {
    const open: OpenSpans = { ids: new Set(), resource: { attributes: [] } }
    await add(endedSpans(folder, open, report, sending.onProgress))
    if (ended !== 'running' && open.ids.size > 0) {
      await add(interruptedSpans(folder, open, await lastSignOfLife(folder)))
    }
    await batches.end()
  } finally {
    notes?.close()
  }
  return result
}

/** Spans being sent, in several requests at once. */
class Batches {
  readonly #sending: SendingSession
  readonly #result: SentSession
  readonly #notes: DeliveryNotes | undefined
  #spans: SentSpan[] = []
  #bytes = 0
  readonly #underWay = new Set<Promise<void>>()
  #failure: unknown

  constructor(sending: SendingSession, result: SentSession, notes: DeliveryNotes | undefined) {
    this.#sending = sending
    this.#result = result
    this.#notes = notes
  }

  async add(line: SpanLine): Promise<void> {
    try {
      this.#spans.push(...readableSpans(line.traces))
    } catch {
      this.#result.refused += 1
      return
    }
    this.#bytes += line.bytes
    if (this.#spans.length >= BATCH.spans || this.#bytes >= BATCH.bytes) await this.#start()
  }

  /** @throws the first error of any of them, once all have ended. */
  async end(): Promise<void> {
    if (this.#failure === undefined) await this.#start()
    await Promise.all(this.#underWay)
    if (this.#failure !== undefined) throw this.#failure
  }

  async #start(): Promise<void> {
    const spans = this.#spans
    this.#spans = []
    this.#bytes = 0
    while (this.#underWay.size >= UNDER_WAY) await Promise.race(this.#underWay)
    if (this.#failure !== undefined) await this.end()
    if (spans.length === 0) return
    const sending: Promise<void> = this.#send(spans)
      .catch((error: unknown) => {
        this.#failure ??= this.#worded(error)
      })
      .finally(() => this.#underWay.delete(sending))
    this.#underWay.add(sending)
  }

  #send(spans: SentSpan[]): Promise<void> {
    return sendInParts((items) => sendPatiently(this.#sending.sender, items), spans, {
      taken: (items, rejection) => this.#taken(items, rejection),
      tooLarge: () => {
        this.#result.refused += 1
      },
    })
  }

  #taken(spans: SentSpan[], rejection: Rejection | undefined): void {
    const { count = 0, reason = '' } = rejection ?? {}
    this.#result.sent += spans.length - count
    this.#result.refused += count
    if (reason !== '') this.#result.reason = reason
    if (count < spans.length)
      this.#result.interrupted += spans.filter(
        ({ attributes }) => decodeAttributes('session', attributes).interrupted === true,
      ).length
    const ids = spans.map((span) => span.spanContext().spanId)
    const isNoted = this.#notes?.add(this.#result.endpoint, ids, rejection) ?? true
    if (!isNoted) this.#result.isNoted = false
  }

  #worded(error: unknown): unknown {
    if (!(error instanceof SendError)) return error
    const { endpoint } = this.#result
    const message = `${endpoint} does not take the spans of ${this.#sending.session.folder}: ${error.message}.`
    return new ReaderError('not-delivered', message, { cause: error })
  }
}

/** Sends spans, and retries if they may be accepted later. */
async function sendPatiently(
  sender: Sender<SentSpan>,
  spans: SentSpan[],
): Promise<Rejection | undefined> {
  const started = performance.now()
  for (let pause = FIRST_PAUSE_MILLISECONDS; ; pause *= 2) {
    try {
      return await sender.send(spans)
    } catch (error) {
      if (!(error instanceof SendError && error.isRetryable)) throw error
      if (performance.now() - started + pause > PATIENCE_MILLISECONDS) throw error
      await wait(pause)
    }
  }
}

/** In microseconds since 1970; 0 if unknown. */
async function lastSignOfLife(folder: string): Promise<number> {
  return microsOfIso((await readSession(folder)).lastSeenAt ?? '') ?? 0
}
