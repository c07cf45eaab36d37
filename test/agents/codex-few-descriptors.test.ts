import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { run, tachoCommand } from '../host/index.js'
import { standIn } from './stand-in.js'
import { EXEC, workplace } from './workplace.js'

// Native programs start with fewer than Node, which needs 20 for itself.
test.each([20, 24, 28, 32, 40, 64])(
  'with %i descriptors Codex runs as alone, and a line says why nothing is recorded',
  async (count) => {
    const codex = standIn('#!/bin/sh\nread word\necho "heard $word"\nexit 7\n')
    await using place = await workplace([], { codex })
    const limit = `--nofile=${count}:${count}`
    const args = [limit, ...tachoCommand, 'codex', '--persist-session', ...EXEC]
    const { exitCode, stdout, stderr } = await run('prlimit', args, {
      env: place.environment,
      cwd: place.home.cwd,
      stdin: 'it\n',
    })
    expect([exitCode, stdout.toString()]).toEqual([7, 'heard it\n'])
    expect(stderr.toString()).toBe(
      'tacho: this session is not recorded. Fewer than 64 more files can be opened; raise the limit with ulimit -n.\n',
    )
    expect(existsSync(join(place.home.codexHome, 'sessions'))).toBe(false)
  },
)

test('with as few as Codex starts with unrecorded, it starts under record too', async () => {
  const codex = standIn('#!/bin/sh\nexit 7\n')
  await using place = await workplace([], { codex })
  const exitCode = async (count: number, ...flags: string[]) => {
    const args = [`--nofile=${count}:${count}`, ...tachoCommand, 'codex', ...flags, ...EXEC]
    const ended = await run('prlimit', args, { env: place.environment, cwd: place.home.cwd })
    return ended.exitCode
  }
  let fewest = 16
  while ((await exitCode(fewest)) !== 7) fewest += 1
  expect(await exitCode(fewest, '--persist-session')).toBe(7)
})

test('with some more it is recorded', async () => {
  const codex = standIn('ask("Hello").then(() => process.exit(7))')
  await using place = await workplace([{ text: 'Yes.' }], { codex })
  const args = ['--nofile=128:128', ...tachoCommand, 'codex', '--persist-session', ...EXEC]
  const env = place.environment
  const { exitCode } = await run('prlimit', args, { env, cwd: place.home.cwd, stdin: '' })
  expect(exitCode).toBe(7)
  expect(place.session().exchanges).toHaveLength(1)
})
