import { execFileSync } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SESSION_FILES } from '@tacho/format'
import { describe, expect, test } from 'vitest'
import { recordSession, SESSION_ID } from '../faults/recorded-session.js'
import {
  endedSpan,
  exchangeRecords,
  FIRST,
  RUN_ID,
  sessionsDirectory,
  startedSpan,
  writeSession,
} from '../reader/session-folder.js'
import { TACHO, tacho } from './tacho.js'

const OTHER = '0199a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5c'

test('a clean session: one line, exit code 0', async () => {
  const { stdout, stderr, exitCode } = await verified(await sessions(), SESSION_ID)
  expect(stdout).toMatch(
    new RegExp(
      `^${SESSION_ID}  clean: \\d+ records, 2 request and 2 response bodies, \\d+ events, \\d+ spans, .* kB\\n$`,
    ),
  )
  expect([stderr, exitCode]).toEqual(['', 0])
})

test('a damaged one: file, line, byte and reason, what to do next, exit code 1', async () => {
  const root = await sessions()
  flip(root, SESSION_ID)
  const { stdout, stderr, exitCode } = await verified(root, SESSION_ID)
  const raw = 'session_oai_raw.log'
  expect(stdout).toContain(`  ${raw}, line 1, byte 0: the checksum does not match\n`)
  expect(stdout).toContain(`tacho salvage ${SESSION_ID} --to DIR`)
  expect([stderr, exitCode]).toEqual(['', 1])
})

test('one with a body that is not whole: which, why, exit code 1, and nothing to salvage', async () => {
  const root = sessionsDirectory()
  const broken = exchangeRecords({ id: FIRST, request: 'r', chunks: ['ab'] }).map((record) =>
    record.kind === 'end' ? { ...record, broken: 'gzip: x\u001b[31m' } : record,
  )
  const meta = [
    startedSpan({ id: RUN_ID, name: 'session', start: 0 }),
    endedSpan({ id: RUN_ID, name: 'session', start: 0, end: 2500 }),
  ]
  const folder = writeSession(root, { raw: broken, meta })
  chmodSync(folder, 0o700)
  for (const file of [SESSION_FILES.manifest, SESSION_FILES.raw, SESSION_FILES.meta]) {
    chmodSync(join(folder, file), 0o600)
  }
  const { stdout, exitCode } = await verified(root, 'last')
  expect(stdout).toMatch(
    /not whole: .*\n {2}the response body of exchange 1 is not whole: gzip: x\\x1b\[31m\n$/,
  )
  expect(exitCode).toBe(1)
  const { stdout: json } = await verified(root, 'last', '--json')
  expect(JSON.parse(json)).toMatchObject({ isClean: false, damage: [], broken: [{ exchange: 1 }] })
})

test('an unreadable one: why, exit code 2', async () => {
  const root = await sessions()
  writeFileSync(join(root, SESSION_ID, SESSION_FILES.manifest), '{"format":99}')
  const { stdout, exitCode } = await verified(root, SESSION_ID)
  expect(stdout).toBe(`${SESSION_ID}  unreadable: it has format 99 and needs a newer Tacho\n`)
  expect(exitCode).toBe(2)
})

describe('--all', () => {
  test('looks at each, and ends with the worst', async () => {
    const root = await sessions()
    cpSync(join(root, SESSION_ID), join(root, OTHER), { recursive: true })
    flip(root, OTHER)
    const { stdout, exitCode } = await verified(root, '--all')
    expect(stdout).toContain(`${SESSION_ID}  clean`)
    expect(stdout).toContain(`${OTHER}  damaged`)
    expect(exitCode).toBe(1)
  })

  test('of no session at all is clean', async () => {
    const { stdout, exitCode } = await verified(sessionsDirectory(), '--all', '--json')
    expect([JSON.parse(stdout), exitCode]).toEqual([[], 0])
  })
})

test('--json says the same', async () => {
  const root = await sessions()
  const clean = await verified(root, SESSION_ID, '--json')
  expect(JSON.parse(clean.stdout)).toMatchObject({
    id: SESSION_ID,
    isClean: true,
    unreadable: null,
    damage: [],
    checked: { requestBodies: 2 },
    gaps: { count: 0 },
  })
  flip(root, SESSION_ID)
  const damaged = await verified(root, '--all', '--json')
  expect(JSON.parse(damaged.stdout)).toMatchObject([
    { isClean: false, damage: [{ line: 1, byte: 0 }, {}] },
  ])
  expect(damaged.exitCode).toBe(1)
})

test.each([[[]], [['--all', SESSION_ID]]])('%j is a wrong use', async (words) => {
  const { stderr, exitCode } = await verified(await sessions(), ...words)
  expect(stderr).toMatch(/^tacho: .*Name one session, or say --all\.\n$/)
  expect(stderr.includes('exclude each other')).toBe(words.length > 0)
  expect(exitCode).toBe(2)
})

test('a progress bar is on stderr where that is a terminal, and gone at the end', async () => {
  const root = await sessions()
  const command = `"${TACHO}" verify last --sessions-dir "${root}" >/dev/null`
  const seen = execFileSync('script', ['-qec', command, '/dev/null']).toString()
  expect(seen).toMatch(/verifying \[[#-]{30}\] +\d+ %/)
  expect(seen.endsWith('\r\u001b[2K')).toBe(true)
  rmSync(root, { recursive: true })
})

async function sessions(): Promise<string> {
  const root = join(sessionsDirectory(), 'sessions')
  mkdirSync(root, { mode: 0o700 })
  await recordSession(root, 2)
  return root
}

async function verified(root: string, ...words: string[]) {
  const { stdout, ...rest } = await tacho(['verify', ...words, '--sessions-dir', root])
  return { stdout: stdout.toString(), ...rest }
}

function flip(root: string, id: string): void {
  const path = join(root, id, SESSION_FILES.raw)
  const bytes = readFileSync(path)
  bytes[60] = (bytes[60] ?? 0) ^ 1
  writeFileSync(path, bytes)
}
