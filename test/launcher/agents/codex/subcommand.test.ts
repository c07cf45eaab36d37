import { expect, test } from 'vitest'
import { codexMode } from '../../../../packages/launcher/dist/agents/codex/subcommand.js'

test.each([
  ['', 'tui'],
  ['Fix it', 'tui'],
  ['-m gpt-5.5', 'tui'],
  ['-c model=exec', 'tui'],
  ['resume --last', 'tui'],
  ['fork', 'tui'],
  ['-p exec', 'tui'],
  ['-- exec', 'tui'],
  ['constructor', 'tui'],
  ['exec Hello', 'exec'],
  ['e Hello', 'exec'],
  ['-c a=b exec Hello', 'exec'],
  ['-C /tmp exec resume --last', 'exec'],
  ['--image a.png exec', 'exec'],
  ['review', 'exec'],
  ['app-server', 'app-server'],
  ['app-server --listen ws://127.0.0.1:1', 'app-server'],
  ['app-server generate-ts --out x', undefined],
  ['app-server daemon', undefined],
  ['login', undefined],
  ['mcp list', undefined],
  ['sandbox ls', undefined],
  ['completion bash', undefined],
  ['--help', undefined],
  ['exec --help', undefined],
  ['--version', undefined],
  ['-V', undefined],
])('codex %s is %s', (line, mode) => {
  expect(codexMode(line.split(' ').filter(Boolean))).toBe(mode)
})

test('a prompt behind -- may say --help', () => {
  expect(codexMode(['exec', '--', '--help'])).toBe('exec')
})
