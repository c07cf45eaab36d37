import {
  type Attributes,
  type KeyValue,
  type OtlpSpan,
  otlpAttributes,
  type TracesData,
  writtenSpan,
  writtenStart,
} from '@tacho/format'
import type { SpanChange, SpanStarted } from '@tacho/model'

/** What the lines of a session's spans have in common. */
export type LineFrame = {
  traceId: string
  resource: KeyValue[]
  scope: { name: string; version?: string }
}

type Open = {
  start: SpanStarted
  /** The attributes that it had at its start, as written. */
  pairs: KeyValue[]
  /** The attributes added since then. */
  later: Attributes
  events: { name: string; at: number }[]
  links: string[]
}

/** Makes the lines of `session_meta.log` from a run's span changes, in order. */
export class SpanLines {
  readonly #frame: LineFrame
  readonly #write: (line: object) => void
  readonly #open = new Map<string, Open>()
  /** How many spans have ended. */
  ended = 0

  constructor(frame: LineFrame, write: (line: object) => void) {
    this.#frame = frame
    this.#write = write
  }

  /** How many spans have not ended. */
  get open(): number {
    return this.#open.size
  }

  take(change: SpanChange): void {
    if (change.change === 'start') {
      this.#start(change)
      return
    }
    const open = this.#open.get(change.spanId)
    if (open === undefined) return
    switch (change.change) {
      case 'event':
        open.events.push({ name: change.name, at: change.at })
        break
      case 'set':
        Object.assign(open.later, change.attributes)
        break
      case 'rename':
        open.start = { ...open.start, name: change.name }
        break
      case 'link':
        open.links.push(change.to)
        break
      case 'end':
        this.#end(open, change)
        break
      default:
        change satisfies never
    }
  }

  #start(start: SpanStarted): void {
    const pairs = otlpAttributes(start.attributes)
    this.#open.set(start.spanId, { start, pairs, later: {}, events: [], links: [] })
    const started = writtenStart(this.#begun(start, pairs))
    if (started !== undefined) this.#write({ started })
  }

  #end(open: Open, end: SpanChange & { change: 'end' }): void {
    this.#open.delete(end.spanId)
    this.ended += 1
    Object.assign(open.later, end.attributes)
    const { resource, scope, traceId } = this.#frame
    const message = end.error?.message
    // Into the object itself: for a spread copy, V8 makes a hidden class each time.
    const span: OtlpSpan = Object.assign(this.#begun(open.start, pairsOf(open)), {
      endTimeUnixNano: nanoseconds(end.at),
      events: open.events.map(({ name, at }) => ({
        timeUnixNano: nanoseconds(at),
        name,
        attributes: [],
      })),
      links: open.links.map((spanId) => ({ traceId, spanId, attributes: [] })),
      status: {
        code: end.error === undefined ? 0 : 2,
        ...(message !== undefined && { message }),
      },
    })
    const written = writtenSpan(span)
    if (written === undefined) return
    const line: TracesData = {
      resourceSpans: [
        { resource: { attributes: resource }, scopeSpans: [{ scope, spans: [written] }] },
      ],
    }
    this.#write(line)
  }

  #begun({ spanId, parentSpanId, name, isClient, at }: SpanStarted, attributes: KeyValue[]) {
    return {
      traceId: this.#frame.traceId,
      spanId,
      ...(parentSpanId !== undefined && { parentSpanId }),
      name,
      kind: isClient === true ? 3 : 1,
      startTimeUnixNano: nanoseconds(at),
      attributes,
    }
  }
}

/** Returns all of its attributes, each in its first position. */
function pairsOf({ pairs, later }: Open): KeyValue[] {
  const known = new Set(pairs.map(({ key }) => key))
  const added = otlpAttributes(later)
  const changed = added.filter(({ key }) => known.has(key))
  if (changed.length === 0) return [...pairs, ...added]
  const now = new Map(changed.map((pair) => [pair.key, pair]))
  const fresh = added.filter(({ key }) => !known.has(key))
  return [...pairs.map((pair) => now.get(pair.key) ?? pair), ...fresh]
}

/** A record may claim anything as its time, but readers of OTLP need digits. */
function nanoseconds(microseconds: number): string {
  const moment = Math.round(microseconds)
  return Number.isSafeInteger(moment) && moment >= 0 ? `${moment}000` : '0'
}
