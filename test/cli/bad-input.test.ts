import { spawn } from 'node:child_process'
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { SESSION_FILES } from '@tacho/format'
import { describe, expect, test } from 'vitest'
import {
  endedSpan,
  exchangeRecords,
  FIRST,
  RUN_ID,
  sessionsDirectory,
  writeSession,
} from '../reader/session-folder.js'
import { TACHO, tacho } from './tacho.js'

/** The commands that read sessions, about one and about all. */
const COMMANDS = [
  ...[['show'], ['explain'], ['messages'], ['diff', 'last', '2'], ['context'], ['cache']],
  ...[['stats'], ['approvals'], ['cancellations'], ['raw', 'last', '1'], ['grep', 'needle']],
]

const raw = [FIRST, '2222222222222222'].flatMap((id, index) =>
  exchangeRecords({
    ...{ id, start: 100 + index * 2000, chunks: ['x'.repeat(5_000)] },
    request: `{"model":"m","input":[{"role":"user","content":"needle ${'x'.repeat(9_000)}"}]}`,
  }),
)

async function all(directory: string): Promise<[string, string, number | null][]> {
  return await Promise.all(
    COMMANDS.map(async (words): Promise<[string, string, number | null]> => {
      const { stderr, exitCode } = await tacho([...words, '--sessions-dir', directory])
      return [words.join(' '), stderr, exitCode]
    }),
  )
}

describe('each command says what is wrong, where and what next, and never prints a stack', () => {
  test('where there is no session', async () => {
    const directory = sessionsDirectory()
    for (const [words, stderr, exitCode] of await all(directory)) {
      expect([words, exitCode]).toEqual([words, 1])
      expect(stderr, words).toMatch(/^tacho: there is no session yet\. Looked in:\n {2}\//i)
      expect(stderr, words).toContain(directory)
      expect(stderr, words).toContain('tacho codex --persist-session')
    }
  })

  test('where the session is of a newer format', async () => {
    const directory = sessionsDirectory()
    const folder = writeSession(directory, { raw, manifest: { format: 99 } })
    for (const [words, stderr, exitCode] of await all(directory)) {
      expect([words, stderr, exitCode]).toEqual([
        words,
        `tacho: ${folder} has format 99 and needs a newer Tacho. Update it and try again.\n`,
        1,
      ])
    }
  })

  test('where it is damaged: what is readable is printed, and the rest told', async () => {
    const directory = sessionsDirectory()
    const folder = writeSession(directory, { raw, meta: [] })
    appendFileSync(join(folder, SESSION_FILES.raw), '{"kind":"chunk","exch\n')
    for (const [words, stderr, exitCode] of await all(directory)) {
      // A single exchange and a match are complete in themselves.
      const isWhole = /^(raw|grep)/.test(words)
      expect([words, exitCode]).toEqual([words, isWhole ? 0 : 3])
      if (!isWhole)
        expect(stderr, words).toMatch(/^tacho: some of this session could not be read; /)
      expect(stderr, words).not.toMatch(/internal error|^ {4}at /m)
    }
  })

  test('where the reader of the output has seen enough', async () => {
    const directory = sessionsDirectory()
    const run = { exchanges: { completed: 2, cancelled: 0, failed: 0 } }
    const meta = [endedSpan({ id: RUN_ID, name: 'session', start: 0, end: 2500 })]
    writeSession(directory, { raw, meta, run })
    const words = [...COMMANDS, ['messages', '--all', '--json'], ['ls', '--json']]
    const ended = words.map(async (some) => {
      const child = spawn(process.execPath, [TACHO, ...some, '--sessions-dir', directory], {
        env: { PATH: process.env.PATH, HOME: '/nonexistent' },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      child.stdout.once('data', () => child.stdout.destroy())
      let stderr = ''
      child.stderr.on('data', (bytes) => {
        stderr += bytes
      })
      const exitCode = await new Promise((resolve) => child.on('close', resolve))
      return [some.join(' '), exitCode, /EPIPE|internal error/.test(stderr)]
    })
    expect(await Promise.all(ended)).toEqual(words.map((some) => [some.join(' '), 0, false]))
  })
})
