import { mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { run, tachoCommand } from '../../host/index.js'

let home: string

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'tacho-setup-'))
})
afterEach(() => rm(home, { recursive: true, force: true }))

const explained = (...words: string[]) =>
  run(tachoCommand, words, { env: { HOME: home, PATH: process.env.PATH ?? '' }, cwd: home })

test('--explain-setup says what has to be settled, runs nothing and writes nothing', async () => {
  const { stdout, stderr, exitCode } = await explained('gemini', '--explain-setup', '-p', 'Hello')
  expect([stderr.toString(), exitCode]).toEqual(['', 0])
  expect(stdout.toString()).toMatch(
    /^Gemini CLI: its requests cannot be recorded: .*selectedType\)\.\nChoose one once: .*\n$/,
  )
  expect(readdirSync(home)).toEqual([])

  mkdirSync(join(home, '.gemini'))
  const settings = { security: { auth: { selectedType: 'gemini-api-key' } } }
  writeFileSync(join(home, '.gemini/settings.json'), JSON.stringify(settings))
  const settled = await explained('gemini', '--explain-setup')
  expect(settled.stdout.toString()).toMatch(/^Gemini CLI: nothing has to be set up/)
})

test.each([
  ['codex', 'tacho codex --persist-session\n'],
  ['acp', 'tacho acp --persist-session -- <program>\n'],
])('of %s nothing has to be settled', async (agent, words) => {
  const { stdout, exitCode } = await explained(agent, '--explain-setup')
  expect(exitCode).toBe(0)
  expect(stdout.toString()).toContain('nothing has to be set up')
  expect(stdout.toString()).toContain(words)
})
