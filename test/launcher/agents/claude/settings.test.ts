import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { claudeMode } from '../../../../packages/launcher/src/agents/claude/mode.js'
import {
  BadSettings,
  RunSettings,
} from '../../../../packages/launcher/src/agents/claude/settings.js'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tacho-claude-settings-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const OWN = {
  model: 'opus',
  env: { A: 'own', B: 'own' },
  hooks: { Stop: [{ hooks: [{ type: 'command', command: 'say done' }] }] },
}
const PART = { env: { B: 'ours' }, hooks: { Stop: [{ ours: true }], PreToolUse: [{ ours: true }] } }
const TOGETHER = {
  model: 'opus',
  env: { A: 'own', B: 'ours' },
  hooks: { Stop: [...OWN.hooks.Stop, { ours: true }], PreToolUse: [{ ours: true }] },
}

function added(args: string[]) {
  const settings = new RunSettings(args, folder)
  const start = settings.adding(PART)({ command: 'claude', args } as never)
  return { args: start.args ?? [], settings }
}

test.each<[how: string, before: string[], behind: string[]]>([
  ['a text', ['-p', '--settings', JSON.stringify(OWN), 'hi'], ['hi']],
  ['a text behind an equals sign', ['-p', `--settings=${JSON.stringify(OWN)}`], []],
  [
    'the last of several',
    ['--settings', '{"env":{"C":"1"}}', '--settings', JSON.stringify(OWN)],
    [],
  ],
])("the user's --settings and ours are one: %s", (_, before, behind) => {
  const { args } = added(before)
  const at = args.lastIndexOf('--settings')
  expect(JSON.parse(args[at + 1] ?? '')).toEqual(TOGETHER)
  expect(args.slice(at + 2)).toEqual(behind)
})

test('those of a file are in a file again, which only its user reads and which is gone afterwards', () => {
  writeFileSync(join(folder, 'own.json'), JSON.stringify(OWN))
  const { args, settings } = added(['--settings', 'own.json'])
  const path = args[1] ?? ''
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(TOGETHER)
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(readFileSync(join(folder, 'own.json'), 'utf8')).toBe(JSON.stringify(OWN))
  settings.close()
  expect(() => statSync(path)).toThrow('ENOENT')
})

test('without any, ours stand before what is behind --', () => {
  const { args } = added(['-p', '--', '--settings'])
  expect(args).toEqual(['-p', '--settings', JSON.stringify(PART), '--', '--settings'])
})

test.each<[what: string, value: string, message: RegExp]>([
  ['no JSON', '{"env":}', /^--settings is not JSON$/],
  ['a file that is not there', 'gone.json', /gone\.json cannot be read/],
  ['a file that is not JSON', 'bad.json', /bad\.json is not JSON/],
])('settings that cannot be read stay as they are: %s', (_, value, message) => {
  writeFileSync(join(folder, 'bad.json'), 'env: none')
  expect(() => new RunSettings(['--settings', value], folder)).toThrow(BadSettings)
  expect(() => new RunSettings(['--settings', value], folder)).toThrow(message)
})

describe('what arguments start:', () => {
  const STREAM = ['--input-format', 'stream-json']
  test.each<[args: string[], isTerminal: boolean, mode: string | undefined]>([
    [[], true, 'tui'],
    [['fix it'], true, 'tui'],
    [['--continue'], true, 'tui'],
    [['--resume', 'id', '--fork-session'], true, 'tui'],
    [[], false, 'print'],
    [['-p', 'fix it'], true, 'print'],
    [['-cp', 'fix it'], true, 'print'],
    [['--print', 'fix it'], true, 'print'],
    [['-p', ...STREAM], true, 'stream-json'],
    [['-p', '--input-format=stream-json'], true, 'stream-json'],
    [['mcp', 'list'], true, undefined],
    [['doctor'], true, undefined],
    [['update'], false, undefined],
    [['--version'], true, undefined],
    [['-h'], true, undefined],
    [['--cloud', 'fix it'], true, undefined],
    [['--', 'mcp'], true, 'tui'],
  ])('%j', (args, isTerminal, mode) => {
    expect(claudeMode(args, isTerminal)).toBe(mode)
  })
})
