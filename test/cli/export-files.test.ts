import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet'
import { describe, expect, test } from 'vitest'
import { recordSession } from '../faults/recorded-session.js'
import {
  endedSpan,
  exchangeRecords,
  FIRST,
  RUN_ID,
  SESSION_ID,
  type SessionParts,
  sessionsDirectory,
  startedSpan,
  writeSession,
} from '../reader/session-folder.js'
import { tacho } from './tacho.js'

// What has an approval, a tool and a cancellation in it, and died with an exchange in flight.
const BUSY: SessionParts = {
  isOpen: true,
  raw: [
    ...exchangeRecords({
      id: FIRST,
      request: '{"input":"fix it"}',
      chunks: ['data: one\n\n', [{ base64: Buffer.from([255, 254, 0]).toString('base64') }]],
      url: 'http://127.0.0.1:4000/v1/responses?a=1&b=%C3%A9',
      headers: [
        ['Content-Type', 'application/json'],
        ['Cookie', 'a=[secret:cookie:7f3a]; b=2'],
      ],
    }),
    ...exchangeRecords({
      id: '2222222222222222',
      start: 1500,
      request: '{"more":1}',
      chunks: ['data: th'],
      state: 'in-flight',
    }),
  ],
  meta: [
    startedSpan({ id: RUN_ID, name: 'session', start: 0 }),
    endedSpan({ id: 'b1', parent: RUN_ID, name: 'invoke_agent codex', start: 50, end: 2000 }),
    endedSpan({ id: 't1', parent: 'b1', name: 'execute_tool exec_command', start: 200, end: 900 }),
    endedSpan({ id: 't2', parent: 'b1', name: 'execute_tool exec_command', start: 300, end: 800 }),
    endedSpan({
      id: 'c1',
      parent: 'b1',
      name: 'approval command',
      start: 210,
      end: 600,
      attributes: {
        'tacho.approval.kind': 'command',
        'tacho.approval.what': 'rm -rf build',
        'tacho.approval.decision': 'accept',
        'tacho.approval.decided_by': 'user',
        'tacho.approval.wait_ms': 390,
      },
    }),
    endedSpan({
      id: 'd1',
      parent: 'b1',
      name: 'cancellation',
      start: 1800,
      end: 1900,
      attributes: { 'tacho.cancellation.origin': 'user', 'tacho.cancellation.reason': 'Esc' },
    }),
  ],
}

describe('perfetto', () => {
  type Event = { ph: string; name: string; tid?: number; ts?: number; dur?: number; args: object }

  async function traceOf(parts: SessionParts) {
    const root = sessionsDirectory()
    writeSession(root, parts)
    const { stdout, exitCode } = await exported(root, 'perfetto', 'last', '-o', '-')
    expect(exitCode).toBe(0)
    const events = JSON.parse(stdout).traceEvents as Event[]
    const names = new Map(
      events
        .filter(({ name }) => name === 'thread_name')
        .map(({ tid, args }) => [tid, (args as { name: string }).name]),
    )
    const slices = events.filter(({ ph }) => ph === 'X')
    return { events, slices: slices.map((one) => ({ ...one, track: names.get(one.tid) })) }
  }

  test('has a track for each kind, and one more where two of a kind overlap', async () => {
    const { slices } = await traceOf(BUSY)
    const shown = slices.map(({ track, name, ts, dur }) => [track, name, ts, dur])
    expect(shown).toContainEqual(['turns', 'invoke_agent codex', 50_000, 1_950_000])
    expect(shown).toContainEqual(['approvals', 'rm -rf build: accept by user', 210_000, 390_000])
    expect(shown).toContainEqual(['tools', 'execute_tool exec_command', 200_000, 700_000])
    expect(shown).toContainEqual(['tools 2', 'execute_tool exec_command', 300_000, 500_000])
    expect(shown).toContainEqual(['cancellations', 'user: Esc', 1_800_000, expect.any(Number)])
    expect(shown).toContainEqual([
      'exchanges',
      '1 POST /v1/responses?a=1&b=%C3%A9',
      100_000,
      1_200_000,
    ])
    expect(shown).toContainEqual(['streams', '1 stream', 220_000, expect.any(Number)])
  })

  test('what was in flight lasts to the last sign of life, and says so', async () => {
    const { slices } = await traceOf(BUSY)
    const run = slices.find(({ track }) => track === 'runs')
    expect(run).toMatchObject({ ts: 0, dur: 2_000_000, args: { 'in flight': true } })
    const open = slices.find(({ name }) => name.startsWith('2 POST'))
    expect(open?.name).toContain('(in-flight)')
  })

  test('counts the bytes that arrive, chunk by chunk', async () => {
    const { events } = await traceOf(BUSY)
    const counter = events.filter(({ ph }) => ph === 'C').map(({ ts, args }) => [ts, args])
    expect(counter).toEqual([
      [220_000, { bytes: 11 }],
      [230_000, { bytes: 14 }],
      [1_620_000, { bytes: 22 }],
    ])
  })

  test('an empty session is an empty trace', async () => {
    const { slices } = await traceOf({ raw: [], meta: [] })
    expect(slices).toEqual([])
  })
})

describe('har', () => {
  test('is valid by the schema of HAR 1.2, with what was sent and what came', async () => {
    const root = sessionsDirectory()
    writeSession(root, BUSY)
    const archive = JSON.parse((await exported(root, 'har', 'last', '-o', '-')).stdout)
    expect(problemsOf(archive)).toEqual([])
    const [first, second] = archive.log.entries
    expect(first).toMatchObject({
      startedDateTime: '2026-11-23T10:00:00.100Z',
      time: 1200,
      timings: { send: 0, wait: 100, receive: 1100 },
      request: {
        method: 'POST',
        queryString: [
          { name: 'a', value: '1' },
          { name: 'b', value: 'é' },
        ],
        cookies: [
          { name: 'a', value: '[secret:cookie:7f3a]' },
          { name: 'b', value: '2' },
        ],
        postData: { mimeType: 'application/json', text: '{"input":"fix it"}' },
      },
      response: { status: 200, content: { encoding: 'base64', size: 14 } },
      _state: 'completed',
      _exchange: 1,
    })
    const body = Buffer.from(first.response.content.text, 'base64')
    expect(body).toEqual(Buffer.concat([Buffer.from('data: one\n\n'), Buffer.from([255, 254, 0])]))
    expect(second).toMatchObject({
      _state: 'in-flight',
      response: { content: { text: 'data: th' } },
    })
  })

  test('of a real recording has each body as it went over the wire', async () => {
    const root = sessionsDirectory()
    await recordSession(root, 3)
    const archive = JSON.parse((await exported(root, 'har', 'last', '-o', '-')).stdout)
    expect(problemsOf(archive)).toEqual([])
    for (const number of [1, 2, 3]) {
      const { request, response } = archive.log.entries[number - 1]
      const raw = (what: string) =>
        tacho(['raw', 'last', String(number), what, '--sessions-dir', root])
      expect(request.postData.text).toBe((await raw('--request')).stdout.toString())
      expect(response.content.text).toBe((await raw('--response')).stdout.toString())
    }
  })

  /** What the schema of HAR 1.2 has against an archive. */
  function problemsOf(archive: object): unknown[] {
    const require = createRequire(import.meta.url)
    const Ajv = require('ajv')
    const ajv = new Ajv({ schemaId: 'auto', allErrors: true })
    ajv.addMetaSchema(require('ajv/lib/refs/json-schema-draft-06.json'))
    for (const schema of Object.values(require('har-schema'))) ajv.addSchema(schema)
    return ajv.validate('har.json#', archive) ? [] : ajv.errors
  }
})

describe('parquet', () => {
  async function tablesOf(root: string) {
    const folder = mkdtempSync(join(tmpdir(), 'tacho-parquet-'))
    const { stdout, exitCode } = await exported(root, 'parquet', '--all', '-o', folder, '--json')
    expect(exitCode).toBe(0)
    const tables: Record<string, Record<string, unknown>[]> = {}
    for (const { table, file } of JSON.parse(stdout)) {
      tables[table] = await parquetReadObjects({ file: await asyncBufferFromFile(file) })
    }
    return { folder, tables, written: JSON.parse(stdout) }
  }

  test('has spans, exchanges, approvals and log lines of all sessions, typed', async () => {
    const root = sessionsDirectory()
    writeSession(root, BUSY)
    writeSession(root, { id: '0199a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5c', raw: [], meta: [] })
    writeFileSync(
      join(root, SESSION_ID, 'session.log'),
      '2026-11-23T10:00:00.000001Z INFO  tacho: one\n    and more\n2026-11-23T10:00:01.5Z ERROR codex: two\n',
    )
    const { folder, tables, written } = await tablesOf(root)
    expect(readdirSync(folder).sort()).toEqual([
      'approvals.parquet',
      'exchanges.parquet',
      'logs.parquet',
      'spans.parquet',
    ])
    expect(statSync(join(folder, 'spans.parquet')).mode & 0o777).toBe(0o600)
    expect(
      written.map(({ table, rows }: { table: string; rows: number }) => [table, rows]),
    ).toEqual([
      ['spans', 6],
      ['exchanges', 2],
      ['approvals', 1],
      ['logs', 2],
    ])
    expect(tables.exchanges).toMatchObject([
      { session_id: SESSION_ID, number: 1n, status: 200n, duration_ms: 1200, state: 'completed' },
      { number: 2n, state: 'in-flight', duration_ms: null, model: null },
    ])
    expect(tables.exchanges?.[0]?.started_at).toEqual(new Date('2026-11-23T10:00:00.100Z'))
    expect(tables.approvals).toMatchObject([
      { what: 'rm -rf build', decided_by: 'user', wait_ms: 390, is_open: false },
    ])
    expect(tables.spans?.find(({ span_id }) => span_id === 'c1')).toMatchObject({
      name: 'approval command',
      attributes: { 'tacho.approval.decision': 'accept' },
    })
    expect(tables.logs).toMatchObject([
      { level: 'info', label: 'tacho', message: 'one\nand more' },
      { level: 'error', label: 'codex', message: 'two' },
    ])
  })

  test('of no session at all has tables without rows', async () => {
    const { tables } = await tablesOf(sessionsDirectory())
    expect(tables).toEqual({ spans: [], exchanges: [], approvals: [], logs: [] })
  })
})

describe('a file', () => {
  test('is named after the session, private, and never written over unless that is asked for', async () => {
    const root = sessionsDirectory()
    writeSession(root)
    const folder = mkdtempSync(join(tmpdir(), 'tacho-export-'))
    const path = join(folder, 'mine.har')
    const first = await exported(root, 'har', 'last', '-o', path)
    expect(first.stderr).toContain('mine.har is written. Open it in')
    expect(statSync(path).mode & 0o777).toBe(0o600)
    writeFileSync(path, 'precious')
    const second = await exported(root, 'har', 'last', '-o', path)
    expect(second.stderr).toContain('is there already. Name another with -o, or say --force.')
    expect([second.exitCode, readFileSync(path, 'utf8')]).toEqual([1, 'precious'])
    await exported(root, 'har', 'last', '-o', path, '--force')
    expect(readFileSync(path, 'utf8')).toContain('"version":"1.2"')
    expect(readdirSync(folder)).toEqual(['mine.har'])
  })

  test('that cannot be made is told of, and nothing is left of it', async () => {
    const root = sessionsDirectory()
    writeSession(root)
    const path = join(root, 'nowhere', 'x.json')
    const { stderr, exitCode } = await exported(root, 'perfetto', 'last', '-o', path)
    expect(stderr).toContain('cannot be written (ENOENT)')
    expect([exitCode, existsSync(path)]).toEqual([1, false])
  })
})

async function exported(root: string, ...words: string[]) {
  const { stdout, ...rest } = await tacho(['export', ...words, '--sessions-dir', root])
  return { ...rest, stdout: stdout.toString() }
}
