import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import {
  bytesOf,
  type Content,
  type EndRecord,
  encodeLine,
  type Headers,
  type Manifest,
  otlpAttributes,
  type PlainValue,
  type RawRecord,
  type Run,
  SESSION_FILES,
} from '@tacho/format'
import { atEndOfFile } from '../end-of-file.js'

export const SESSION_ID = '0199a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b'
const TRACE_ID = SESSION_ID.replaceAll('-', '')
export const RUN_ID = '00000000000000aa'
/** When the sessions of these tests start: their records count from here. */
export const START = Date.parse('2026-11-23T10:00:00.000Z')

/** An empty folder for sessions, removed when the test file is done. */
export function sessionsDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'tacho-sessions-'))
  atEndOfFile(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

/** The contents of a session folder; defaults are those of a session that ended well. */
export type SessionParts = {
  id?: string
  run?: Partial<Run>
  /** Without `endedAt` and `ended`. */
  isOpen?: boolean
  manifest?: Partial<Manifest> | 'none'
  raw?: object[]
  meta?: object[]
}

/** Writes a session folder and returns its path. */
export function writeSession(directory: string, parts: SessionParts = {}): string {
  const { id = SESSION_ID, raw = twoExchanges(), meta = spansOfTwo() } = parts
  const folder = join(directory, id)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  if (parts.manifest !== 'none') {
    const manifest = manifestOf(parts, parts.manifest)
    writeFileSync(join(folder, SESSION_FILES.manifest), JSON.stringify(manifest), PRIVATE)
  }
  writeFileSync(join(folder, SESSION_FILES.raw), lines(raw), PRIVATE)
  writeFileSync(join(folder, SESSION_FILES.meta), lines(meta), PRIVATE)
  return folder
}

const PRIVATE = { mode: 0o600 }

/** Records in the form of a log. */
export function lines(records: readonly object[]): Buffer {
  return Buffer.concat(records.map((record) => encodeLine(record, crc32)))
}

export function manifestOf(parts: SessionParts, manifest: Partial<Manifest> = {}): Manifest {
  const { id = SESSION_ID } = parts
  const run: Run = {
    id: RUN_ID,
    tacho: '0.1.0',
    agentVersion: '0.169.0',
    pid: 2 ** 22 + 1,
    command: 'exec',
    argv: ['exec', '--persist-session', 'fix it'],
    cwd: '/home/ada/project',
    startedAt: timeAt(0),
    exchanges: { completed: 1, cancelled: 0, failed: 0 },
    ...(parts.isOpen ? {} : { endedAt: timeAt(2500), ended: { exitCode: 0 } }),
    ...parts.run,
  }
  return {
    format: 1,
    id,
    traceId: id.replaceAll('-', ''),
    agent: { name: 'codex', version: '0.169.0' },
    startedAt: timeAt(0),
    runs: [run],
    ...manifest,
  }
}

/** The time this many milliseconds after {@link START}. */
export function timeAt(milliseconds: number): string {
  return new Date(START + milliseconds).toISOString().replace('Z', '000Z')
}

export type ExchangeParts = {
  id: string
  /** Milliseconds after the session's start. */
  start?: number
  method?: string
  url?: string
  headers?: Headers
  request?: Content
  /** The text that the request's content expands to, if it copies. */
  requestBytes?: Uint8Array
  status?: number
  statusText?: string
  chunks?: Content[]
  /** `in-flight`: no end is written. */
  state?: EndRecord['state'] | 'in-flight'
  error?: EndRecord['error']
  turnId?: string
}

/** The records of one exchange. */
export function exchangeRecords(parts: ExchangeParts): RawRecord[] {
  const { id: exchange, start = 100, method = 'POST', status = 200, state = 'completed' } = parts
  const { request, chunks = [], turnId } = parts
  const records: RawRecord[] = [
    {
      kind: 'exchange',
      exchange,
      time: timeAt(start),
      method,
      url: parts.url ?? 'http://127.0.0.1:4000/v1/responses',
      headers: parts.headers ?? [['Content-Type', 'application/json']],
      run: RUN_ID,
      ...(turnId !== undefined && { turnId }),
    },
  ]
  const sent = parts.requestBytes ?? (request === undefined ? Buffer.alloc(0) : bytesOf(request))
  if (request !== undefined) {
    const sha256 = sha256Of(sent)
    records.push({
      kind: 'request-body',
      exchange,
      at: 500,
      content: request,
      bytes: sent.length,
      sha256,
    })
  }
  if (status > 0) {
    const headers: Headers = [['content-type', 'text/event-stream']]
    const statusText = parts.statusText ?? 'OK'
    records.push({ kind: 'response', exchange, at: 100_000, status, statusText, headers })
  }
  chunks.forEach((content, index) => {
    records.push({ kind: 'chunk', exchange, at: 120_000 + index * 10_000, content })
  })
  if (state !== 'in-flight') {
    const received = Buffer.concat(chunks.map((content) => bytesOf(content)))
    records.push({
      kind: 'end',
      exchange,
      at: 1_200_000,
      state,
      requestBytes: sent.length,
      responseBytes: received.length,
      responseSha256: sha256Of(received),
      ...(parts.error && { error: parts.error }),
    })
  }
  return records
}

export const FIRST = '1111111111111111'
export const SECOND = '2222222222222222'
export const TURN = '0199a1b2-0000-7000-8000-000000000001'

/** One completed exchange, and one in flight when the recording ends. */
export function twoExchanges(): RawRecord[] {
  return [
    ...exchangeRecords({
      id: FIRST,
      request: '{"input":"fix it"}',
      chunks: ['data: one\n\n', 'data: two\n\n'],
      turnId: TURN,
    }),
    ...exchangeRecords({
      id: SECOND,
      start: 1400,
      request: '{"input":"fix it","more":true}',
      chunks: ['data: th'],
      state: 'in-flight',
      turnId: TURN,
    }),
  ]
}

/** The spans of {@link twoExchanges}: the first ended, with its usage; the others only started. */
export function spansOfTwo(): object[] {
  const turn = { 'tacho.turn.id': TURN }
  return [
    startedSpan({ id: RUN_ID, name: 'session', start: 0 }),
    startedSpan({
      id: '00000000000000bb',
      parent: RUN_ID,
      name: 'invoke_agent codex',
      start: 50,
      attributes: turn,
    }),
    startedSpan({ id: FIRST, parent: '00000000000000bb', name: 'chat gpt-5.1', start: 100 }),
    endedSpan({
      id: FIRST,
      parent: '00000000000000bb',
      name: 'chat gpt-5.1',
      start: 100,
      end: 1300,
      attributes: {
        'gen_ai.request.model': 'gpt-5.1',
        'gen_ai.usage.input_tokens': 1200,
        'gen_ai.usage.output_tokens': 34,
        ...turn,
      },
    }),
    startedSpan({
      id: SECOND,
      parent: '00000000000000bb',
      name: 'chat gpt-5.1',
      start: 1400,
      attributes: { 'gen_ai.request.model': 'gpt-5.1' },
    }),
  ]
}

export type SpanParts = {
  id: string
  parent?: string
  name: string
  start: number
  end?: number
  attributes?: Record<string, PlainValue>
  /** The ids of the spans that an ended span links to. */
  links?: string[]
  /** The status message of a failed span. */
  message?: string
  /** The events of an ended span. */
  events?: [name: string, at: number][]
}

export function startedSpan(parts: SpanParts): object {
  return { started: spanOf(parts) }
}

export function endedSpan(parts: SpanParts): object {
  const { links = [], events = [] } = parts
  const span = {
    ...spanOf(parts),
    endTimeUnixNano: nanosAt(parts.end ?? parts.start),
    events: events.map(([name, at]) => ({ timeUnixNano: nanosAt(at), name, attributes: [] })),
    links: links.map((spanId) => ({ traceId: TRACE_ID, spanId, attributes: [] })),
    status: parts.message === undefined ? {} : { code: 2, message: parts.message },
  }
  return {
    resourceSpans: [
      { resource: { attributes: [] }, scopeSpans: [{ scope: { name: 'tacho' }, spans: [span] }] },
    ],
  }
}

function spanOf({ id, parent, name, start, attributes = {} }: SpanParts): object {
  return {
    traceId: TRACE_ID,
    spanId: id,
    ...(parent !== undefined && { parentSpanId: parent }),
    name,
    kind: 1,
    startTimeUnixNano: nanosAt(start),
    attributes: otlpAttributes(attributes as Record<string, string>),
  }
}

function nanosAt(milliseconds: number): string {
  return `${START + milliseconds}000000`
}

export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
