import {
  type OtlpSpan,
  SESSION_FILES,
  SPAN_ATTRIBUTES,
  type StartedSpan,
  type TracesData,
} from '@tacho/format'
import type { ReportDamage } from '../../damage.js'
import { plainLogSize } from '../../plain-size.js'
import { readLog } from '../../read-log.js'
import { WholeSpans } from '../../whole-spans/whole-spans.js'

/** A span to send, in OTLP's JSON. */
export type SpanLine = { spanId: string; traces: TracesData; bytes: number }

type Resource = TracesData['resourceSpans'][number]['resource']

/** The spans that have started but not ended, and the resource of the session's spans. */
export type OpenSpans = { ids: Set<string>; resource: Resource }

/**
 * Yields the ended spans of a session, in order, with everything known about them.
 *
 * @param open receives those that have not ended, as far as the file has been read.
 * @param onBytes receives how many bytes were read; their sum is {@link sendableBytes}.
 */
export function* endedSpans(
  folder: string,
  open: OpenSpans,
  report: ReportDamage,
  onBytes: (bytes: number) => void,
): Generator<SpanLine> {
  const wanted = (bytes: Buffer) => {
    onBytes(bytes.length + 1)
    const started = startedIdOf(bytes)
    if (started !== undefined) open.ids.add(started)
    return started === undefined
  }
  const log = readLog(folder, SESSION_FILES.meta, report, { wanted })
  const whole = new WholeSpans(folder)
  for (const { value, length, file, line, byte } of log) {
    if (!isTraces(value)) continue
    try {
      for (const span of spansOf(value, whole)) {
        open.ids.delete(span.spanId)
        open.resource = span.resource
        yield { spanId: span.spanId, traces: span.traces, bytes: length }
      }
    } catch {
      report({ file, line, byte, lines: 1, reason: 'a span with broken parts' })
    }
  }
}

/**
 * Yields the spans that were in flight when their session died, ended at that time and marked
 * `tacho.interrupted`.
 *
 * @param diedAt the last sign of life, in microseconds since 1970.
 */
export function* interruptedSpans(
  folder: string,
  open: OpenSpans,
  diedAt: number,
): Generator<SpanLine> {
  const whole = new WholeSpans(folder)
  const wanted = (bytes: Buffer) => open.ids.has(startedIdOf(bytes) ?? '')
  // Damage has been reported already.
  for (const { value } of readLog(folder, SESSION_FILES.meta, () => {}, { wanted })) {
    if (!isStarted(value)) continue
    const { started } = value
    // After a torn write it can be there twice.
    if (!open.ids.delete(started.spanId)) continue
    const scopeSpans = [interrupted(whole.started(started), diedAt)]
    const traces = { resourceSpans: [{ resource: open.resource, scopeSpans }] }
    yield { spanId: started.spanId, traces, bytes: 0 }
  }
}

/** Returns how many bytes a session's spans take in its files, sealed or not. */
export function sendableBytes(folder: string): number {
  return plainLogSize(folder, SESSION_FILES.meta)
}

/**
 * Yields each whole span on its own, in its envelope: a line by another program may hold several.
 */
function* spansOf({ resourceSpans }: TracesData, whole: WholeSpans) {
  for (const { resource, scopeSpans } of resourceSpans) {
    for (const { scope, spans } of scopeSpans) {
      for (const span of spans.flatMap((one) => whole.ended(one))) {
        const traces: TracesData = {
          resourceSpans: [{ resource, scopeSpans: [{ scope, spans: [span] }] }],
        }
        yield { spanId: span.spanId, resource, traces }
      }
    }
  }
}

function interrupted(started: StartedSpan['started'], diedAt: number) {
  const end = BigInt(Math.round(diedAt)) * 1000n
  const start = BigInt(started.startTimeUnixNano)
  const span: OtlpSpan = {
    ...started,
    endTimeUnixNano: String(end > start ? end : start),
    attributes: [
      ...(started.attributes ?? []),
      { key: SPAN_ATTRIBUTES.session.interrupted.name, value: { boolValue: true } },
    ],
    status: {},
  }
  return { scope: { name: 'tacho' }, spans: [span] }
}

// As the recorder's `spanLine` writes it. Half of the lines are like this, and hardly any of them
// must be decoded.
const STARTED = /^\{"started":\{"traceId":"[0-9a-f]{32}","spanId":"([0-9a-f]{16})"/
const STARTED_LENGTH = 100

function startedIdOf(line: Buffer): string | undefined {
  return STARTED.exec(line.toString('latin1', 0, STARTED_LENGTH))?.[1]
}

function isStarted(value: object): value is StartedSpan {
  const { started } = value as { started?: Partial<StartedSpan['started']> }
  return (
    typeof started?.spanId === 'string' &&
    Array.isArray(started.attributes ?? []) &&
    /^\d{1,20}$/.test(String(started.startTimeUnixNano))
  )
}

function isTraces(value: object): value is TracesData {
  return Array.isArray((value as Partial<TracesData>).resourceSpans)
}
