import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { cleanEnvironment, codexHome, eventually, run, start } from './index.js'

const NODE = process.execPath

for (const [script, expected] of [
  ["process.stdout.write('out'); process.stderr.write('err')", { exitCode: 0, signal: null }],
  ['process.exitCode = 7', { exitCode: 7, signal: null }],
  ["process.kill(process.pid, 'SIGKILL')", { exitCode: null, signal: 'SIGKILL' }],
] as const) {
  test(`run() tells how this ended: ${script}`, async () => {
    expect(await run(NODE, ['-e', script], { env: {} })).toMatchObject(expected)
  })
}

test('run() hands bytes on unchanged, both ways', async () => {
  const bytes = Buffer.from([0, 0xff, 0xc3, 10, ...Buffer.from('🙂')])
  const copied = await run([NODE, '-e'], ['process.stdin.pipe(process.stdout)'], {
    env: {},
    stdin: bytes,
  })
  expect(copied.stdout.equals(bytes)).toBe(true)
})

test('run() rejects where there is no such program', async () => {
  await expect(run('/nowhere/program', [], { env: {} })).rejects.toThrow('ENOENT')
})

test('start() lets a test wait for words, and tells the output where they never come', async () => {
  const script = "process.stdin.once('data', () => { console.log('heard'); process.exit() })"
  await using running = start(NODE, ['-e', script], { env: {} })
  running.stdin.write('x')
  expect(await running.stdout.containing(/hea[r]d/)).toBe('heard\n')
  await expect(running.stdout.containing('more')).rejects.toThrow(
    'ended without more. It was:\nheard',
  )
})

test('a process is gone when its scope is left', async () => {
  let pid = 0
  {
    await using running = start(NODE, ['-e', 'setInterval(() => {}, 1000)'], { env: {} })
    pid = running.pid
    expect(() => process.kill(pid, 0)).not.toThrow()
  }
  expect(() => process.kill(pid, 0)).toThrow('ESRCH')
})

test('a clean environment lets nothing in from outside', async () => {
  for (const name of ['HTTPS_PROXY', 'OTEL_SERVICE_NAME', 'TACHO_PERSIST_SESSION']) {
    vi.stubEnv(name, 'from outside')
  }
  await using home = await codexHome({ baseUrl: 'http://127.0.0.1:1/v1' })
  const environment = cleanEnvironment(home, { MORE: '1', LANG: undefined })
  vi.unstubAllEnvs()
  const names = ['PATH', 'HOME', 'TMPDIR', 'CODEX_HOME', 'SCRIPTED_KEY', 'SHELL', 'MORE']
  expect(Object.keys(environment).sort()).toEqual(names.sort())
})

test('a codex home has its settings, and is removed with everything in it', async () => {
  let root = ''
  {
    await using home = await codexHome({
      baseUrl: 'http://127.0.0.1:1/v1',
      approvalPolicy: 'untrusted',
      settings: 'log_dir = "logs"',
      tables: '[otel]\nenvironment = "test"',
    })
    root = home.root
    const settings = readFileSync(join(home.codexHome, 'config.toml'), 'utf8')
    expect(settings).toContain('base_url = "http://127.0.0.1:1/v1"')
    expect(settings).toContain('approval_policy = "untrusted"')
    expect(settings.indexOf('log_dir')).toBeLessThan(settings.indexOf('[analytics]'))
    expect(settings.indexOf('[otel]')).toBeGreaterThan(settings.indexOf('[model_providers'))
  }
  expect(existsSync(root)).toBe(false)
})

test('eventually() gives what the check gives, or what it last threw', async () => {
  let calls = 0
  const third = () => {
    calls += 1
    if (calls < 3) throw new Error('not yet')
    return calls
  }
  expect(await eventually(third)).toBe(3)
  const never = () => Promise.reject(new Error('never so'))
  await expect(eventually(never, 1)).rejects.toThrow('never so')
})
