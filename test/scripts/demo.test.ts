import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { codexCommand, programPath, repositoryRoot, run } from '../host/index.js'

let cache = ''
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'tacho-demo-'))
})
afterEach(() => rmSync(cache, { recursive: true, force: true, maxRetries: 20 }))

/** Plays the demo with an agent, in a cache folder of its own. */
function play(program: string, agent = 'codex') {
  const script = join(repositoryRoot, 'scripts/dist/demo/play.js')
  const env = { HOME: cache, XDG_CACHE_HOME: cache, PATH: process.env.PATH, LANG: 'C.UTF-8' }
  return run(process.execPath, [script, program, agent], { env })
}

test('the demo records the real Codex, shows the session and says how to go on', async () => {
  const [codex] = await codexCommand()
  const { exitCode, stdout, stderr } = await play(codex)
  expect({ exitCode, stderr: exitCode === 0 ? '' : stderr.toString() }).toEqual({
    exitCode: 0,
    stderr: '',
  })
  const text = stdout.toString()
  const [id = ''] = readdirSync(join(cache, 'tacho/demo/codex/sessions')).filter((name) =>
    name.includes('-'),
  )
  expect(text).toContain(`${id}/\n├─ session.json`)
  expect(text).toContain(`session ${id}`)
  // Its provider sends no log events: the answers, and the requests after them, tell about the
  // tools.
  expect(text).toMatch(/tool exec_command "cat greet\.js .*: completed/)
  expect(text).toMatch(/^5 .*WS \/v1\/responses .*completed$/m)
  expect(text).toMatch(/^ {2}\{"kind":"exchange"/m)
  expect(text).toContain('$ node_modules/.bin/tacho raw last 3')
  expect(text).not.toContain('\u001b')
})

test('the demo records the real Claude Code too', async () => {
  const { exitCode, stdout, stderr } = await play(await programPath('claude'), 'claude')
  expect({ exitCode, stderr: stderr.toString() }).toEqual({ exitCode: 0, stderr: '' })
  const text = stdout.toString()
  const [id = ''] = readdirSync(join(cache, 'tacho/demo-claude/sessions')).filter((name) =>
    name.includes('-'),
  )
  expect(text).toContain(`session ${id}`)
  expect(text).toMatch(/tool Bash "cat greet\.js .*: completed/)
  expect(text).toMatch(/^3 .*POST \/v1\/messages .*completed$/m)
})

test('a demo that recorded nothing says so, and ends with 1', async () => {
  const { exitCode, stderr } = await play('/bin/false')
  expect(exitCode).toBe(1)
  expect(stderr.toString()).toContain('No whole session was recorded.')
})
