import {
  microsOfIso,
  type Session,
  type SessionExchange,
  type Span,
  type TimelineEntry,
} from '@tacho/reader'
import { endedWords } from '../ended-words.js'
import { printable } from '../printable.js'
import { byteCount, duration, localTime, tokenCount } from '../quantities.js'
import type { Cell, Column, Row } from '../table.js'
import { commandWords } from './header.js'

export const TIMELINE_COLUMNS: readonly Column[] = [
  { title: '#', align: 'right' },
  { title: 'start', align: 'right' },
  { title: 'request', cut: 'end', least: 18 },
  { title: 'model', cut: 'end', spare: 5 },
  { title: 'status', align: 'right' },
  { title: 'first', align: 'right', spare: 3 },
  { title: 'took', align: 'right' },
  { title: 'up', align: 'right', spare: 1 },
  { title: 'down', align: 'right', spare: 2 },
  { title: 'tokens', align: 'right', spare: 4 },
  { title: 'state' },
]

/** The rows of a session's time line, in the columns of {@link TIMELINE_COLUMNS}. */
export function timelineRows(session: Session, entries: readonly TimelineEntry[]): Row[] {
  const zero = zeroOf(session, entries)
  return entries
    .filter((entry) => entry.kind !== 'run' || session.runs.length > 1)
    .map((entry) => rowOf(session, entry, zero))
}

// Offsets count from the session's start, if that is known and earlier than all else.
function zeroOf(session: Session, entries: readonly TimelineEntry[]): number {
  const times = entries.map((entry) => entry.at).filter((at) => at > 0)
  const started = microsOfIso(session.startedAt ?? '')
  return times.reduce((least, at) => Math.min(least, at), started ?? Number.POSITIVE_INFINITY)
}

function rowOf(session: Session, entry: TimelineEntry, zero: number): Row {
  const start = entry.at > 0 ? `+${offset(entry.at - zero)}` : '?'
  switch (entry.kind) {
    case 'exchange':
      return exchangeRow(session, entry.exchange, start, '  '.repeat(depthOf(entry)))
    case 'run': {
      const { run, number } = entry
      const when = localTime(run.startedAt) ?? ''
      const words = `run ${number}, ${when}, ${endedWords(run).text}: ${commandWords(run)}`
      return { line: { text: words, style: 'heading' } }
    }
    case 'gap':
      return { line: { text: `gap: ${printable(entry.gap.reason)}`, style: 'warning' } }
    case 'turn':
    case 'span':
      return spanRow(session, entry, start)
    default:
      return entry satisfies never
  }
}

function exchangeRow(
  session: Session,
  exchange: SessionExchange,
  start: string,
  indent: string,
): Row {
  const { number, method, url, model, status, firstChunkMs, durationMs, usage } = exchange
  const tokens =
    usage && `${tokenCount(usage.inputTokens ?? 0)}/${tokenCount(usage.outputTokens ?? 0)}`
  return [
    String(number),
    start,
    indent + printable(`${method} ${pathOf(url)}`),
    printable(model ?? ''),
    status === undefined ? '' : statusCell(status),
    firstChunkMs === undefined ? '' : duration(firstChunkMs),
    durationMs === undefined ? '' : duration(durationMs),
    byteCount(exchange.requestBytes),
    byteCount(exchange.responseBytes),
    tokens ?? '',
    stateCell(session, exchange),
  ]
}

function stateCell(session: Session, { state, error }: SessionExchange): Cell {
  const why = error === undefined ? '' : printable(`: ${error.code}, ${error.message}`)
  switch (state) {
    case 'completed':
      return { text: state, style: 'good' }
    case 'cancelled':
      return { text: state + why, style: 'warning' }
    case 'failed':
      return { text: state + why, style: 'bad' }
    case 'in-flight':
      return inFlightCell(session)
    default:
      return state satisfies never
  }
}

function inFlightCell({ ended }: Session): Cell {
  if (ended === 'running') return { text: 'in flight', style: 'busy' }
  return { text: `in flight when it ${ended === 'died' ? 'died' : 'ended'}`, style: 'bad' }
}

function statusCell(status: number): Cell {
  const text = String(status)
  return status >= 400 ? { text, style: 'bad' } : text
}

type SpanEntry = Extract<TimelineEntry, { span: Span }>

function spanRow(session: Session, entry: SpanEntry, start: string): Row {
  const { span } = entry
  const name = entry.kind === 'turn' ? `turn ${entry.number}, ${span.name}` : span.name
  const text = '  '.repeat(depthOf(entry)) + printable(name)
  const took = span.endedAt === undefined ? '' : duration((span.endedAt - span.startedAt) / 1000)
  return [
    '',
    start,
    entry.kind === 'turn' ? { text, style: 'heading' } : text,
    '',
    '',
    '',
    took,
    '',
    '',
    '',
    spanStateCell(session, span),
  ]
}

function spanStateCell(session: Session, span: Span): Cell {
  if (span.endedAt === undefined) return inFlightCell(session)
  const text = [...tellingOf(span), ...(span.isError ? ['error'] : [])].join(', ')
  return span.isError ? { text, style: 'bad' } : text
}

// What was decided, by whom, where from: the attributes that are ours, whatever later kinds there are.
function tellingOf(span: Span): string[] {
  const kind = span.name.split(' ')[0] ?? ''
  const prefix = `tacho.${kind}.`
  return Object.entries(span.attributes)
    .filter(([name]) => name.startsWith(prefix) && !name.endsWith('_ms'))
    .map(([name, value]) =>
      printable(`${name.slice(prefix.length)} ${String(value)}`.slice(0, 200)),
    )
}

// A file could claim any depth: beyond this, indentation tells nothing any more.
function depthOf({ depth }: TimelineEntry): number {
  return Math.min(depth, 8)
}

function offset(micros: number): string {
  return micros < 60_000_000 ? `${(micros / 1_000_000).toFixed(3)}s` : duration(micros / 1000)
}

function pathOf(url: string): string {
  return URL.canParse(url) ? new URL(url).pathname : url
}
