import {
  microsOfIso,
  type Session,
  type SessionExchange,
  type Span,
  type TimelineEntry,
} from '@tacho/reader'
import { endedWords } from '../ended-words.js'
import { printable } from '../printable.js'
import { byteCount, duration, localTime, tokenPair } from '../quantities.js'
import type { Cell, Column, Row } from '../table.js'
import { commandWords } from './header.js'
import type { Sentence } from './sentence.js'
import { sentencesOf } from './sentences.js'
import { inFlightWords, stateCell } from './state-cell.js'

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
  const sentences = sentencesOf(session, inFlightWords(session).text)
  return entries
    .filter((entry) => entry.kind !== 'run' || session.runs.length > 1)
    .map((entry) => rowOf(session, entry, zero, sentences))
}

// Offsets count from the session's start, if that is known and earlier than all else.
function zeroOf(session: Session, entries: readonly TimelineEntry[]): number {
  const times = entries.map((entry) => entry.at).filter((at) => at > 0)
  const started = microsOfIso(session.startedAt ?? '')
  return times.reduce((least, at) => Math.min(least, at), started ?? Number.POSITIVE_INFINITY)
}

function rowOf(
  session: Session,
  entry: TimelineEntry,
  zero: number,
  sentences: ReadonlyMap<string, Sentence>,
): Row {
  const start = entry.at > 0 ? `+${offset(entry.at - zero)}` : '?'
  switch (entry.kind) {
    case 'exchange':
      return exchangeRow(session, entry.exchange, start, '  '.repeat(depthOf(entry)))
    case 'run': {
      const { run, number } = entry
      const when = localTime(run.startedAt) ?? ''
      const words = [`run ${number}, ${when}, ${endedWords(run).text}`, commandWords(session, run)]
      return { line: { text: words.filter((part) => part !== '').join(': '), style: 'heading' } }
    }
    case 'gap':
      return { line: { text: `gap: ${printable(entry.gap.reason)}`, style: 'warning' } }
    case 'turn':
      return spanRow(session, entry, start)
    case 'span': {
      const sentence = sentences.get(entry.span.spanId)
      if (sentence === undefined) return spanRow(session, entry, start)
      return sentenceRow(sentence, start, '  '.repeat(depthOf(entry)))
    }
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
  const { number, model, status, firstChunkMs, durationMs, usage } = exchange
  return [
    String(number),
    start,
    indent + requestWords(exchange),
    printable(model ?? ''),
    status === undefined ? '' : statusCell(status),
    firstChunkMs === undefined ? '' : duration(firstChunkMs),
    durationMs === undefined ? '' : duration(durationMs),
    byteCount(exchange.requestBytes),
    byteCount(exchange.responseBytes),
    usage === undefined ? '' : tokenPair(usage.inputTokens, usage.outputTokens),
    stateCell(session, exchange),
  ]
}

function requestWords({ method, url, transport, isPrewarm }: SessionExchange): string {
  const words = printable(`${transport === undefined ? method : 'WS'} ${pathOf(url)}`)
  return isPrewarm ? `${words} (prewarm)` : words
}

function statusCell(status: number): Cell {
  const text = String(status)
  return status >= 400 ? { text, style: 'bad' } : text
}

function sentenceRow({ text, style }: Sentence, start: string, indent: string): Row {
  const words = indent + text
  return { after: ['', start], line: style === undefined ? words : { text: words, style } }
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
  if (span.endedAt === undefined) return inFlightWords(session)
  return span.isError ? { text: 'error', style: 'bad' } : ''
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
