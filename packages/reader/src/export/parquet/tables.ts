import { SESSION_FILES } from '@tacho/format'
import { approvalsOf } from '../../approvals.js'
import { readSession, type Session } from '../../read-session.js'
import { sessionLines } from './session-lines.js'

/** The types of Parquet that a column can have. */
export type ColumnType = 'STRING' | 'BOOLEAN' | 'INT64' | 'DOUBLE' | 'JSON' | 'TIMESTAMP_MICROS'

/** A row by the names of its columns; what is not known is null. */
export type Row = Record<string, unknown>

export type Table = {
  name: string
  columns: Record<string, ColumnType>
  /** The rows of one session. */
  rows: (session: Session) => Iterable<Row>
}

/** The tables of an export: a file each. Their columns are promised in docs/exporting.md. */
export const TABLES: readonly Table[] = [
  {
    name: 'spans',
    columns: {
      session_id: 'STRING',
      trace_id: 'STRING',
      span_id: 'STRING',
      parent_span_id: 'STRING',
      name: 'STRING',
      kind: 'INT64',
      started_at: 'TIMESTAMP_MICROS',
      ended_at: 'TIMESTAMP_MICROS',
      is_error: 'BOOLEAN',
      attributes: 'JSON',
    },
    *rows({ id, spans }) {
      for (const span of spans.values()) {
        yield {
          session_id: id,
          trace_id: span.traceId,
          span_id: span.spanId,
          parent_span_id: span.parentSpanId ?? null,
          name: span.name,
          kind: whole(span.kind),
          started_at: whole(span.startedAt),
          ended_at: whole(span.endedAt),
          is_error: span.isError,
          attributes: span.attributes,
        }
      }
    },
  },
  {
    name: 'exchanges',
    columns: {
      session_id: 'STRING',
      number: 'INT64',
      exchange_id: 'STRING',
      state: 'STRING',
      method: 'STRING',
      url: 'STRING',
      status: 'INT64',
      started_at: 'TIMESTAMP_MICROS',
      first_chunk_ms: 'DOUBLE',
      duration_ms: 'DOUBLE',
      request_bytes: 'INT64',
      response_bytes: 'INT64',
      chunks: 'INT64',
      model: 'STRING',
      input_tokens: 'INT64',
      output_tokens: 'INT64',
      cache_read_tokens: 'INT64',
      reasoning_tokens: 'INT64',
      turn_id: 'STRING',
      thread_id: 'STRING',
      error: 'JSON',
    },
    *rows({ id, exchanges }) {
      for (const exchange of exchanges) {
        const { usage = {} } = exchange
        yield {
          session_id: id,
          number: whole(exchange.number),
          exchange_id: exchange.id,
          state: exchange.state,
          method: exchange.method,
          url: exchange.url,
          status: whole(exchange.status),
          started_at: whole(exchange.startedMicros),
          first_chunk_ms: exchange.firstChunkMs ?? null,
          duration_ms: exchange.durationMs ?? null,
          request_bytes: whole(exchange.requestBytes),
          response_bytes: whole(exchange.responseBytes),
          chunks: whole(exchange.chunks),
          model: exchange.model ?? null,
          input_tokens: whole(usage.inputTokens),
          output_tokens: whole(usage.outputTokens),
          cache_read_tokens: whole(usage.cacheReadInputTokens),
          reasoning_tokens: whole(usage.reasoningOutputTokens),
          turn_id: exchange.turnId ?? null,
          thread_id: exchange.threadId ?? null,
          error: exchange.error ?? null,
        }
      }
    },
  },
  {
    name: 'approvals',
    columns: {
      session_id: 'STRING',
      span_id: 'STRING',
      kind: 'STRING',
      what: 'STRING',
      reason: 'STRING',
      decision: 'STRING',
      decided_by: 'STRING',
      rule: 'STRING',
      asked_at: 'TIMESTAMP_MICROS',
      wait_ms: 'DOUBLE',
      is_open: 'BOOLEAN',
      turn_id: 'STRING',
      call_id: 'STRING',
    },
    *rows(session) {
      for (const approval of approvalsOf(session)) {
        yield {
          session_id: session.id,
          span_id: approval.spanId,
          kind: approval.kind,
          what: approval.what ?? null,
          reason: approval.reason ?? null,
          decision: approval.decision ?? null,
          decided_by: approval.decidedBy ?? null,
          rule: approval.rule ?? null,
          asked_at: whole(approval.askedAt),
          wait_ms: approval.waitMs ?? null,
          is_open: approval.open !== undefined,
          turn_id: approval.turnId ?? null,
          call_id: approval.callId ?? null,
        }
      }
    },
  },
  {
    name: 'logs',
    columns: {
      session_id: 'STRING',
      time: 'TIMESTAMP_MICROS',
      level: 'STRING',
      label: 'STRING',
      message: 'STRING',
    },
    *rows({ id, folder }) {
      for (const { at, level, label, message } of sessionLines(folder, SESSION_FILES.log)) {
        yield { session_id: id, time: whole(at), level, label, message }
      }
    },
  },
]

/** The rows of a table, of all sessions, one session at a time. */
export async function* rowsOf(table: Table, folders: readonly string[]): AsyncGenerator<Row> {
  for (const folder of folders) yield* table.rows(await readSession(folder))
}

/** Parquet's 64-bit integers are BigInts; what is no whole number is none. */
function whole(value: number | undefined): bigint | null {
  return value === undefined || !Number.isFinite(value) ? null : BigInt(Math.round(value))
}
