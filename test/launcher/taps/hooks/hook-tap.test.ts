import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { hookCommand } from '../../../../packages/launcher/src/taps/hooks/hook-command.js'
import { HookTap } from '../../../../packages/launcher/src/taps/hooks/hook-tap.js'
import { MESSAGE_BYTES } from '../../../../packages/launcher/src/taps/hooks/limits.js'
import { eventually } from '../../../host/index.js'

/** What a hook prints if nobody answers: nothing, and it does not fail. */
const SILENT = { status: 0, stdout: '', stderr: '' }

const SHELLS = ['sh', 'bash', 'dash', 'zsh'].filter(
  (shell) => spawnSync(shell, ['-c', 'exit 0']).status === 0,
)

for (const shell of SHELLS) {
  test(`${shell} hands on what a hook is told`, async () => {
    const { tap, told } = await openTap()
    expect(hook(tap.command, '{"event":"one"}', { shell })).toEqual(SILENT)
    await eventually(() => expect(told.map(({ json }) => json)).toEqual([{ event: 'one' }]))
    expect(Math.abs((told[0]?.at ?? 0) - Date.now())).toBeLessThan(60_000)
  })
}

test('whatever stands in PATH and in the way to the folder, it is handed on', async () => {
  for (const environment of [{ PATH: '' }, {}, { PATH: '/nowhere' }]) {
    const { tap, told } = await openTap('it\'s $(a) `place` \\ of "mine"\n*')
    expect(hook(tap.command, '{}', { environment })).toEqual(SILENT)
    await eventually(() => expect(told).toHaveLength(1))
  }
})

test('long messages of many hooks at once come whole, each once, and leave nothing', async () => {
  const { tap, told, folder } = await openTap()
  const sent = Array.from({ length: 24 }, (_, n) => ({ n, text: `${n}`.repeat(200_000) }))
  await Promise.all(
    sent.map(async (message) => {
      const running = spawn('sh', ['-c', tap.command], { stdio: ['pipe', 'ignore', 'ignore'] })
      running.stdin.end(JSON.stringify(message))
      await once(running, 'exit')
    }),
  )
  await eventually(() => expect(told).toHaveLength(sent.length))
  const byNumber = told
    .map(({ json }) => json)
    .sort((one, other) => Number(one.n) - Number(other.n))
  expect(byNumber).toEqual(sent)
  expect(readdirSync(folder)).toEqual([])
})

test('what is written in pieces is one message', async () => {
  const { tap, told } = await openTap()
  const running = spawn('sh', ['-c', tap.command], { stdio: ['pipe', 'ignore', 'ignore'] })
  for (const piece of ['{"text":"', '}', '"}']) {
    running.stdin.write(piece)
    await new Promise(setImmediate)
  }
  running.stdin.end()
  await eventually(() => expect(told.map(({ json }) => json)).toEqual([{ text: '}' }]))
})

test('a message of the most bytes is taken, a longer one is told of', async () => {
  const { tap, told, troubles } = await openTap()
  const frame = '{"text":""}'.length
  for (const length of [MESSAGE_BYTES, MESSAGE_BYTES + 1])
    hook(tap.command, `{"text":"${'x'.repeat(length - frame)}"}`)
  await eventually(() => expect(troubles).toEqual(['the input of a hook was too long']))
  await eventually(() => expect(told).toHaveLength(1))
})

test('what is no file of a hook is left alone, and keeps nobody waiting', async () => {
  const { tap, told, folder } = await openTap()
  writeFileSync(join(folder, 'notes'), '{}')
  writeFileSync(join(folder, '1'), 'no JSON }')
  spawnSync('mkfifo', [join(folder, '2')])
  spawnSync('ln', ['-s', '/etc/hostname', join(folder, '3')])
  hook(tap.command, '{"event":"after"}')
  await eventually(() => expect(told.map(({ json }) => json)).toEqual([{ event: 'after' }]))
})

test('only the user can look into the folder, and it goes at the end', async () => {
  const { tap, folder, told } = await openTap()
  expect(statSync(folder).mode & 0o777).toBe(0o700)
  writeFileSync(join(folder, '1'), '{"event":"last"}')
  await tap.close()
  expect(told.map(({ json }) => json)).toEqual([{ event: 'last' }])
  expect(existsSync(folder)).toBe(false)
  // A late hook finds no folder, and creates none.
  expect(hook(tap.command, '{}')).toEqual(SILENT)
  expect(existsSync(folder)).toBe(false)
})

test('once the reader is dead, a hook writes nothing, and takes the folder away', () => {
  const folder = place()
  const dead = spawnSync('true').pid
  expect(hook(hookCommand(folder, dead), 'x'.repeat(1024 * 1024))).toEqual(SILENT)
  expect(existsSync(folder)).toBe(false)
})

test('a hook writes into no folder of somebody else', () => {
  if (process.getuid?.() !== 0) return
  const folder = place()
  spawnSync('chown', ['65534', folder])
  expect(hook(hookCommand(folder, process.pid), '{}')).toEqual(SILENT)
  expect(readdirSync(folder)).toEqual([])
})

test('a folder that was taken away is made again, and that is told', async () => {
  const { tap, told, folder, troubles } = await openTap()
  rmSync(folder, { recursive: true })
  await eventually(() => expect(existsSync(folder)).toBe(true))
  expect(statSync(folder).mode & 0o777).toBe(0o700)
  hook(tap.command, '{}')
  await eventually(() => expect(told).toHaveLength(1))
  expect(troubles).toEqual([expect.stringContaining(`${folder} cannot be read`)])
})

test('the folder is in memory, else in the cache, else among the temporary files', async () => {
  for (const [name, environment] of [
    ['run', (root: string) => ({ XDG_RUNTIME_DIR: join(root, 'run'), HOME: root })],
    ['.cache', (root: string) => ({ XDG_RUNTIME_DIR: join(root, 'missing'), HOME: root })],
    ['own', (root: string) => ({ XDG_CACHE_HOME: join(root, 'own'), HOME: root })],
    ['tmp', (root: string) => ({ TMPDIR: join(root, 'tmp') })],
  ] as const) {
    const root = place()
    for (const one of ['run', 'tmp']) mkdirSync(join(root, one))
    const tap = await HookTap.open({
      environment: environment(root),
      onMessage() {},
      onTrouble() {},
    })
    expect(tap.command).toContain(join(root, name))
    await tap.close()
  }
})

async function openTap(name = 'run') {
  const runtime = join(place(), name)
  mkdirSync(runtime)
  const told: { json: Record<string, unknown>; at: number }[] = []
  const troubles: string[] = []
  const tap = await HookTap.open({
    environment: { XDG_RUNTIME_DIR: runtime },
    onMessage: (message) => told.push(message),
    onTrouble: (words) => troubles.push(words),
  })
  onTestFinished(() => tap.close())
  const [only = ''] = readdirSync(runtime)
  return { tap, told, troubles, folder: join(runtime, only) }
}

function place(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tacho-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

function hook(
  command: string,
  input: string,
  { shell = 'sh', environment }: { shell?: string; environment?: NodeJS.ProcessEnv } = {},
) {
  const path = spawnSync('sh', ['-c', `command -v ${shell}`], { encoding: 'utf8' }).stdout.trim()
  const env = environment ?? process.env
  const { status, stdout, stderr } = spawnSync(path, ['-c', command], {
    input,
    env,
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}
