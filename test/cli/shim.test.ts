import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { tacho } from './tacho.js'

let home: string
let bin: string
let real: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'tacho-shim-'))
  bin = join(home, 'bin')
  real = join(home, 'real')
  mkdirSync(bin)
  mkdirSync(real)
})
afterEach(() => rmSync(home, { recursive: true }))

const SYSTEM = `${dirname(process.execPath)}:/usr/bin:/bin`
const shim = (action: string, path = `${bin}:${real}:${SYSTEM}`) =>
  tacho(['shim', action, 'codex', ...(action === 'install' ? ['--dir', bin] : [])], {
    HOME: home,
    PATH: path,
  })

function installCodex(): void {
  writeFileSync(join(real, 'codex'), '#!/bin/sh\necho the real one "$@"\n')
  chmodSync(join(real, 'codex'), 0o755)
}

test('no shim is no error; one that is first is none; one that is not first is', async () => {
  installCodex()
  const none = await shim('status')
  expect(none.stdout.toString()).toContain('No shim')
  expect(none.exitCode).toBe(0)
  await shim('install')
  expect((await shim('status')).exitCode).toBe(0)
  expect((await shim('status', `${real}:${bin}:${SYSTEM}`)).exitCode).toBe(1)
})

test('installed without a Codex, it says that there is none and how to get one', async () => {
  const { stderr, exitCode } = await shim('install')
  expect(stderr).toMatch(
    /there is no codex on PATH that it could run\. Install it: .*@openai\/codex/,
  )
  expect(exitCode).toBe(0)
  installCodex()
  expect((await shim('install')).stderr).toBe('')
})

for (const [what, gone, said] of [
  ['Node', 'node', 'Node is gone from /gone/node'],
  ['Tacho', 'tacho', 'Tacho is gone from /gone/tacho'],
] as const) {
  test(`when ${what} is gone, the shim says which it is, and runs the real Codex`, async () => {
    installCodex()
    await shim('install')
    const path = join(bin, 'codex')
    const text = readFileSync(path, 'utf8')
    writeFileSync(path, text.replace(new RegExp(`^${gone}=.*$`, 'm'), `${gone}='/gone/${gone}'`))
    const { stdout, stderr } = spawnSync(path, ['--version'], {
      env: { PATH: `${bin}:${real}:/usr/bin:/bin` },
      encoding: 'utf8',
    })
    expect(stdout).toBe('the real one --version\n')
    expect(stderr).toContain(said)
  })
}
