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

// What each agent is given only when it is recorded.
for (const [agent, args, sign] of [
  ['codex', ['exec', 'hi'], 'openai_base_url'],
  ['claude', ['-p', 'hi'], 'ANTHROPIC_BASE_URL'],
  ['opencode', ['run', 'hi'], 'OPENCODE_CONFIG_CONTENT'],
  ['gemini', ['-p', 'hi'], 'GOOGLE_GEMINI_BASE_URL'],
] as const) {
  test(`with its shim, plain ${agent} is itself, and TACHO_PERSIST_SESSION=1 alone has it recorded`, async () => {
    const path = `${bin}:${real}:${SYSTEM}`
    const run = (action: string) =>
      tacho(['shim', action, agent, ...(action === 'install' ? ['--dir', bin] : [])], {
        HOME: home,
        PATH: path,
      })
    writeFileSync(join(real, agent), '#!/bin/sh\necho "$@"\nenv | sort\n', { mode: 0o755 })
    mkdirSync(join(home, '.gemini'))
    const chosen = { security: { auth: { selectedType: 'gemini-api-key' } } }
    writeFileSync(join(home, '.gemini/settings.json'), JSON.stringify(chosen))
    const typed = (variables: Record<string, string> = {}) =>
      spawnSync(agent, args, {
        env: { HOME: home, PATH: path, GEMINI_API_KEY: 'key-0123456789', ...variables },
        encoding: 'utf8',
      })

    const alone = typed()
    expect((await run('install')).exitCode).toBe(0)
    expect((await run('status')).stdout.toString()).toContain(`${agent} is ${join(bin, agent)}`)
    const off = typed()
    expect([off.stdout, off.stderr, off.status]).toEqual([alone.stdout, '', 0])
    const on = typed({ TACHO_PERSIST_SESSION: '1' })
    expect(on.stdout).toContain(sign)
    expect(off.stdout).not.toContain(sign)
    await run('remove')
    expect(typed()).toMatchObject({ stdout: alone.stdout })
  })
}
