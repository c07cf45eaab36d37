import { execFileSync } from 'node:child_process'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import {
  endedSpan,
  exchangeRecords,
  RUN_ID,
  sessionsDirectory,
  writeSession,
} from '../reader/session-folder.js'
import { TACHO, tacho } from './tacho.js'

const directory = sessionsDirectory()
const EXCHANGES = 100
beforeAll(() => {
  const raw = Array.from({ length: EXCHANGES }, (_, number) =>
    exchangeRecords({
      id: number.toString(16).padStart(16, '0'),
      start: number,
      request: `{"model":"m","input":[{"role":"user","content":"needle ${number}"}]}`,
      chunks: ['x'],
    }),
  )
  const meta = [0, 1, 2].flatMap((number) => [
    endedSpan({
      ...{ id: `a${number}`.padEnd(16, '0'), name: 'approval command', start: number, end: 9 },
      attributes: { 'tacho.approval.kind': 'command', 'tacho.approval.decision': 'accept' },
    }),
    endedSpan({
      ...{ id: `c${number}`.padEnd(16, '0'), name: 'cancellation', start: number, end: 9 },
      attributes: { 'tacho.cancellation.origin': 'user' },
    }),
  ])
  const folder = writeSession(directory, {
    raw: raw.flat(),
    meta: [...meta, endedSpan({ id: RUN_ID, name: 'session', start: 0, end: 2500 })],
    run: { exchanges: { completed: EXCHANGES, cancelled: 0, failed: 0 } },
  })
  const said = Array.from({ length: EXCHANGES }, (_, number) => `line ${number}\n`)
  writeFileSync(join(folder, 'session.log'), said.join(''))
  // A pager that marks what goes through it.
  writeFileSync(join(directory, 'pager'), '#!/bin/sh\nsed "s/^/paged /"\n')
  chmodSync(join(directory, 'pager'), 0o755)
})

function onTerminal(words: string, PAGER: string, rows = 24): string {
  const command = `stty rows ${rows} cols 120; "${TACHO}" ${words} --sessions-dir "${directory}"`
  const env = { PATH: process.env.PATH, TZ: 'UTC', TERM: 'xterm', HOME: '/nonexistent', PAGER }
  return execFileSync('script', ['-qec', command, '/dev/null'], { env }).toString()
}

test('what is longer than the terminal goes through $PAGER, all of it and in its order', () => {
  const lines = onTerminal('show', join(directory, 'pager')).trimEnd().split('\r\n')
  expect(lines.every((line) => line.startsWith('paged '))).toBe(true)
  expect(lines.filter((line) => line.includes('POST'))).toHaveLength(EXCHANGES)
})

test.each([
  ...['explain', 'messages', 'diff last 2 3', 'context', 'cache', 'stats', 'approvals'],
  ...['cancellations', 'grep needle', 'log'],
])('so does what tacho %s prints', (words) => {
  const lines = onTerminal(words, join(directory, 'pager'), 2).trimEnd().split('\r\n')
  expect(lines.length).toBeGreaterThan(1)
  // A progress bar is removed first.
  expect(lines.filter((line) => !line.replace(/^.*\r/s, '').includes('paged '))).toEqual([])
})

test('what fits on the terminal does not', () => {
  expect(onTerminal('show', join(directory, 'pager'), 200)).not.toContain('paged')
  expect(onTerminal('ls', join(directory, 'pager'))).not.toContain('paged')
})

test.each(['', 'cat', 'no-such-pager --here'])('PAGER=%j is none', (pager) => {
  const seen = onTerminal('show', pager)
  expect(seen.match(/POST/g)).toHaveLength(EXCHANGES)
  expect(seen).not.toContain('not found')
})

test('a pager that is left before its end ends tacho as well', () => {
  expect(onTerminal('show', 'head -n 3').trimEnd().split('\r\n')).toHaveLength(3)
})

test('a pipe needs none', async () => {
  const environment = { PAGER: join(directory, 'pager') }
  const { stdout } = await tacho(['show', '--sessions-dir', directory], environment)
  expect(stdout.toString()).not.toContain('paged')
})
