import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SESSION_FILES } from '@tacho/format'
import { expect, test } from 'vitest'
import { recordSession, SESSION_ID } from '../faults/recorded-session.js'
import { sessionsDirectory, writeSession } from '../reader/session-folder.js'
import { TACHO, tacho } from './tacho.js'

test('what can be read of a damaged session is a clean one, which every command reads', async () => {
  const root = await damaged()
  const to = join(root, 'salvaged')
  const { stdout, stderr, exitCode } = await salvage(root, to)
  expect(stdout.toString()).toMatch(
    new RegExp(`^${to}: \\d+ records, 1 line could not be read\\.\\n$`),
  )
  expect([stderr, exitCode]).toEqual(['', 0])
  for (const words of [
    ['verify', 'salvaged'],
    ['show', 'salvaged'],
    ['raw', 'salvaged', '1', '--response'],
  ]) {
    const read = await tacho([...words, '--sessions-dir', root])
    expect([words[0], read.exitCode, read.stderr]).toEqual([words[0], 0, ''])
  }
  const { stdout: shown } = await tacho(['show', 'salvaged', '--sessions-dir', root])
  expect(shown.toString()).toMatch(
    /1 unreadable lost since .*salvaged: the last line is cut off \(session_oai_raw\.log, line \d+, byte \d+\)/,
  )
})

test('--json says the same', async () => {
  const root = await damaged()
  const { stdout } = await salvage(root, join(root, 'salvaged'), '--json')
  expect(JSON.parse(stdout.toString())).toMatchObject({
    id: SESSION_ID,
    from: join(root, SESSION_ID),
    lost: 1,
  })
})

test('a folder that is there is not written into', async () => {
  const root = await damaged()
  const { stderr, exitCode } = await salvage(root, root)
  expect([stderr, exitCode]).toEqual([
    `tacho: ${root} is there already. Name a folder that is not.\n`,
    1,
  ])
})

test('without a folder it is a wrong use', async () => {
  const { stderr, exitCode } = await tacho(['salvage', 'last'])
  expect(stderr).toContain("required option '--to <dir>' not specified")
  expect(exitCode).toBe(2)
})

async function damaged(): Promise<string> {
  const root = join(sessionsDirectory(), 'sessions')
  mkdirSync(root, { mode: 0o700 })
  await recordSession(root, 2)
  const path = join(root, SESSION_ID, SESSION_FILES.raw)
  writeFileSync(path, readFileSync(path).subarray(0, -9))
  return root
}

function salvage(root: string, to: string, ...words: string[]) {
  return tacho(['salvage', SESSION_ID, '--to', to, ...words, '--sessions-dir', root])
}

test('one that fails leaves nothing behind, and can be tried again', async () => {
  const root = sessionsDirectory()
  writeSession(root)
  const to = join(root, 'salvaged')
  const words = [process.execPath, TACHO, 'salvage', 'last', '--to', to, '--sessions-dir', root]
  // No file may grow beyond one block: a real write that fails.
  const failed = spawnSync('sh', ['-c', 'ulimit -f 1; exec "$@"', 'sh', ...words], {
    encoding: 'utf8',
  })
  expect([failed.status, failed.stderr]).toEqual([1, expect.stringContaining('EFBIG')])
  expect(existsSync(to)).toBe(false)
  expect((await tacho(words.slice(2))).exitCode).toBe(0)
})
