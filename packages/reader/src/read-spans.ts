import {
  type GapRecord,
  type KeyValue,
  type PlainValue,
  plainAttributes,
  SESSION_FILES,
  type SpanKind,
  spanKindOf,
  wellFormed,
} from '@tacho/format'
import type { ReportDamage } from './damage.js'
import { SPANS } from './limits.js'
import { microsOfNanos } from './micros.js'
import { oncePerSpan } from './once-per-span.js'
import { rawRecordOf } from './raw-record-of.js'
import { type LogRange, type LogRecord, readLog } from './read-log.js'
import { reportUnusable } from './sound-records.js'

/** A span of the session. Times are microseconds since 1970. */
export type Span = {
  traceId: string
  spanId: string
  parentSpanId?: string
  name: string
  /** As in OTLP: 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  kind: number
  startedAt: number
  /** Absent if it was in flight when the session died, or still is. */
  endedAt?: number
  /** By name; without a prototype, because names come from a file. */
  attributes: Record<string, PlainValue>
  links: { traceId: string; spanId: string }[]
  /** Its events, in order. */
  events: { name: string; at: number }[]
  isError: boolean
  /** The message of its status; absent if there is none. */
  statusMessage?: string
}

/**
 * Reads the spans of `session_meta.log` in the order of their first record, by span id. An ended
 * span replaces its own started record.
 *
 * Reports every line that holds no record of this log.
 */
export function readSpans(
  folder: string,
  report: ReportDamage,
  { onLine, onGap, ...range }: SpanReading = {},
): Map<string, Span> {
  const spans = new Map<string, Span>()
  for (const found of readLog(folder, SESSION_FILES.meta, report, range)) {
    onLine?.(found.length)
    if (!addSpans(spans, found, report, onGap)) return spans
  }
  return spans
}

/**
 * Adds the spans in an object of the log to those before.
 *
 * @returns whether more may follow: at most {@link SPANS} are held.
 */
export function addSpans(
  spans: Map<string, Span>,
  found: LogRecord,
  report: ReportDamage,
  onGap?: (gap: GapRecord) => void,
): boolean {
  const { value, file, line, byte } = found
  if (value.started === undefined && value.resourceSpans === undefined) {
    const record = rawRecordOf(value)
    if (typeof record === 'string') reportUnusable(record, found, report)
    else if (record.kind === 'gap') onGap?.(record)
    return true
  }
  try {
    for (const span of spansOf(value)) {
      const isNew = !spans.has(span.spanId)
      if (isNew && spans.size >= SPANS) {
        report({ file, line, byte, lines: 0, reason: MORE_SPANS })
        return false
      }
      if (isNew || span.endedAt !== undefined) spans.set(span.spanId, span)
    }
  } catch {
    report({ file, line, byte, lines: 1, reason: 'a span with broken parts' })
  }
  return true
}

/** Why spans after a place are missing. */
export const MORE_SPANS = `more than ${SPANS} spans are not read`

/** `containing` and `wanted` skip lines that cannot matter, if not all spans are wanted. */
export type SpanReading = Pick<LogRange, 'names' | 'containing' | 'wanted' | 'isProving'> & {
  /** Receives the length of each good line. */
  onLine?: (length: number) => void
  onGap?: (gap: GapRecord) => void
}

/**
 * Returns the spans of a line. Another program may have written it; anything that is not OTLP
 * throws a TypeError.
 */
export function spansOf(value: Record<string, unknown>): Span[] {
  if (value.started !== undefined) return [spanOf(value.started as LooseSpan)]
  const { resourceSpans = [] } = value as { resourceSpans?: LooseResource[] }
  return resourceSpans.flatMap(({ scopeSpans = [] }) =>
    scopeSpans.flatMap(({ spans = [] }) => spans.map(spanOf)),
  )
}

type LooseResource = { scopeSpans?: { spans?: LooseSpan[] }[] }

type LooseSpan = {
  traceId?: unknown
  spanId: unknown
  parentSpanId?: unknown
  name?: unknown
  kind?: unknown
  startTimeUnixNano: unknown
  endTimeUnixNano?: unknown
  attributes?: KeyValue[]
  links?: { traceId: unknown; spanId: unknown }[]
  events?: { timeUnixNano: unknown; name?: unknown }[]
  status?: { code?: unknown; message?: unknown }
}

function spanOf(loose: LooseSpan): Span {
  const startedAt = microsOfNanos(loose.startTimeUnixNano)
  if (typeof loose.spanId !== 'string' || startedAt === undefined) throw new TypeError('no span')
  const endedAt = microsOfNanos(loose.endTimeUnixNano)
  const message = loose.status?.message
  return {
    traceId: String(loose.traceId ?? ''),
    spanId: loose.spanId,
    ...(typeof loose.parentSpanId === 'string' && { parentSpanId: loose.parentSpanId }),
    name: wellFormed(String(loose.name ?? '')),
    kind: Number(loose.kind ?? 0),
    startedAt,
    ...(endedAt !== undefined && endedAt > 0 && { endedAt }),
    attributes: plainAttributes(loose.attributes ?? []),
    links: (loose.links ?? []).map((link) => ({
      traceId: String(link.traceId),
      spanId: String(link.spanId),
    })),
    events: (loose.events ?? []).flatMap(({ timeUnixNano, name }) => {
      const at = microsOfNanos(timeUnixNano)
      return at === undefined ? [] : [{ name: wellFormed(String(name ?? '')), at }]
    }),
    isError: loose.status?.code === 2 || loose.status?.code === 'STATUS_CODE_ERROR',
    ...(typeof message === 'string' && message !== '' && { statusMessage: wellFormed(message) }),
  }
}

/** Returns the spans of a kind, in order. */
export function spansOfKind(spans: ReadonlyMap<string, Span>, kind: SpanKind): Span[] {
  return [...spans.values()].filter((span) => kindOf(span) === kind)
}

const kindOf = oncePerSpan(spanKindOf)
