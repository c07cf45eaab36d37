import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  BadConfig,
  readConfig,
  readLogins,
} from '../../../../packages/launcher/src/agents/opencode/config.js'
import { providersOf } from '../../../../packages/launcher/src/agents/opencode/providers.js'

let root = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tacho-opencode-config-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

function write(path: string, text: string): void {
  const file = join(root, path)
  mkdirSync(join(file, '..'), { recursive: true })
  writeFileSync(file, text)
}

const USERS = 'home/.config/opencode/opencode.jsonc'
const LOGINS = 'home/.local/share/opencode/auth.json'
const FREE = 'opencode https://opencode.ai/zen/v1'
const provider = (id: string, baseURL: string) =>
  JSON.stringify({ provider: { [id]: { options: { baseURL } } } })

/** Where each provider's requests go, and which bypass us. */
function found(environment: Record<string, string> = {}) {
  const env = { HOME: join(root, 'home'), ...environment }
  const config = readConfig(join(root, 'work/inner'), env)
  const options = { logins: readLogins(env), environment: env, chosen: undefined }
  const { upstreams, past } = providersOf(config, options)
  return [
    ...upstreams.map(({ name, upstream }) => `${name} ${upstream({ headers: [] }).href}`),
    ...past.map(({ id }) => `${id} past`),
  ].sort()
}

test.each<[what: string, files: Record<string, string>, env: Record<string, string>, to: string[]]>(
  [
    ['nobody has anything', {}, {}, [FREE]],
    [
      'a key is in the environment',
      {},
      { ANTHROPIC_API_KEY: 'k', GEMINI_API_KEY: 'k' },
      [
        'anthropic https://api.anthropic.com/v1',
        'gcp.gemini https://generativelanguage.googleapis.com/v1beta',
        FREE,
      ],
    ],
    [
      'a variable names another address',
      {},
      { ANTHROPIC_API_KEY: 'k', ANTHROPIC_BASE_URL: 'http://gateway.test/v1' },
      ['anthropic http://gateway.test/v1', FREE],
    ],
    [
      'the user has a provider, in JSON with comments',
      { [USERS]: `// mine\n${provider('own', 'http://own.test/v1').slice(0, -1)},}` },
      {},
      [FREE, 'own http://own.test/v1'],
    ],
    [
      'an address stands in a variable',
      { [USERS]: provider('own', '{env:OWN}/v1') },
      { OWN: 'http://own.test' },
      [FREE, 'own http://own.test/v1'],
    ],
    [
      "the project's goes before the user's",
      {
        [USERS]: provider('own', 'http://own.test/v1'),
        'work/opencode.json': provider('own', 'http://project.test/v1'),
      },
      {},
      [FREE, 'own http://project.test/v1'],
    ],
    [
      'the content of the variable goes before both',
      { 'work/inner/.opencode/opencode.json': provider('own', 'http://project.test/v1') },
      { OPENCODE_CONFIG_CONTENT: provider('own', 'http://content.test/v1') },
      [FREE, 'own http://content.test/v1'],
    ],
    [
      'there is a login with a key, and one that leads elsewhere',
      { [LOGINS]: '{"groq":{"type":"api","key":"k"},"openai":{"type":"oauth"}}' },
      {},
      ['groq https://api.groq.com/openai/v1', 'openai past', FREE],
    ],
    [
      'nobody knows where a provider is',
      { [USERS]: '{"provider":{"amazon-bedrock":{"options":{"region":"eu"}}}}' },
      {},
      ['amazon-bedrock past', FREE],
    ],
    ['a file is not JSON', { [USERS]: '{"provider":' }, {}, [FREE]],
  ],
)('where requests go: %s', (_, files, env, to) => {
  for (const [path, text] of Object.entries(files)) write(path, text)
  expect(found(env)).toEqual([...to].sort())
})

test('ours is put beside what the user has in the variable', () => {
  const env = {
    HOME: root,
    OPENCODE_CONFIG_CONTENT:
      '{"theme":"x","provider":{"own":{"options":{"baseURL":"http://a.test","timeout":7}}}}',
  }
  const { upstreams } = providersOf(readConfig(root, env), {
    logins: new Map(),
    environment: env,
    chosen: 'own',
  })
  const own = upstreams.find(({ name }) => name === 'own')
  const { environment } = own?.redirect('http://127.0.0.1:1')({ args: [], environment: env }) ?? {}
  expect(JSON.parse(environment?.OPENCODE_CONFIG_CONTENT ?? '')).toEqual({
    theme: 'x',
    provider: { own: { options: { baseURL: 'http://127.0.0.1:1', timeout: 7 } } },
  })
})

test('a variable that is not JSON is left for opencode to complain of', () => {
  expect(() => readConfig(root, { HOME: root, OPENCODE_CONFIG_CONTENT: '{' })).toThrow(BadConfig)
})
