import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sealSession } from '@tacho/reader'
import { expect, test } from 'vitest'
import { SESSION_ID, sessionsDirectory, writeSession } from '../reader/session-folder.js'
import { tacho } from './tacho.js'

type Trace = { traceEvents: { ph: string; name: string; args?: Record<string, unknown> }[] }

function exported(words: string[], directory: string): ReturnType<typeof tacho> {
  return tacho(['export', 'perfetto', 'last', '--sessions-dir', directory, ...words])
}

test('a trace is a private file of the name that was asked for, and the line says where to open it', async () => {
  const directory = sessionsDirectory()
  writeSession(directory)
  const file = join(directory, 'trace.json')
  const { stderr, stdout, exitCode } = await exported(['-o', file], directory)
  expect({ exitCode, stdout: stdout.toString() }).toEqual({ exitCode: 0, stdout: '' })
  expect(stderr).toContain(`${file}: `)
  expect(stderr).toContain('https://ui.perfetto.dev')
  expect(statSync(file).mode & 0o777).toBe(0o600)
  const trace: Trace = JSON.parse(readFileSync(file, 'utf8'))
  const names = trace.traceEvents.map(({ name }) => name)
  expect(names).toContain('turn 1 (in flight)')
  expect(names.filter((name) => name === 'chunk')).toHaveLength(3)
  expect(readdirSync(directory).sort()).toEqual([SESSION_ID, 'trace.json'])
})

test('a file that is there is left alone, unless --force says otherwise', async () => {
  const directory = sessionsDirectory()
  writeSession(directory)
  const file = join(directory, 'trace.json')
  writeFileSync(file, 'mine')
  const refused = await exported(['-o', file], directory)
  expect(refused.exitCode).toBe(1)
  expect(refused.stderr).toContain('--force')
  expect(readFileSync(file, 'utf8')).toBe('mine')
  const replaced = await exported(['-o', file, '--force'], directory)
  expect(replaced.exitCode).toBe(0)
  JSON.parse(readFileSync(file, 'utf8'))
})

test('a folder that is not there is said to be the reason', async () => {
  const directory = sessionsDirectory()
  writeSession(directory)
  const { exitCode, stderr } = await exported(['-o', join(directory, 'no', 'x.json')], directory)
  expect(exitCode).toBe(1)
  expect(stderr).toContain('cannot be written (ENOENT)')
  expect(stderr).not.toContain('bug in Tacho')
})

test('a sealed session gives the same trace', async () => {
  const directory = sessionsDirectory()
  const folder = writeSession(directory)
  const plain = await exported(['-o', '-'], directory)
  sealSession(folder)
  expect(existsSync(join(folder, 'session_oai_raw.log'))).toBe(false)
  const sealed = await exported(['-o', '-'], directory)
  expect(sealed.stdout.equals(plain.stdout)).toBe(true)
})

test('a damaged session gives what can be read of it, and says so', async () => {
  const directory = sessionsDirectory()
  const folder = writeSession(directory)
  const file = join(folder, 'session_oai_raw.log')
  writeFileSync(file, readFileSync(file).subarray(0, -20))
  const { stdout, stderr, exitCode } = await exported(['-o', '-'], directory)
  expect(exitCode).toBe(3)
  expect(stderr).toContain('could not be read')
  JSON.parse(stdout.toString())
})
