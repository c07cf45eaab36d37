import { spawn } from 'node:child_process'
import { appendFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SESSION_FILES } from '@tacho/format'
import { expect, test } from 'vitest'
import { eventually } from '../host/index.js'
import {
  exchangeRecords,
  FIRST,
  lines,
  manifestOf,
  SECOND,
  SESSION_ID,
  sessionsDirectory,
  timeAt,
  writeSession,
} from '../reader/session-folder.js'
import { TACHO, tacho } from './tacho.js'

test('--follow shows what comes while a session runs, each line once, and ends with it', async () => {
  const directory = sessionsDirectory()
  const first = exchangeRecords({ id: FIRST, chunks: ['data: one\n\n'] })
  const folder = writeSession(directory, {
    isOpen: true,
    run: { pid: process.pid },
    raw: first.slice(0, -1),
    meta: [],
  })
  const raw = join(folder, SESSION_FILES.raw)
  const child = spawn(process.execPath, [TACHO, 'show', '-f', '--sessions-dir', directory], {
    env: { PATH: process.env.PATH, HOME: '/nonexistent', TZ: 'UTC' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let seen = ''
  child.stdout.on('data', (bytes) => {
    seen += bytes
  })
  const ended = new Promise((resolve) => child.on('close', resolve))
  await eventually(() => expect(seen).toContain(`session ${SESSION_ID}`))
  // In flight, it is not shown yet.
  expect(seen).not.toMatch(/POST/)
  appendFileSync(raw, lines(first.slice(-1)))
  await eventually(() => expect(seen).toMatch(/1 +\+\S+ +POST .*completed\n/))
  appendFileSync(raw, lines(exchangeRecords({ id: SECOND, start: 5000, state: 'failed' })))
  await eventually(() => expect(seen).toMatch(/2 +\+\S+ +POST .*failed/))
  const manifest = manifestOf({ run: { endedAt: timeAt(9000), ended: { exitCode: 7 } } })
  writeFileSync(join(folder, 'new'), JSON.stringify(manifest))
  renameSync(join(folder, 'new'), join(folder, SESSION_FILES.manifest))
  expect(await ended).toBe(0)
  expect(seen.match(/POST/g)).toHaveLength(2)
  expect(seen).toMatch(/\nfailed, exit code 7 after 9\.0s\n$/)
})

test('--follow of a session that is over shows it and ends', async () => {
  const directory = sessionsDirectory()
  writeSession(directory)
  const { stdout, exitCode } = await tacho(['show', '--follow', '--sessions-dir', directory])
  expect(stdout.toString()).toMatch(/POST .*completed\n[\s\S]*completed after 2\.5s\n$/)
  expect(exitCode).toBe(0)
})
