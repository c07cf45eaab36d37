import {
  type Approval,
  compactionOf,
  leftOpenBy,
  microsOfIso,
  questionAbout,
  type Session,
  type SessionExchange,
  type Span,
  type TimelineEntry,
  type Tool,
  type Turn,
  threadTitle,
  turnTitle,
} from '@tacho/reader'
import { approvalWords } from '../approvals/words.js'
import { cancellationWords } from '../cancellations/words.js'
import { endedWords } from '../ended-words.js'
import { printable } from '../printable.js'
import { byteCount, duration, exactTime, localTime, tokenPair } from '../quantities.js'
import type { Cell, Column, Row } from '../table.js'
import { commandWords } from './header.js'
import type { Sentence } from './sentence.js'
import { inFlightWords, stateCell } from './state-cell.js'
import { toolWords } from './tool-words.js'

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

/** Returns the rows of a session's time line, in the columns of {@link TIMELINE_COLUMNS}. */
export function* timelineRows(session: Session, entries: readonly TimelineEntry[]): Generator<Row> {
  const zero = zeroOf(session, entries)
  const approvals = entries.flatMap((entry) => (entry.kind === 'approval' ? [entry.approval] : []))
  const context = { session, zero, approvals }
  for (const entry of entries) {
    if (entry.kind !== 'run' || session.runs.length > 1) yield rowOf(entry, context)
  }
}

/** What a row needs beside its entry. `zero`: the time from which rows count. */
type Context = { session: Session; zero: number; approvals: readonly Approval[] }

// Offsets count from the session's start, if that is known and earlier than everything else.
function zeroOf(session: Session, entries: readonly TimelineEntry[]): number {
  const times = entries.map((entry) => entry.at).filter((at) => at > 0)
  const started = microsOfIso(session.startedAt ?? '')
  return times.reduce((least, at) => Math.min(least, at), started ?? Number.POSITIVE_INFINITY)
}

function rowOf(entry: TimelineEntry, context: Context): Row {
  const { session, zero } = context
  const start = entry.at > 0 ? `+${exactTime(entry.at - zero)}` : ''
  const indent = '  '.repeat(depthOf(entry))
  switch (entry.kind) {
    case 'exchange':
      return exchangeRow(session, entry.exchange, start, indent)
    case 'run': {
      const { run, number } = entry
      const when = localTime(run.startedAt) ?? ''
      const words = [`run ${number}, ${when}, ${endedWords(run).text}`, commandWords(session, run)]
      return { line: { text: words.filter((part) => part !== '').join(': '), style: 'heading' } }
    }
    case 'gap': {
      const words = { text: `gap: ${printable(entry.gap.reason)}`, style: 'warning' } as const
      return { after: ['', start], line: words }
    }
    case 'turn': {
      const { span, turn, thread } = entry
      const title = { text: turnTitle(turn, thread), style: 'heading' } as const
      return spanRow(start, title, span, turnStateCell(session, turn))
    }
    case 'thread':
      return sentenceRow({ text: threadTitle(entry.thread), style: 'heading' }, start, '')
    case 'tool':
      return sentenceRow(toolWords(entry.tool, openToolWords(entry.tool, context)), start, indent)
    case 'approval':
      return sentenceRow(quiet(approvalWords(entry.approval)), start, indent)
    case 'cancellation':
      return sentenceRow(cancellationWords(entry.cancellation), start, indent)
    case 'span': {
      const { span } = entry
      return spanRow(start, indent + printable(span.name), span, spanStateCell(session, span))
    }
    default:
      return entry satisfies never
  }
}

// Whole lines in green would hide those that matter.
function quiet({ text, style }: Sentence): Sentence {
  return { text, style: style === 'good' ? undefined : style }
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
    bytesWords(exchange.requestBytes),
    bytesWords(exchange.responseBytes),
    usage === undefined ? '' : tokenPair(usage.inputTokens, usage.outputTokens),
    stateCell(session, exchange),
  ]
}

function requestWords({ method, url, transport, isPrewarm, requestKind }: SessionExchange): string {
  const words = printable(`${transport === undefined ? method : 'WS'} ${pathOf(url)}`)
  if (isPrewarm) return `${words} (prewarm)`
  return compactionOf(requestKind) === undefined ? words : `${words} (compaction)`
}

function bytesWords(bytes: number | undefined): string {
  return bytes === undefined ? '' : byteCount(bytes)
}

function statusCell(status: number): Cell {
  const text = String(status)
  return status >= 400 ? { text, style: 'bad' } : text
}

function sentenceRow({ text, style }: Sentence, start: string, indent: string): Row {
  const words = indent + text
  return { after: ['', start], line: style === undefined ? words : { text: words, style } }
}

function spanRow(start: string, title: Cell, span: Span, state: Cell): Row {
  const took = span.endedAt === undefined ? '' : duration((span.endedAt - span.startedAt) / 1000)
  return ['', start, title, '', '', '', took, '', '', '', state]
}

/** Describes a tool that has no end: behind an open question it had not begun. */
function openToolWords(tool: Tool, { session, approvals }: Context): string {
  const isAsked = tool.endedAt === undefined && questionAbout(tool, approvals) !== undefined
  return inFlightWords(tool.open ?? session.ended, isAsked ? 'waiting for an answer' : 'in flight')
    .text
}

function turnStateCell(session: Session, { outcome, open }: Turn): Cell {
  if (outcome === undefined) return inFlightWords(open ?? session.ended)
  if (outcome === 'failed') return { text: outcome, style: 'bad' }
  return outcome === 'cancelled' ? { text: outcome, style: 'warning' } : ''
}

function spanStateCell(session: Session, span: Span): Cell {
  if (span.endedAt === undefined) return inFlightWords(leftOpenBy(session, span))
  return span.isError ? { text: 'error', style: 'bad' } : ''
}

// A file could claim any depth: beyond this, indentation is useless.
function depthOf({ depth }: TimelineEntry): number {
  return Math.min(depth, 8)
}

function pathOf(url: string): string {
  return URL.canParse(url) ? new URL(url).pathname : url
}
