import {
  appendFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { SESSION_ID, sessionsDirectory, timeAt, writeSession } from '../reader/session-folder.js'
import { tacho } from './tacho.js'

const idOf = (digit: number) => `0199a1b${digit}-0000-7000-8000-000000000000`

let directory = ''
let outside = ''
beforeEach(() => {
  directory = sessionsDirectory()
  outside = mkdtempSync(join(tmpdir(), 'tacho-outside-'))
})
afterEach(() => rmSync(outside, { recursive: true, force: true }))

const run = (words: string[], environment = {}) =>
  tacho([...words, '--sessions-dir', directory], environment)

describe('tacho rm', () => {
  test('removes a session, and leaves the agent’s own transcript where the agent has it', async () => {
    const folder = writeSession(directory)
    const rollout = join(outside, 'rollout-2026-x.jsonl')
    writeFileSync(rollout, 'Codex’s own')
    linkSync(rollout, join(folder, basename(rollout)))
    const { stdout, stderr, exitCode } = await run(['rm', 'last'])
    expect(stdout.toString()).toMatch(new RegExp(`^${SESSION_ID}  [\\d.]+ k?B removed\n$`))
    expect([stderr, exitCode]).toEqual(['', 0])
    expect(existsSync(folder)).toBe(false)
    expect(readFileSync(rollout, 'utf8')).toBe('Codex’s own')
  })

  test('never goes through a link, and keeps what is not ours', async () => {
    const folder = writeSession(directory)
    writeFileSync(join(outside, 'precious'), 'x')
    symlinkSync(join(outside, 'precious'), join(folder, 'rollout-1.jsonl'))
    symlinkSync(outside, join(folder, 'session.d'))
    mkdirSync(join(folder, 'notes'))
    writeFileSync(join(folder, 'session-notes.txt'), 'mine')
    const { stderr, exitCode } = await run(['rm', SESSION_ID])
    expect(readdirSync(outside)).toEqual(['precious'])
    expect(readdirSync(folder).sort()).toEqual(['notes', 'session-notes.txt'])
    expect(stderr).toContain(
      `${folder} stays: it also holds notes, session-notes.txt, which Tacho did not write.`,
    )
    expect(exitCode).toBe(0)
  })

  test('a folder that is a link is no session', async () => {
    writeSession(outside)
    symlinkSync(join(outside, SESSION_ID), join(directory, SESSION_ID))
    expect((await run(['rm', SESSION_ID])).exitCode).toBe(1)
    expect(readdirSync(join(outside, SESSION_ID)).length).toBeGreaterThan(1)
  })

  test('a session that runs is refused', async () => {
    const folder = writeSession(directory, { isOpen: true, run: { pid: process.pid } })
    const { stderr, exitCode } = await run(['rm', 'last'])
    expect(stderr).toContain('is running')
    expect(exitCode).toBe(1)
    expect(readdirSync(folder)).toContain('session.json')
  })

  test('--dry-run says the same and removes nothing', async () => {
    const folder = writeSession(directory)
    const before = readdirSync(folder)
    const { stdout } = await run(['rm', 'last', '--dry-run'])
    expect(stdout.toString()).toMatch(/ would be removed\n$/)
    expect(readdirSync(folder)).toEqual(before)
  })

  test('what the index holds of it goes too', async () => {
    const cache = sessionsDirectory()
    writeSession(directory, { id: idOf(1) })
    writeSession(directory, { id: idOf(2) })
    await run(['ls'], { XDG_CACHE_HOME: cache })
    const index = join(cache, 'tacho', 'index')
    const text = () =>
      readdirSync(index)
        .map((name) => readFileSync(join(index, name), 'utf8'))
        .join()
    expect(text()).toContain(idOf(1))
    await run(['rm', idOf(1)], { XDG_CACHE_HOME: cache })
    expect(text()).not.toContain(idOf(1))
    expect(text()).toContain(idOf(2))
  })

  test('of several, none is removed where one is not there', async () => {
    const folder = writeSession(directory)
    expect((await run(['rm', SESSION_ID, 'nosuch'])).exitCode).toBe(1)
    expect(existsSync(folder)).toBe(true)
  })
})

describe('tacho prune', () => {
  beforeEach(() => {
    for (const digit of [1, 2, 3, 4]) {
      const startedAt = timeAt(digit * 1000)
      const endedAt = digit === 4 ? new Date().toISOString() : timeAt(digit * 1000 + 500)
      const folder = writeSession(directory, { id: idOf(digit), run: { startedAt, endedAt } })
      if (digit === 2) appendFileSync(join(folder, 'session.log'), 'x'.repeat(200_000))
    }
    writeSession(directory, {
      id: idOf(5),
      isOpen: true,
      run: { pid: process.pid, startedAt: timeAt(9000) },
    })
  })

  test.each<[words: string[], left: number[]]>([
    [
      ['--older-than', '1h'],
      [4, 5],
    ],
    [
      ['--larger-than', '100kB'],
      [1, 3, 4, 5],
    ],
    [
      ['--keep', '2'],
      [4, 5],
    ],
    [
      ['--older-than', '1h', '--keep', '3'],
      [3, 4, 5],
    ],
    [
      ['--older-than', '1h', '--larger-than', '1MB'],
      [1, 2, 3, 4, 5],
    ],
    [
      ['--keep', '0', '--dry-run'],
      [1, 2, 3, 4, 5],
    ],
    [['--keep', '0'], [5]],
  ])('prune %j', async (words, left) => {
    const { exitCode } = await run(['prune', ...words])
    expect(exitCode).toBe(0)
    expect(readdirSync(directory).map((name) => Number(name[7]))).toEqual(left)
  })

  test.each([[], ['--larger-than', 'big'], ['--older-than', 'old'], ['--keep', '-1']])(
    'prune %j is wrong use',
    async (...words) => {
      expect((await run(['prune', ...words])).exitCode).toBe(2)
      expect(readdirSync(directory)).toHaveLength(5)
    },
  )
})

test('tacho path prints the folder, and nothing else', async () => {
  const folder = writeSession(directory)
  expect((await run(['path'])).stdout.toString()).toBe(`${folder}\n`)
  expect((await run(['path', 'nosuch'])).exitCode).toBe(1)
})

describe('tacho log', () => {
  test('prints the debug log, with what acts on a terminal made visible', async () => {
    const folder = writeSession(directory)
    writeFileSync(join(folder, 'session.log'), 'INFO  tacho: one\nWARN  codex: \u001b[2Jtwo\n')
    const { stdout, exitCode } = await run(['log'])
    expect(stdout.toString()).toBe('INFO  tacho: one\nWARN  codex: \\x1b[2Jtwo\n')
    expect(exitCode).toBe(0)
    expect((await run(['log', '--follow'])).stdout.toString()).toBe(stdout.toString())
  })

  test('where there is none, says so', async () => {
    writeSession(directory)
    const { stdout, stderr, exitCode } = await run(['log'])
    expect(stdout.toString()).toBe('')
    expect(stderr).toContain('has no debug log')
    expect(exitCode).toBe(3)
  })
})
