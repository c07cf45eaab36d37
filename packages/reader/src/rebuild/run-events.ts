import type { EventRecord } from '@tacho/format'
import type { ReportDamage } from '../damage.js'
import { EVENT_BYTES, EVENT_COST } from '../limits.js'
import { NOT_READ_ON } from '../sealed/sealed-lines.js'
import { eventRecords } from '../sound-records.js'
import { inBatches } from './in-batches.js'

/**
 * What the taps saw in the runs of a session, in order. The log is read no further than is asked
 * for, so that little of it is held at a time. A session from before events existed has no runs.
 */
export class RunEvents {
  readonly #batches: Iterator<EventRecord[]>
  readonly #runs = new Map<string, Waiting>()

  constructor(folder: string, report: ReportDamage, onBytes: (bytes: number) => void = () => {}) {
    this.#batches = readEvents(folder, report, onBytes)
  }

  /** Returns the next event of a run without taking it; undefined if there are no more. */
  next(run: string): EventRecord | undefined {
    for (;;) {
      const waiting = this.#runs.get(run)
      const event = waiting?.events[waiting.taken]
      if (event !== undefined || !this.#readOn()) return event
    }
  }

  /** Takes the next event of a run. */
  take(run: string): void {
    const waiting = this.#runs.get(run)
    if (waiting === undefined) return
    waiting.taken += 1
    if (waiting.taken < waiting.events.length) return
    waiting.events = []
    waiting.taken = 0
  }

  /** Returns the first event of this kind in a run of which none was taken yet. */
  first<Kind extends EventRecord['kind']>(
    run: string,
    kind: Kind,
  ): Extract<EventRecord, { kind: Kind }> | undefined {
    let at = 0
    do {
      const { events } = this.#runs.get(run) ?? NOTHING
      for (; at < events.length; at += 1) {
        const event = events[at]
        if (event?.kind === kind) return event as Extract<EventRecord, { kind: Kind }>
      }
    } while (this.#readOn())
    return undefined
  }

  /** Reads the log to its end, and returns all runs in the order of their first events. */
  all(): string[] {
    while (this.#readOn());
    return [...this.#runs.keys()]
  }

  /** Reads some more events; returns false at the end of the log. */
  #readOn(): boolean {
    const { done, value } = this.#batches.next()
    if (done) return false
    for (const event of value) {
      const waiting = this.#runs.get(event.run)
      if (waiting === undefined) this.#runs.set(event.run, { events: [event], taken: 0 })
      else waiting.events.push(event)
    }
    return true
  }
}

/** Events of a run that were read, and how many of them were taken. */
type Waiting = { events: EventRecord[]; taken: number }

const NOTHING: Waiting = { events: [], taken: 0 }

function* readEvents(
  folder: string,
  report: ReportDamage,
  onBytes: (bytes: number) => void,
): Generator<EventRecord[], undefined> {
  let bytes = 0
  for (const batch of inBatches(eventRecords(folder, report))) {
    const events: EventRecord[] = []
    for (const { record, length, ...place } of batch) {
      onBytes(length + 1)
      if (record.kind === 'gap') continue
      bytes += length + EVENT_COST
      if (bytes > EVENT_BYTES) {
        report({ ...place, lines: 0, reason: NOT_READ_ON })
        yield events
        return
      }
      events.push(record)
    }
    yield events
  }
}
