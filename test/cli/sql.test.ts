import { spawn } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parquetReadObjects } from 'hyparquet'
import { describe, expect, test } from 'vitest'
import {
  exchangeRecords,
  FIRST,
  sessionsDirectory,
  writeSession,
} from '../reader/session-folder.js'
import { TACHO, tacho } from './tacho.js'

const HOSTILE = `'; DROP TABLE sessions; --"$$\\ \u001b[2J`

/** Two sessions, one of which contains text that would do harm if it were not just data. */
function directory(): string {
  const folder = sessionsDirectory()
  writeSession(folder)
  const body = JSON.stringify({ model: HOSTILE, input: [{ role: 'user', content: HOSTILE }] })
  writeSession(folder, {
    id: '0199a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5c',
    run: { cwd: HOSTILE },
    raw: exchangeRecords({ id: FIRST, request: body, chunks: ['data: 1\n\n', 'data: 2\n\n'] }),
    meta: [],
  })
  return folder
}

const there = directory()

async function sql(query: string, ...more: string[]) {
  const ended = await tacho(['sql', query, ...more, '--sessions-dir', there])
  return { ...ended, text: ended.stdout.toString() }
}

/** Statements as typed into one process. */
async function typed(statements: readonly string[], ...more: string[]) {
  const child = spawn(process.execPath, [TACHO, 'sql', ...more, '--sessions-dir', there])
  const [out, errors]: [Buffer[], Buffer[]] = [[], []]
  child.stdout.on('data', (bytes) => out.push(bytes))
  child.stderr.on('data', (bytes) => errors.push(bytes))
  child.stdin.end(statements.map((statement) => `${statement};\n`).join(''))
  const exitCode = await new Promise((resolve) => child.on('close', resolve))
  return { out: Buffer.concat(out).toString(), errors: Buffer.concat(errors).toString(), exitCode }
}

const rows = async (query: string) => JSON.parse((await sql(query, '--json')).text)

const QUERIES: [query: string, result: object[]][] = [
  ['select count(*) as n from sessions', [{ n: 2 }]],
  ['select count(*) as n, count(distinct session_id) as s from exchanges', [{ n: 3, s: 2 }]],
  [
    'select exchange, count(*) as n from chunks group by 1 order by 1, 2',
    [
      { exchange: 1, n: 4 },
      { exchange: 2, n: 1 },
    ],
  ],
  ["select text from messages where role = 'user' and text like '%DROP%'", [{ text: HOSTILE }]],
  ['select count(*) as n from spans', [{ n: 4 }]],
  ['select count(*) as n from tools', [{ n: 0 }]],
  [
    'select count(*) as n from approvals union all select count(*) from cancellations',
    [{ n: 0 }, { n: 0 }],
  ],
  ['select count(*) as n from logs', [{ n: 0 }]],
  [
    'select s.ended, e.number from sessions s join exchanges e using (session_id) order by 2 desc limit 1',
    [{ ended: 'completed', number: 2 }],
  ],
  [
    "select attributes->>'gen_ai.request.model' as m from spans where duration_ms > 1000",
    [{ m: 'gpt-5.1' }],
  ],
  [
    'select 9007199254740993 as big, 0.5 as half, null as nothing',
    [{ big: '9007199254740993', half: 0.5, nothing: null }],
  ],
  ['create table t as select 1 as a; select a + 1 as b from t', [{ b: 2 }]],
]

// DuckDB takes long to load, so one process answers all of them.
test('each table has its rows', async () => {
  const { out } = await typed(
    QUERIES.map(([query]) => query),
    '--json',
  )
  const results = out.split(/^\]$/m).map((text) => `${text}]`)
  expect(results.slice(0, -1).map((text) => JSON.parse(text))).toEqual(
    QUERIES.map(([, result]) => result),
  )
})

test('what was recorded is data and nothing else', async () => {
  expect(await rows(`select cwd from sessions where cwd like '%DROP%'`)).toEqual([{ cwd: HOSTILE }])
  expect((await sql('select cwd from sessions')).text).not.toContain('\u001b')
})

test('a query has no files, no network and no settings', async () => {
  const out = join(sessionsDirectory(), 'out')
  const queries = [
    "select * from read_text('/etc/passwd')",
    "select * from '/etc/passwd'",
    "select * from read_csv('https://example.com/a.csv')",
    `copy sessions to '${out}'`,
    `attach '${out}'`,
    `export database '${out}'`,
    'install httpfs',
    'load httpfs',
    'set enable_external_access = true',
    "select * from glob('/*')",
  ]
  const { out: printed, errors, exitCode } = await typed(queries)
  expect([printed, exitCode]).toEqual(['', 1])
  expect(errors.match(/^tacho: \w+ ?\w* Error: /gm)).toHaveLength(queries.length)
  expect(errors).not.toContain('bug in Tacho')
  expect(existsSync(out)).toBe(false)
})

describe('the result is printed', () => {
  const query =
    "select 'a,\"b\"' as x, 1 as n, null as none union all select 'c', 2, null order by n"
  test('as a table', async () => {
    expect((await sql(query)).text).toBe('x      n\na,"b"  1\nc      2\n')
  })
  test('as CSV', async () => {
    expect((await sql(query, '--format', 'csv')).text).toBe('x,n,none\r\n"a,""b""",1,\r\nc,2,\r\n')
  })
  test('as Parquet', async () => {
    const { stdout } = await sql(
      'select session_id, started_at, exchanges from sessions order by 1',
      '--format',
      'parquet',
    )
    const file = stdout.buffer.slice(
      stdout.byteOffset,
      stdout.byteOffset + stdout.length,
    ) as ArrayBuffer
    const [first] = await parquetReadObjects({ file })
    expect(first).toMatchObject({ started_at: new Date('2026-11-23T10:00:00Z') })
  })
})

test('without a query, statements are read as they come', async () => {
  const { out, errors, exitCode } = await typed([
    '.tables\nselect count(*) as n\nfrom sessions',
    'nonsense',
    'select 7 as seven',
  ])
  expect(out).toMatch(/^sessions: session_id, .*\nn\n2\nseven\n\s*7\n$/s)
  expect(errors).toContain('Parser Error')
  expect(exitCode).toBe(1)
})

test('a session that cannot be read is named, and the others are there', async () => {
  const folder = sessionsDirectory()
  writeSession(folder)
  const broken = writeSession(folder, { id: '0199a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5d' })
  writeFileSync(join(broken, 'session.json'), '{"format":99}', { mode: 0o600 })
  const words = ['sql', 'select count(*) as n from exchanges', '--json', '--sessions-dir', folder]
  const { stdout, stderr, exitCode } = await tacho(words)
  expect(JSON.parse(stdout.toString())).toEqual([{ n: 2 }])
  expect(stderr).toContain('needs a newer Tacho')
  expect(exitCode).toBe(3)
})
