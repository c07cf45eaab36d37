import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  recordExchanges,
  recordSession,
  SESSION_ID,
  startRecording,
} from '../faults/recorded-session.js'
import { sessionsDirectory } from '../reader/session-folder.js'
import { tacho } from './tacho.js'

const READERS = [
  ['ls', '--json'],
  ['show', 'last', '--json'],
  ['show', 'last'],
  ['raw', 'last', '2', '--request'],
  ['raw', 'last', '2', '--response'],
  ['raw', 'last', '1', '--chunks', '--json'],
]

test('a sealed session is printed as it was, by every command', async () => {
  const root = await recorded()
  const print = () => Promise.all(READERS.map((words) => printed(root, words)))
  const before = await print()
  const { stdout, stderr, exitCode } = await seal(root, SESSION_ID)
  expect(stdout.toString()).toMatch(new RegExp(`^${SESSION_ID}  .* kB are .* kB now\\n$`))
  expect([stderr, exitCode]).toEqual(['', 0])
  expect(readdirSync(join(root, SESSION_ID)).filter((name) => name.endsWith('.log'))).toEqual([])
  expect(await print()).toEqual(before)
  expect((await tacho(['verify', 'last', '--sessions-dir', root])).exitCode).toBe(0)
  expect((await seal(root, SESSION_ID)).stdout.toString()).toContain('nothing to seal')
})

describe('--older-than', () => {
  test('takes those of that age and no others', async () => {
    const root = await recorded()
    expect((await seal(root, '--older-than', '1m', '--json')).stdout.toString()).toBe('[]\n')
    const { stdout, exitCode } = await seal(root, '--older-than', '0m', '--json')
    expect(JSON.parse(stdout.toString())).toMatchObject([
      { id: SESSION_ID, logs: [{}, {}, {}, {}] },
    ])
    expect(exitCode).toBe(0)
  })

  test.each(['7', 'd', '7y', '-1d', '7 d', ''])('"%s" is no age', async (age) => {
    const { stderr, exitCode } = await seal(await recorded(), `--older-than=${age}`)
    expect(stderr).toContain('It must be a number followed by m, h, d or w')
    expect(exitCode).toBe(2)
  })
})

test('a session that runs is refused, by name and among others', async () => {
  const root = await recorded()
  const recording = startRecording(root)
  recordExchanges(recording, 1)
  const { stderr, exitCode } = await seal(root, SESSION_ID)
  expect(stderr).toBe(
    `tacho: The session in ${join(root, SESSION_ID)} is running.\nTry again when it is over.\n`,
  )
  expect(exitCode).toBe(1)
  const nothing = await seal(root, '--older-than', '0m', '--json')
  expect(nothing.stdout.toString()).toBe('[]\n')
  expect(nothing.stderr).toContain('nothing to seal')
  await recording.close({ exitCode: 0 })
})

test.each([[[]], [[SESSION_ID, '--older-than', '7d']]])('%j is a wrong use', async (words) => {
  const { stderr, exitCode } = await seal(await recorded(), ...words)
  expect(stderr).toMatch(/^tacho: .*Name one session, or all of an age with --older-than 7d\.\n$/)
  expect(stderr.includes('exclude each other')).toBe(words.length > 0)
  expect(exitCode).toBe(2)
})

async function recorded(): Promise<string> {
  const root = join(sessionsDirectory(), 'sessions')
  mkdirSync(root, { mode: 0o700 })
  await recordSession(root, 2)
  return root
}

async function printed(root: string, words: string[]): Promise<string> {
  const { stdout, stderr, exitCode } = await tacho([...words, '--sessions-dir', root])
  return `${exitCode} ${stderr} ${stdout}`
}

function seal(root: string, ...words: string[]) {
  return tacho(['seal', ...words, '--sessions-dir', root])
}
