import type { Approval, SessionExchange } from '@tacho/model'
import { approvalsOf } from '../../approvals.js'
import { indexRawLog } from '../../index-raw-log.js'
import { leftOpenBy } from '../../left-open.js'
import { microsOfIso } from '../../micros.js'
import { promptsOf } from '../../prompts.js'
import type { Session } from '../../read-session.js'
import type { Span } from '../../read-spans.js'
import type { Row } from './columns.js'
import { logMessages } from './log-messages.js'
import type { TABLES, TableName } from './tables.js'

/**
 * Yields the rows of a session, each with its table, on demand.
 *
 * @param isWanted whether a table is; the others cost nothing.
 */
export function* rowsOf(
  session: Session,
  isWanted: (table: TableName) => boolean = () => true,
): Generator<TableRow> {
  const { id: session_id } = session
  if (isWanted('sessions')) {
    yield { table: 'sessions', row: { session_id, ...sessionRow(session) } }
  }
  for (const span of isWanted('spans') ? session.spans.values() : []) {
    yield { table: 'spans', row: { session_id, ...spanRow(session, span) } }
  }
  for (const exchange of isWanted('exchanges') ? session.exchanges : []) {
    yield { table: 'exchanges', row: { session_id, ...exchangeRow(exchange) } }
  }
  for (const approval of isWanted('approvals') ? approvalsOf(session) : []) {
    yield { table: 'approvals', row: { session_id, ...approvalRow(approval) } }
  }
  for (const one of isWanted('logs') ? logMessages(session.folder) : []) {
    const { at, level, source, message } = one
    yield { table: 'logs', row: { session_id, time: at, level, source, message } }
  }
}

export type TableRow = {
  [Name in TableName]: { table: Name; row: Row<(typeof TABLES)[Name]> }
}[TableName]

function sessionRow(session: Session): Row<typeof TABLES.sessions> {
  const { agent, folder, runs } = session
  const last = runs.at(-1)
  const [prompt] = promptsOf(
    folder,
    indexRawLog(folder, () => {}),
  )
  return {
    agent: agent.name,
    agent_version: agent.version,
    folder,
    cwd: last?.cwd,
    prompt,
    started_at: microsOf(session.startedAt),
    last_started_at: microsOf(last?.startedAt),
    ended_at: microsOf(session.endedAt),
    ended: session.ended,
    exit_code: last?.exitCode,
    signal: last?.signal,
    runs: runs.length,
    exchanges: session.exchanges.filter(({ isConnection }) => !isConnection).length,
    is_damaged: session.damage.length > 0,
  }
}

function microsOf(iso: string | undefined): number | undefined {
  return iso === undefined ? undefined : microsOfIso(iso)
}

function spanRow(session: Session, span: Span): Row<typeof TABLES.spans> {
  const { startedAt, endedAt } = span
  return {
    trace_id: span.traceId,
    span_id: span.spanId,
    parent_span_id: span.parentSpanId,
    name: span.name,
    kind: span.kind,
    started_at: startedAt,
    ended_at: endedAt,
    duration_ms: endedAt === undefined ? undefined : (endedAt - startedAt) / 1000,
    open: endedAt === undefined,
    left: endedAt === undefined ? leftOpenBy(session, span) : undefined,
    is_error: span.isError,
    attributes: span.attributes,
    events: span.events,
    links: span.links,
  }
}

function exchangeRow(exchange: SessionExchange): Row<typeof TABLES.exchanges> {
  const { usage = {}, error, webSocket } = exchange
  return {
    number: exchange.number,
    exchange_id: exchange.id,
    run_id: exchange.run,
    thread_id: exchange.threadId,
    turn_id: exchange.turnId,
    state: exchange.state,
    outcome: exchange.outcome,
    method: exchange.method,
    url: exchange.url,
    status: exchange.status,
    model: exchange.model,
    started_at: exchange.startedMicros || undefined,
    first_chunk_ms: exchange.firstChunkMs,
    duration_ms: exchange.durationMs,
    request_bytes: exchange.requestBytes,
    response_bytes: exchange.responseBytes,
    chunks: exchange.chunks,
    input_tokens: usage.inputTokens,
    output_tokens: usage.outputTokens,
    cache_read_input_tokens: usage.cacheReadInputTokens,
    reasoning_output_tokens: usage.reasoningOutputTokens,
    error_side: error?.side,
    error_type: error?.type,
    error_code: error?.code,
    error_message: error?.message,
    transport: exchange.transport ?? 'http',
    connection_id: exchange.connection,
    is_connection: exchange.isConnection,
    is_prewarm: exchange.isPrewarm,
    closed_by: webSocket?.closedBy,
    close_code: webSocket?.code,
  }
}

function approvalRow(approval: Approval): Row<typeof TABLES.approvals> {
  return {
    span_id: approval.spanId,
    approval_id: approval.id,
    thread_id: approval.threadId,
    turn_id: approval.turnId,
    call_id: approval.callId,
    kind: approval.kind,
    what: approval.what,
    reason: approval.reason,
    cwd: approval.cwd,
    files: approval.files,
    offered: approval.offered,
    outcome: approval.outcome,
    decision: approval.decision,
    decided_by: approval.decidedBy,
    rule: approval.rule,
    rationale: approval.rationale,
    asked_at: approval.askedAt,
    wait_ms: approval.waitMs,
    open: approval.open !== undefined,
    left: approval.open,
  }
}
