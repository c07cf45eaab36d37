import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SESSION_FILES } from '@tacho/format'
import { expect, test } from 'vitest'
import { recordSession, SESSION_ID } from '../faults/recorded-session.js'
import { sessionsDirectory, writeSession } from '../reader/session-folder.js'
import { tacho } from './tacho.js'

test('a session with new spans is shown from the folder that it was made in', async () => {
  const root = await recorded()
  const to = join(root, 'rebuilt')
  const { stdout, stderr, exitCode } = await rebuild(root, SESSION_ID, '--to', to)
  const hint = `tacho show ${SESSION_ID} --sessions-dir ${to}`
  expect(stdout.toString()).toMatch(/^\S+: \d+ spans\. To see them: .*\n$/)
  expect(stdout.toString()).toContain(`${join(to, SESSION_ID)}: `)
  expect(stdout.toString()).toContain(hint)
  expect([stderr, exitCode]).toEqual(['', 0])
  const words = ['show', 'verify', 'approvals', 'cancellations']
  for (const word of words) {
    const read = await tacho([word, SESSION_ID, '--sessions-dir', to])
    expect([word, read.exitCode]).toEqual([word, 0])
  }
  const [before, after] = await Promise.all(
    [root, to].map((dir) => tacho(['show', SESSION_ID, '--json', '--sessions-dir', dir])),
  )
  const shown = (one: { stdout: Buffer } | undefined, dir: string) =>
    one?.stdout.toString().replaceAll(dir, 'DIR')
  expect(shown(after, to)).toBe(shown(before, root))
})

test('--json prints an object, with --all an array', async () => {
  const root = await recorded()
  const { stdout } = await rebuild(root, 'last', '--to', join(root, 'one'), '--json')
  const one = {
    id: SESSION_ID,
    from: join(root, SESSION_ID),
    folder: join(root, 'one', SESSION_ID),
    open: 0,
    runs: 1,
    damage: [],
  }
  expect(JSON.parse(stdout.toString())).toMatchObject(one)
  const { stdout: all } = await rebuild(root, '--all', '--to', join(root, 'all'), '--json')
  expect(JSON.parse(all.toString())).toMatchObject([{ id: SESSION_ID }])
})

test('damage is told, and the exit code says that something is missing', async () => {
  const root = await recorded()
  const path = join(root, SESSION_ID, SESSION_FILES.events)
  writeFileSync(path, readFileSync(path).subarray(0, -9))
  const { stdout, stderr, exitCode } = await rebuild(root, 'last', '--to', join(root, 'to'))
  expect(stdout.toString()).toMatch(/\d+ spans, \d+ of them without an end/)
  expect(stderr).toMatch(
    /^tacho: some of it could not be read.*\n {2}session_events\.log, line \d+, .*the last line is cut off\n$/,
  )
  expect(exitCode).toBe(3)
})

test('of all sessions, one that cannot be rebuilt is named, and the others are', async () => {
  const root = await recorded()
  const old = '0199a1b2-0000-7000-8000-00000000000f'
  writeSession(root, { id: old })
  const { stdout, stderr, exitCode } = await rebuild(root, '--all', '--to', join(root, 'to'))
  expect(stdout.toString()).toContain(SESSION_ID)
  expect(stderr).toBe(
    `tacho: ${join(root, old)} has no session_events.log: it was recorded before Tacho wrote one, and its spans stay as they are.\n`,
  )
  expect(exitCode).toBe(1)
})

for (const [what, words, code, said] of [
  ['a folder that is there', ['last', '--to', '.'], 1, /is there already\. Name a folder/],
  ['a folder inside of it', ['last', '--to', SESSION_ID], 1, /is inside of the session itself/],
  ['no folder', ['last'], 2, /required option '--to <dir>' not specified/],
  ['no session', ['--to', 'x'], 2, /Name one session, or say --all/],
  ['one session and all', ['last', '--all', '--to', 'x'], 2, /last and --all exclude each other/],
  ['a session that is not there', ['0000', '--to', 'x'], 1, /There is no session 0000/],
] as const) {
  test(`${what}: exit code ${code}, and a line says why`, async () => {
    const root = await recorded()
    const inRoot = words.map((word, index) =>
      words[index - 1] === '--to' ? join(root, word) : word,
    )
    const { stderr, exitCode } = await rebuild(root, ...inRoot)
    expect(stderr).toMatch(said)
    expect(exitCode).toBe(code)
  })
}

test('a session without its events file is refused', async () => {
  const root = await recorded()
  rmSync(join(root, SESSION_ID, SESSION_FILES.events))
  const { stderr, exitCode } = await rebuild(root, 'last', '--to', join(root, 'to'))
  expect(stderr).toContain('recorded before Tacho wrote one')
  expect(exitCode).toBe(1)
})

async function recorded(): Promise<string> {
  const root = join(sessionsDirectory(), 'sessions')
  mkdirSync(root, { mode: 0o700 })
  await recordSession(root, 2)
  return root
}

function rebuild(root: string, ...words: string[]) {
  return tacho(['rebuild', ...words, '--sessions-dir', root])
}

test('a place in which nothing can be made ends it at once, with a line that says why', async () => {
  const root = await recorded()
  for (const to of ['/proc/tacho', '/proc/tacho/deeper', '/dev/null/x']) {
    const { stderr, exitCode } = await rebuild(root, 'last', '--to', to)
    expect(stderr).toContain(`${to}/${SESSION_ID} could not be made: `)
    expect(exitCode).toBe(1)
  }
})
