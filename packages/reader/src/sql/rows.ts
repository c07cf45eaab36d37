import type { Cancellation, Part, Tool } from '@tacho/model'
import { jsonText } from '@tacho/model'
import { cancellationsOf } from '../cancellations.js'
import { conversationAt } from '../conversation/conversation-at.js'
import { conversationReader } from '../conversation/conversation-reader.js'
import type { Columns, Row } from '../export/parquet/columns.js'
import { rowsOf } from '../export/parquet/rows.js'
import type { FoundSession } from '../found-session.js'
import { microsOfIso } from '../micros.js'
import { readSession, type Session } from '../read-session.js'
import { ReaderError } from '../reader-error.js'
import type { SessionSummary } from '../summarize.js'
import { toolsOf } from '../tools.js'
import { ChunkTable } from './chunk-table.js'
import { areKept, KEPT_TABLES, type KeptRows } from './kept-rows.js'
import type { SqlTable } from './tables.js'

/** A row of a table. */
export type SqlRow = { table: SqlTable; row: Row<Columns> }

/** Returns the row of a session in `sessions`. */
export function sessionRow(summary: SessionSummary): Row<Columns> {
  const { exchanges, usage, damage } = summary
  return {
    session_id: summary.id,
    folder: summary.folder,
    agent: summary.agent,
    agent_version: summary.agentVersion,
    title: summary.title,
    prompt: summary.prompts[0],
    started_at: micros(summary.startedAt),
    last_started_at: micros(summary.lastStartedAt),
    ended_at: micros(summary.endedAt),
    duration_ms: summary.durationMs,
    ended: summary.ended,
    exit_code: summary.exitCode,
    signal: summary.signal,
    cwd: summary.cwd,
    exchanges:
      exchanges &&
      sum(exchanges.completed, exchanges.cancelled, exchanges.failed, exchanges.inFlight),
    failed_exchanges: exchanges?.failed,
    input_tokens: usage.inputTokens,
    output_tokens: usage.outputTokens,
    cache_read_input_tokens: usage.cacheReadInputTokens,
    reasoning_output_tokens: usage.reasoningOutputTokens,
    is_damaged: damage.length > 0,
  }
}

function micros(iso: string | undefined): number | undefined {
  return iso === undefined ? undefined : microsOfIso(iso)
}

function sum(...numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}

/**
 * Yields the rows of a session in the wanted tables, except `sessions`: those that are kept from
 * the index, if its files have not changed since, and all others from its files.
 *
 * @throws ReaderError if the session cannot be read.
 */
export async function* sqlRows(
  found: FoundSession,
  wanted: ReadonlySet<SqlTable>,
  kept: KeptRows,
): AsyncGenerator<SqlRow> {
  const { id, folder } = found
  const fromLogs = new Set(READ.filter((table) => wanted.has(table)))
  if (fromLogs.size > 0) {
    const known = areKept(fromLogs) ? kept.of(found) : undefined
    const rows = known ?? (await readRows(found, fromLogs, kept))
    for (const one of rows) if (fromLogs.has(one.table)) yield one
  }
  if (wanted.has('messages')) yield* messageRows(id, folder)
}

async function readRows(
  found: FoundSession,
  wanted: ReadonlySet<SqlTable>,
  kept: KeptRows,
): Promise<Iterable<SqlRow>> {
  const keep = areKept(wanted) ? kept.reading(found) : undefined
  // Before the session, which takes as much memory.
  const chunks = wanted.has('chunks') ? new ChunkTable(found.folder) : undefined
  const session = await readSession(found.folder)
  chunks?.take(session)
  if (keep === undefined || session.ended === 'running')
    return inTurn([rowsIn(session, wanted), chunks?.rowsOf(session.id) ?? []])
  const rows = [...rowsIn(session, new Set(KEPT_TABLES))]
  keep(rows)
  return rows
}

function* rowsIn(session: Session, wanted: ReadonlySet<SqlTable>): Generator<SqlRow> {
  const { id } = session
  yield* rowsOf(session, (table) => wanted.has(table))
  if (wanted.has('tools')) {
    for (const tool of toolsOf(session)) yield { table: 'tools', row: toolRow(id, tool) }
  }
  if (wanted.has('cancellations')) {
    for (const one of cancellationsOf(session)) {
      yield { table: 'cancellations', row: cancellationRow(id, one) }
    }
  }
}

/** Yields what each of them yields, and forgets each that has ended, with the session that it held. */
function* inTurn(rows: Iterable<SqlRow>[]): Generator<SqlRow> {
  for (let next = rows.shift(); next !== undefined; next = rows.shift()) yield* next
}

const READ: readonly SqlTable[] = [
  ...(['exchanges', 'chunks', 'tools', 'approvals', 'cancellations', 'spans', 'logs'] as const),
]

function toolRow(session_id: string, tool: Tool): Row<Columns> {
  return {
    session_id,
    span_id: tool.spanId,
    call_id: tool.callId,
    thread_id: tool.threadId,
    turn_id: tool.turnId,
    name: tool.name,
    command: tool.command,
    cwd: tool.cwd,
    query: tool.query,
    path: tool.path,
    files: tool.files,
    mcp_server: tool.mcpServer,
    outcome: tool.outcome,
    status: tool.status,
    exit_code: tool.exitCode,
    error: tool.error,
    started_at: tool.startedAt,
    ended_at: tool.endedAt,
    duration_ms: tool.durationMs ?? between(tool.startedAt, tool.endedAt),
    open: tool.open,
  }
}

function between(from: number, to: number | undefined): number | undefined {
  return to === undefined ? undefined : (to - from) / 1000
}

function cancellationRow(session_id: string, one: Cancellation): Row<Columns> {
  return {
    session_id,
    span_id: one.spanId,
    origin: one.origin,
    reason: one.reason,
    thread_id: one.threadId,
    turn_id: one.turnId,
    requested_at: one.requestedAt,
    signalled_at: one.signalledAt,
    last_byte_at: one.lastByteAt,
    released_at: one.releasedAt,
    bytes: one.bytes,
    events: one.events,
    output_tokens: one.outputTokens,
    stopped: one.stopped,
    open: one.open,
  }
}

// Each message once, where it was first sent or answered.
function* messageRows(session_id: string, folder: string): Generator<SqlRow> {
  const reader = conversationReader(folder)
  // An agent sends back what a model answered.
  const answered = new Set<string>()
  for (const exchange of reader.requests()) {
    const at = conversationOrNothing(reader, exchange)
    if (at === undefined) continue
    const { request, newMessages, answer, previous } = at
    const place = { session_id, exchange: exchange.number }
    if (previous === undefined) {
      for (const [index, { role, parts }] of request.instructions.entries()) {
        yield* partRows({ ...place, side: 'instructions', number: index + 1, role }, parts)
      }
    }
    for (const number of newMessages) {
      const message = request.messages[number - 1]
      if (message === undefined || answered.has(jsonText(message.parts))) continue
      yield* partRows({ ...place, side: 'request', number, role: message.role }, message.parts)
    }
    for (const [index, { role, parts }] of answer.messages.entries()) {
      answered.add(jsonText(parts))
      yield* partRows({ ...place, side: 'response', number: index + 1, role }, parts)
    }
  }
}

function conversationOrNothing(
  reader: ReturnType<typeof conversationReader>,
  exchange: Parameters<typeof conversationAt>[1],
) {
  try {
    return conversationAt(reader, exchange)
  } catch (cause) {
    if (cause instanceof ReaderError) return undefined
    throw cause
  }
}

function* partRows(place: Row<Columns>, parts: readonly Part[]): Generator<SqlRow> {
  for (const [index, part] of parts.entries()) {
    const text = textOf(part)
    const row = {
      ...place,
      part: index + 1,
      type: part.type,
      name: 'name' in part ? part.name : undefined,
      call_id: 'id' in part ? part.id : undefined,
      text,
      bytes: 'bytes' in part ? part.bytes : Buffer.byteLength(text),
    }
    yield { table: 'messages', row }
  }
}

function textOf(part: Part): string {
  switch (part.type) {
    case 'text':
    case 'reasoning':
      return part.text
    case 'tool_call':
      return part.arguments
    case 'tool_call_response':
      return part.parts.map(textOf).join('\n')
    case 'image':
    case 'file':
      return part.url ?? ''
    case 'other':
      return typeof part.value === 'string' ? part.value : jsonText(part.value)
    default:
      return part satisfies never
  }
}
