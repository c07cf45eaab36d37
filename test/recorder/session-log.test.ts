import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type LogLevel, openDebugLog } from '@tacho/recorder'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { repositoryRoot, run } from '../host/index.js'

const KEY = 'a-key-of-some-length-0123'
let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tacho-log-'))
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

function open(level: LogLevel, name = 'a.log') {
  const troubles: string[] = []
  const path = join(folder, name)
  const log = openDebugLog({
    path,
    level,
    environment: { MY_API_KEY: KEY },
    onTrouble: (sentence) => troubles.push(sentence),
  })
  return { log, troubles, read: () => readFileSync(path, 'utf8') }
}

test.each([
  ['error', ['error']],
  ['warn', ['error', 'warn']],
  ['info', ['error', 'warn', 'info']],
  ['debug', ['error', 'warn', 'info', 'debug']],
] as const)('at level %s these lines are written: %j', (level, wanted) => {
  const { log, read } = open(level)
  for (const one of ['error', 'warn', 'info', 'debug'] as const) log.log(one, 'tacho', one)
  log.close()
  const lines = read().trimEnd().split('\n')
  expect(lines.map((line) => line.split(': ').at(-1))).toEqual(wanted)
  for (const line of lines) {
    expect(line).toMatch(
      /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z (ERROR|WARN |INFO |DEBUG) tacho: /,
    )
  }
})

describe('a line', () => {
  test('of several lines cannot pass for another’s head', () => {
    const { log, read } = open('info')
    log.log('info', 'codex', 'one\n2026-11-23T00:00:00.000000Z ERROR tacho: forged\r\nthree')
    expect(read().split('\n').slice(1, 3)).toEqual([
      '    2026-11-23T00:00:00.000000Z ERROR tacho: forged',
      '    three',
    ])
  })

  test('with a secret of the environment has a mark in its place', () => {
    const { log, read } = open('info')
    log.log('info', 'codex', `the key is ${KEY}, it is`)
    expect(read()).not.toContain(KEY)
    expect(read()).toMatch(/the key is \[secret:environment:[^\]]*\]/)
  })

  test('is on its way to the disk when the call returns', async () => {
    const path = join(folder, 'killed.log')
    const program = `
      import { openDebugLog } from '@tacho/recorder'
      const log = openDebugLog({ path: ${JSON.stringify(path)}, level: 'info', environment: {},
        onTrouble: () => {} })
      for (let count = 0; count < 1000; count += 1) log.log('info', 'tacho', 'line ' + count)
      process.kill(process.pid, 'SIGKILL')`
    await run([process.execPath, '--input-type=module', '-e', program], [], {
      env: { PATH: process.env.PATH },
      cwd: join(repositoryRoot, 'packages/launcher'),
    })
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n')
    expect(lines).toHaveLength(1000)
    expect(lines.at(-1)).toMatch(/line 999$/)
  })
})

test('a log that cannot be written is told once, and nothing is thrown', () => {
  const troubles: string[] = []
  const log = openDebugLog({
    path: '/dev/full/never.log',
    level: 'info',
    environment: {},
    onTrouble: (sentence) => troubles.push(sentence),
  })
  for (let count = 0; count < 100; count += 1) log.log('info', 'tacho', 'lost')
  log.close()
  expect(troubles).toEqual([expect.stringMatching(/^\/dev\/full\/never\.log .*ENOTDIR.*goes on/)])
})
