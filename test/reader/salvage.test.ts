import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { SESSION_FILES } from '@tacho/format'
import {
  indexRawLog,
  readSession,
  requestBody,
  salvageSession,
  sealSession,
  verifySession,
} from '@tacho/reader'
import { describe, expect, test } from 'vitest'
import { recordSession, SESSION_ID } from '../faults/recorded-session.js'
import { sessionsDirectory, writeSession } from './session-folder.js'

describe('a damaged session becomes a clean one, and stays as it is', () => {
  const cases: [what: string, spoil: (folder: string) => void, exchanges: number, lost: number][] =
    [
      ['nothing is damaged', () => undefined, 6, 0],
      ['the last line is cut off', (folder) => cut(folder, SESSION_FILES.raw, -20), 6, 1],
      ['a byte of a request is flipped', (folder) => flip(folder, lineAt(folder, 1) + 200), 6, 1],
      ['the first line is flipped', (folder) => flip(folder, 30), 5, 1],
      ['a run of NUL bytes', (folder) => fill(folder, lineAt(folder, 8), 700), 6, 1],
      [
        'lines of another program',
        (folder) => insert(folder, lineAt(folder, 7), 'hello\nthere\n'),
        6,
        2,
      ],
      ['the manifest is gone', (folder) => rmSync(join(folder, SESSION_FILES.manifest)), 6, 0],
      ['the spans are cut off', (folder) => cut(folder, SESSION_FILES.meta, 700), 6, 1],
      ['the events are cut off', (folder) => cut(folder, SESSION_FILES.events, -9), 6, 1],
      ['there are no events', (folder) => rmSync(join(folder, SESSION_FILES.events)), 6, 0],
      ['it is sealed', (folder) => void sealSession(folder), 6, 0],
    ]
  test.each(cases)('%s', async (_, spoil, exchanges, lost) => {
    const folder = await recorded(6)
    spoil(folder)
    const before = fingerprint(folder)
    const to = join(sessionsDirectory(), 'salvaged')
    const salvaged = salvageSession(folder, to)
    expect(salvaged).toMatchObject({ folder: to })
    expect(salvaged.lost).toBeGreaterThanOrEqual(lost)
    expect(fingerprint(folder)).toBe(before)
    const { damage, unreadable } = await verifySession(to)
    expect([damage, unreadable]).toEqual([[], undefined])
    const session = await readSession(to)
    expect(session.exchanges).toHaveLength(exchanges)
    expect(session.gaps.length > 0 || lost === 0 || session.spans.size > 0).toBe(true)
  })
})

test('a body that copies from a lost one keeps the rest, and says what is missing', async () => {
  const folder = await recorded(3)
  flip(folder, lineAt(folder, 1) + 200)
  const to = join(sessionsDirectory(), 'salvaged')
  salvageSession(folder, to)
  const index = indexRawLog(to, () => undefined)
  expect(() => requestBody(to, index, index.exchanges[1] ?? raise())).toThrow(/were not kept/)
  expect(readFileSync(join(to, SESSION_FILES.raw), 'utf8')).toContain('item 2')
})

describe('a folder is refused', () => {
  const cases: [what: string, to: (folder: string) => string, why: RegExp][] = [
    ['that is there', (folder) => folder, /is there already/],
    ['that is there and empty', () => sessionsDirectory(), /is there already/],
    [
      'that a link points to',
      () => {
        const to = join(sessionsDirectory(), 'link')
        symlinkSync(sessionsDirectory(), to)
        return to
      },
      /is there already/,
    ],
    ['inside of the session', (folder) => join(folder, 'new'), /inside of the session/],
    ['whose parent is not there', () => '/nonexistent/new', /could not be made in \/nonexistent/],
  ]
  test.each(cases)('%s', async (_, to, why) => {
    const folder = await recorded(1)
    const before = readdirSync(folder)
    expect(() => salvageSession(folder, to(folder))).toThrow(why)
    expect(readdirSync(folder)).toEqual(before)
  })
})

async function recorded(exchanges: number): Promise<string> {
  const root = join(sessionsDirectory(), 'sessions')
  mkdirSync(root, { mode: 0o700 })
  await recordSession(root, exchanges)
  const folder = join(root, SESSION_ID)
  expect(existsSync(folder)).toBe(true)
  return folder
}

/** The offset at which a line of the raw log begins; the first is 0. */
function lineAt(folder: string, line: number): number {
  const bytes = readFileSync(join(folder, SESSION_FILES.raw))
  let at = 0
  for (let count = 0; count < line; count += 1) at = bytes.indexOf(10, at) + 1
  return at
}

function cut(folder: string, file: string, size: number): void {
  const path = join(folder, file)
  writeFileSync(path, readFileSync(path).subarray(0, size))
}

function flip(folder: string, at: number): void {
  change(folder, (bytes) => {
    bytes[at] = (bytes[at] ?? 0) ^ 1
    return bytes
  })
}

function fill(folder: string, at: number, length: number): void {
  change(folder, (bytes) => bytes.fill(0, at, at + length))
}

function insert(folder: string, at: number, text: string): void {
  change(folder, (bytes) =>
    Buffer.concat([bytes.subarray(0, at), Buffer.from(text), bytes.subarray(at)]),
  )
}

function change(folder: string, by: (bytes: Buffer) => Buffer): void {
  const path = join(folder, SESSION_FILES.raw)
  writeFileSync(path, by(readFileSync(path)))
}

function fingerprint(folder: string): string {
  const hash = createHash('sha256')
  for (const name of readdirSync(folder).sort()) {
    hash.update(name).update(readFileSync(join(folder, name)))
  }
  return hash.digest('hex')
}

function raise(): never {
  throw new Error('there is no such exchange')
}

test('the transcript is taken along scrubbed: the copy is not the agent’s', async () => {
  const root = sessionsDirectory()
  const folder = writeSession(root)
  const key = 'ghp_a8Kd93jfLq02Zx7Vb4Nm1Pw6Rt5Yu0SgHc3E'
  const name = 'rollout-2026-11-23.jsonl'
  writeFileSync(join(folder, name), `{"output":"the key is ${key}"}\n`)
  salvageSession(folder, join(root, 'salvaged'))
  const copy = readFileSync(join(root, 'salvaged', name), 'utf8')
  expect(copy).toContain('the key is [secret:github-token:')
  expect(readFileSync(join(folder, name), 'utf8')).toContain(key)
})
