import {
  type Attributes,
  type KeyValue,
  type OtlpSpan,
  otlpAttributes,
  type TracesData,
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
  attributes: Attributes
  events: { name: string; at: number }[]
  links: string[]
}

/** The lines of `session_meta.log` of what becomes of a run's spans, in the order in which it does. */
export class SpanLines {
  readonly #frame: LineFrame
  readonly #write: (line: object) => void
  readonly #open = new Map<string, Open>()
  /** Spans that have ended. */
  ended = 0

  constructor(frame: LineFrame, write: (line: object) => void) {
    this.#frame = frame
    this.#write = write
  }

  /** Spans that have not ended. */
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
        Object.assign(open.attributes, change.attributes)
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
    const open = { start, attributes: { ...start.attributes }, events: [], links: [] }
    this.#open.set(start.spanId, open)
    this.#write({ started: this.#begun(open) })
  }

  #end(open: Open, end: SpanChange & { change: 'end' }): void {
    this.#open.delete(end.spanId)
    this.ended += 1
    Object.assign(open.attributes, end.attributes)
    const { resource, scope, traceId } = this.#frame
    const message = end.error?.message
    const span: OtlpSpan = {
      ...this.#begun(open),
      endTimeUnixNano: nanoseconds(end.at),
      droppedAttributesCount: 0,
      events: open.events.map(({ name, at }) => ({
        timeUnixNano: nanoseconds(at),
        name,
        attributes: [],
      })),
      droppedEventsCount: 0,
      links: open.links.map((spanId) => ({ traceId, spanId, attributes: [] })),
      droppedLinksCount: 0,
      status: {
        code: end.error === undefined ? 0 : 2,
        ...(message !== undefined && { message }),
      },
    }
    const line: TracesData = {
      resourceSpans: [
        { resource: { attributes: resource }, scopeSpans: [{ scope, spans: [span] }] },
      ],
    }
    this.#write(line)
  }

  #begun({ start, attributes }: Open) {
    const { spanId, parentSpanId, name, isClient, at } = start
    return {
      traceId: this.#frame.traceId,
      spanId,
      ...(parentSpanId !== undefined && { parentSpanId }),
      name,
      kind: isClient === true ? 3 : 1,
      startTimeUnixNano: nanoseconds(at),
      attributes: otlpAttributes(attributes),
    }
  }
}

/** What a record claims to be its time may be anything: digits it must be, for a reader of OTLP. */
function nanoseconds(microseconds: number): string {
  const moment = Math.round(microseconds)
  return Number.isSafeInteger(moment) && moment >= 0 ? `${moment}000` : '0'
}
