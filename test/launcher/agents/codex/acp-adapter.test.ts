import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { upstreamIn } from '../../../../packages/launcher/dist/agents/codex/acp-adapter.js'

const CODEX_ACP = ['/opt/bin/codex-acp']

test.each([
  [['/opt/bin/codex-acp'], true],
  [['node', '/opt/codex-acp.js'], true],
  [['npx', '-y', '@agentclientprotocol/codex-acp@2.6.0'], true],
  [['codex', 'acp'], false],
  [['/opt/codex-acp-tools'], false],
])('%j is codex-acp: %s', (words, is) => {
  expect(upstreamIn(words, { CODEX_CONFIG: '{' }) !== undefined).toBe(is)
})

describe('what leads the requests of codex-acp to us', () => {
  let home: string

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'tacho-codex-acp-'))
  })
  afterEach(() => rmSync(home, { recursive: true, force: true }))

  const mine =
    'model_provider = "mine"\n[model_providers.mine]\nname = "m"\nbase_url = "https://m.example/v1"'
  const led = { name: 'm', base_url: 'http://127.0.0.1:1/v1' }

  test.each([
    ['', {}, { openai_base_url: led.base_url }],
    ['', { CODEX_CONFIG: '{"model":"x"}' }, { model: 'x', openai_base_url: led.base_url }],
    [mine, {}, { model_provider: 'mine', model_providers: { mine: led } }],
    [
      mine.replace('model_provider = "mine"\n', ''),
      { MODEL_PROVIDER: 'mine' },
      { model_provider: 'mine', model_providers: { mine: led } },
    ],
    [
      mine,
      {
        CODEX_CONFIG:
          '{"model_provider":"other","model_providers":{"other":{"base_url":"https://o.example/v1"}}}',
      },
      {
        model_provider: 'other',
        model_providers: {
          mine: { name: 'm', base_url: 'https://m.example/v1' },
          other: { base_url: led.base_url },
        },
      },
    ],
  ])('%j with %j', (toml, variables, expected) => {
    writeFileSync(join(home, 'config.toml'), toml)
    const environment = { CODEX_HOME: home, ...variables }
    const upstream = upstreamIn(CODEX_ACP, environment)
    if (upstream === undefined) throw new Error('It is none.')
    if ('reason' in upstream) throw new Error(upstream.reason)
    const start = upstream.redirect(led.base_url)({ args: ['x'], environment })
    expect(start.args).toEqual(['x'])
    expect(JSON.parse(start.environment.CODEX_CONFIG ?? '')).toEqual(expected)
  })

  test.each(['{', '[]', '7', '{"model_providers.mine.base_url":"https://x.example"}'])(
    'a CODEX_CONFIG of %s is left alone',
    (text) => {
      const upstream = upstreamIn(CODEX_ACP, { CODEX_HOME: home, CODEX_CONFIG: text })
      expect(upstream).toEqual({ reason: 'CODEX_CONFIG cannot be added to' })
    },
  )
})
