import type { WebSocketEnd } from '@tacho/format'
import {
  approvalTotals,
  cancellationTotals,
  isoOfMicros,
  type Session,
  type SessionExchange,
  type SessionExchangeError,
  type SessionParts,
  type Span,
  sessionParts,
  type Thread,
  type Tool,
  type Turn,
  timelineOf,
} from '@tacho/reader'
import { approvalJson } from '../approvals/json.js'
import { cancellationJson } from '../cancellations/json.js'

/** A session's JSON; a session may have millions of what its long lists hold. */
export type SessionJson = Record<string, unknown> & {
  exchanges: Iterable<object>
  spans: Iterable<object>
}

/** Returns a session for `tacho show --json` (docs/cli.md). Unknown values are null. */
export function sessionJson(session: Session, trace: string | undefined): SessionJson {
  const parts = sessionParts(session)
  const run = session.runs.at(-1)
  const { threads, turns, tools, approvals, cancellations } = parts
  return {
    session: {
      id: session.id,
      agent: session.agent.name,
      agentTitle: session.agent.title ?? null,
      agentVersion: run?.agentVersion ?? session.agent.version ?? null,
      startedAt: session.startedAt ?? null,
      endedAt: session.endedAt ?? null,
      ended: session.ended,
      exitCode: run?.exitCode ?? null,
      signal: run?.signal ?? null,
      lastSeenAt: session.lastSeenAt ?? null,
      cwd: run?.cwd ?? null,
      folder: session.folder,
      traceUrl: trace ?? null,
    },
    exchanges: exchangesJson(session.exchanges),
    threads: threads.map(threadJson),
    turns: turns.map((turn) => turnJson(session, turn)),
    tools: tools.map(toolJson),
    spans: spansJson(session, parts),
    approvals: approvals.map(approvalJson),
    cancellations: cancellations.map(cancellationJson),
    totals: {
      approvals: { waitedMs: null, longestMs: null, ...approvalTotals(approvals) },
      cancellations: { medianMs: null, longestMs: null, ...cancellationTotals(cancellations) },
    },
    runs: session.runs,
    gaps: session.gaps,
    damage: session.damage,
  }
}

function* spansJson(session: Session, parts: SessionParts): Generator<object> {
  for (const entry of timelineOf(session, parts))
    if ('span' in entry && entry.kind !== 'turn') yield spanJson(entry.span)
}

function* exchangesJson(exchanges: readonly SessionExchange[]): Generator<object> {
  const numbers = new Map(exchanges.map(({ id, number }) => [id, number]))
  for (const exchange of exchanges)
    yield exchangeJson(exchange, numbers.get(exchange.connection ?? ''))
}

function exchangeJson(exchange: SessionExchange, connection: number | undefined): object {
  return {
    number: exchange.number,
    id: exchange.id,
    state: exchange.state,
    outcome: exchange.outcome ?? null,
    method: exchange.method,
    url: exchange.url,
    transport: exchange.transport ?? 'http',
    connection: connection ?? null,
    isConnection: exchange.isConnection,
    isPrewarm: exchange.isPrewarm,
    status: exchange.status ?? null,
    startedAt: exchange.startedAt,
    firstChunkMs: exchange.firstChunkMs ?? null,
    durationMs: exchange.durationMs ?? null,
    requestBytes: exchange.requestBytes ?? null,
    responseBytes: exchange.responseBytes ?? null,
    chunks: exchange.chunks,
    model: exchange.model ?? null,
    usage: exchange.usage ?? null,
    error: exchange.error === undefined ? null : errorJson(exchange.error),
    webSocket: exchange.webSocket === undefined ? null : webSocketJson(exchange.webSocket),
    unparsed: exchange.unparsed ?? [],
    requestKind: exchange.requestKind ?? null,
    turnId: exchange.turnId ?? null,
    threadId: exchange.threadId ?? null,
  }
}

function errorJson({ side, type, code, message }: SessionExchangeError): object {
  return { side: side ?? null, type, code: code ?? null, message: message ?? null }
}

function webSocketJson({ closedBy, code, reason, sent, received }: WebSocketEnd): object {
  return { closedBy, code: code ?? null, reason: reason ?? null, sent, received }
}

function threadJson({ id, kind, source, number, turns }: Thread): object {
  return { id, kind, source: source ?? null, number, turns: turns.map(({ spanId }) => spanId) }
}

function turnJson({ spans }: Session, turn: Turn): object {
  const span = spans.get(turn.spanId)
  return {
    ...(span && spanJson(span)),
    kind: turn.kind,
    number: turn.number,
    outcome: turn.outcome ?? null,
    status: turn.status ?? null,
    left: turn.open ?? null,
    threadId: turn.threadId ?? null,
    turnId: turn.id ?? null,
  }
}

function toolJson(tool: Tool): object {
  return {
    name: tool.name,
    command: tool.command ?? null,
    cwd: tool.cwd ?? null,
    query: tool.query ?? null,
    path: tool.path ?? null,
    files: tool.files ?? null,
    mcpServer: tool.mcpServer ?? null,
    outcome: tool.outcome ?? null,
    status: tool.status ?? null,
    exitCode: tool.exitCode ?? null,
    error: tool.error ?? null,
    startedAt: isoOfMicros(tool.startedAt) ?? null,
    endedAt: tool.endedAt === undefined ? null : (isoOfMicros(tool.endedAt) ?? null),
    durationMs: tool.durationMs ?? null,
    left: tool.open ?? null,
    callId: tool.callId ?? null,
    threadId: tool.threadId ?? null,
    turnId: tool.turnId ?? null,
    spanId: tool.spanId,
  }
}

function spanJson(span: Span): object {
  return {
    id: span.spanId,
    parentId: span.parentSpanId ?? null,
    name: span.name,
    startedAt: isoOfMicros(span.startedAt) ?? null,
    endedAt: span.endedAt === undefined ? null : (isoOfMicros(span.endedAt) ?? null),
    isError: span.isError,
    attributes: span.attributes,
  }
}
