import { parse, TomlDate } from 'smol-toml'
import { expect, test } from 'vitest'
import { overridesOf } from '../../../../../packages/launcher/src/agents/codex/config.js'
import { inlineToml } from '../../../../../packages/launcher/src/agents/codex/inline-toml.js'
import {
  definitionOptions,
  hookDefinitions,
  trustOptions,
} from '../../../../../packages/launcher/src/agents/codex/tui/hook-definitions.js'
import { hookHash } from '../../../../../packages/launcher/src/agents/codex/tui/hook-hash.js'

const OURS = { hooks: [{ type: 'command', command: 'ours', async: true, timeout: 1 }] }

test('hooks of ours stand behind those of the arguments, and trust behind their trust', () => {
  const own = [
    ...['-c', 'hooks.Stop=[{matcher="a",hooks=[{type="command",command="theirs"}]}]'],
    ...['-c', 'hooks.state={"their key"={enabled=false}}'],
  ]
  const definitions = hookDefinitions(['Stop', 'Interrupt'], 'ours', own)
  expect(definitions.map(({ key }) => key)).toEqual([
    '/<session-flags>/config.toml:stop:1:0',
    '/<session-flags>/config.toml:interrupt:0:0',
  ])
  const options = [
    ...definitionOptions(definitions),
    ...trustOptions(new Map([['our key', 'sha256:0']]), own),
  ]
  expect(overridesOf([...own, ...options])).toEqual({
    hooks: {
      Stop: [{ matcher: 'a', hooks: [{ type: 'command', command: 'theirs' }] }, OURS],
      Interrupt: [OURS],
      state: { 'their key': { enabled: false }, 'our key': { trusted_hash: 'sha256:0' } },
    },
  })
})

test('where the arguments have what is not a list, ours are left out', () => {
  expect(hookDefinitions(['Stop'], 'ours', ['-c', 'hooks.Stop="x"'])).toEqual([])
})

// As Codex 0.169 lists it (`hooks/list`).
test('the hash is the one that Codex makes', () => {
  const [definition] = hookDefinitions(['PermissionRequest'], 'cat', [])
  expect(definition && hookHash(definition)).toBe(
    'sha256:1f006eac88a8367c27eafa7357ab137b1b37155c6e00f5b0a1e9adbd552014b0',
  )
})

test('a value in one line is the same value', () => {
  const value = {
    text: 'a "quote" \\ \u007f \u0001 \n é 😀',
    'a key.with "all"': [1, 2.5, true, [], {}, [{ a: 'b' }]],
    when: new TomlDate('2026-11-25T13:00:00Z'),
  }
  const line = inlineToml(value)
  expect(line).not.toContain('\n')
  expect(JSON.parse(JSON.stringify(parse(`value = ${line}`).value))).toEqual(
    JSON.parse(JSON.stringify(value)),
  )
})
