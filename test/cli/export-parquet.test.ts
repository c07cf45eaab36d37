import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sealSession } from '@tacho/reader'
import { parquetReadObjects } from 'hyparquet'
import { describe, expect, test } from 'vitest'
import {
  endedSpan,
  FIRST,
  RUN_ID,
  SECOND,
  SESSION_ID,
  sessionsDirectory,
  spansOfTwo,
  timeAt,
  writeSession,
} from '../reader/session-folder.js'
import { CONNECTION, webSocketSession } from '../reader/web-socket-session.js'
import { tacho } from './tacho.js'

const OTHER_ID = '0199a1b3-c3d4-7e5f-8a9b-0c1d2e3f4a5b'
const FILES = ['approvals', 'exchanges', 'logs', 'sessions', 'spans'].map(
  (table) => `${table}.parquet`,
)

function exported(words: string[], directory: string): ReturnType<typeof tacho> {
  return tacho(['export', 'parquet', '--sessions-dir', directory, ...words])
}

async function rowsOf(directory: string, table: string): Promise<Record<string, unknown>[]> {
  const { buffer, byteOffset, byteLength } = readFileSync(join(directory, `${table}.parquet`))
  const file = buffer.slice(byteOffset, byteOffset + byteLength)
  return parquetReadObjects({ file: file as ArrayBuffer })
}

test('spans, exchanges, approvals and log messages come back with their types', async () => {
  const directory = sessionsDirectory()
  const approval = endedSpan({
    id: 'a1',
    parent: RUN_ID,
    name: 'approval command',
    start: 10,
    end: 500,
    attributes: { 'tacho.approval.wait_ms': 300.5, 'tacho.approval.decision': 'accept' },
  })
  const folder = writeSession(directory, { meta: [...spansOfTwo(), approval], isOpen: true })
  writeFileSync(
    join(folder, 'session.log'),
    '2026-11-23T10:00:00.000001Z WARN  codex: one\n  more: of it\n2026-11-23T10:00:01.000000Z INFO  tacho: two\n',
  )
  const out = join(directory, 'out', 'deep')
  const { exitCode, stderr } = await exported(['last', '-o', out], directory)
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 })
  expect(stderr).toMatch(/of 1 session,/)
  expect(readdirSync(out).sort()).toEqual(FILES)
  for (const file of FILES) expect(statSync(join(out, file)).mode & 0o777).toBe(0o600)
  const exchanges = await rowsOf(out, 'exchanges')
  expect(exchanges[0]).toMatchObject({
    session_id: SESSION_ID,
    number: 1n,
    exchange_id: FIRST,
    state: 'completed',
    status: 200n,
    started_at: new Date(timeAt(100)),
    duration_ms: 1200,
    input_tokens: 1200n,
    response_bytes: 22n,
  })
  expect(exchanges[1]).toMatchObject({ exchange_id: SECOND, state: 'in-flight', duration_ms: null })
  const spans = await rowsOf(out, 'spans')
  expect(spans).toHaveLength(5)
  const chat = spans.find(({ span_id }) => span_id === FIRST)
  expect(JSON.parse(String(chat?.attributes))).toMatchObject({ 'gen_ai.request.model': 'gpt-5.1' })
  expect(spans.find(({ span_id }) => span_id === SECOND)).toMatchObject({
    open: true,
    left: 'died',
    ended_at: null,
  })
  expect(await rowsOf(out, 'approvals')).toMatchObject([{ wait_ms: 300.5, decision: 'accept' }])
  expect(await rowsOf(out, 'logs')).toMatchObject([
    { level: 'WARN', source: 'codex', message: 'one\n  more: of it' },
    { level: 'INFO', source: 'tacho', message: 'two' },
  ])
})

test('a WebSocket and what went over it are rows that name each other', async () => {
  const directory = sessionsDirectory()
  writeSession(directory, { raw: webSocketSession(), meta: [] })
  await exported(['last', '-o', join(directory, 'out')], directory)
  expect(await rowsOf(join(directory, 'out'), 'exchanges')).toMatchObject([
    { exchange_id: CONNECTION, transport: 'http', is_connection: true, closed_by: 'agent' },
    { transport: 'websocket', connection_id: CONNECTION, is_prewarm: true, status: null },
    { transport: 'websocket', connection_id: CONNECTION, is_prewarm: false, closed_by: null },
    { transport: 'websocket', is_connection: false },
  ])
})

test('a sealed session gives the same tables', async () => {
  const directory = sessionsDirectory()
  const folder = writeSession(directory)
  writeFileSync(join(folder, 'session.log'), '2026-11-23T10:00:00.000001Z WARN  codex: one\n')
  await exported(['last', '-o', join(directory, 'plain')], directory)
  sealSession(folder)
  await exported(['last', '-o', join(directory, 'sealed')], directory)
  for (const file of FILES) {
    const [plain, sealed] = ['plain', 'sealed'].map((out) =>
      readFileSync(join(directory, out, file)),
    )
    expect(sealed?.equals(plain ?? Buffer.alloc(0)), file).toBe(true)
  }
})

test('a session of nothing gives four files without rows', async () => {
  const directory = sessionsDirectory()
  writeSession(directory, { raw: [], meta: [] })
  const { exitCode } = await exported(['last', '-o', directory], directory)
  expect(exitCode).toBe(0)
  for (const table of ['spans', 'exchanges', 'approvals', 'logs']) {
    expect(await rowsOf(directory, table)).toEqual([])
  }
})

describe('which sessions', () => {
  const both = [OTHER_ID, SESSION_ID]
  for (const [words, ids] of [
    [['--all'], both],
    [[SESSION_ID, OTHER_ID, SESSION_ID], both],
    [['--since', '2026-11-23T10:00:30Z'], [OTHER_ID]],
    [['--since', '2026-11-23'], both],
  ] as const)
    test(words.join(' '), async () => {
      const directory = sessionsDirectory()
      writeSession(directory)
      const startedAt = timeAt(60_000)
      writeSession(directory, { id: OTHER_ID, run: { startedAt, endedAt: timeAt(61_000) } })
      const { exitCode } = await exported([...words, '-o', directory], directory)
      expect(exitCode).toBe(0)
      const rows = await rowsOf(directory, 'exchanges')
      expect([...new Set(rows.map(({ session_id }) => session_id))].sort()).toEqual([...ids].sort())
    })

  for (const words of [
    [],
    ['last', '--all'],
    ['--since', 'yesterday'],
    ['--since', '7'],
    ['--all', '--since', '7x'],
  ]) {
    test(`${JSON.stringify(words)} is a wrong use`, async () => {
      const { exitCode, stderr } = await exported(words, sessionsDirectory())
      expect(exitCode).toBe(2)
      expect(stderr).not.toContain('bug in Tacho')
    })
  }
})

test('nothing is written where one of the files is there', async () => {
  const directory = sessionsDirectory()
  writeSession(directory)
  writeFileSync(join(directory, 'logs.parquet'), 'mine')
  const refused = await exported(['last', '-o', directory], directory)
  expect(refused.exitCode).toBe(1)
  expect(readdirSync(directory).sort()).toEqual([SESSION_ID, 'logs.parquet'])
  expect(readFileSync(join(directory, 'logs.parquet'), 'utf8')).toBe('mine')
  expect((await exported(['last', '-o', directory, '-f'], directory)).exitCode).toBe(0)
})

test('a session of a newer format does not keep the others from it', async () => {
  const directory = sessionsDirectory()
  writeSession(directory)
  writeSession(directory, { id: OTHER_ID, manifest: { format: 99 } })
  const { exitCode, stderr } = await exported(['--all', '-o', directory], directory)
  expect(exitCode).toBe(3)
  expect(stderr).toContain('needs a newer Tacho')
  expect(await rowsOf(directory, 'exchanges')).toHaveLength(2)
})

test('a folder that cannot be made is told of at once', async () => {
  const directory = sessionsDirectory()
  writeSession(directory)
  // Where nobody can create a folder, not even root.
  const { stderr, exitCode } = await exported(['--all', '-o', '/proc/tacho/deep'], directory)
  expect(stderr).toContain('/proc/tacho cannot be made (ENOENT).')
  expect(exitCode).toBe(1)
})
