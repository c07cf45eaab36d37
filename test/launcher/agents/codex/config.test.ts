import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  BadConfig,
  readConfig,
  valuesOf,
} from '../../../../packages/launcher/dist/agents/codex/config.js'
import { providerOf } from '../../../../packages/launcher/dist/agents/codex/provider.js'

let home: string

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'tacho-config-'))
})

afterEach(() => rmSync(home, { recursive: true, force: true }))

function config(args: readonly string[] = []): object {
  return readConfig(args, { CODEX_HOME: home })
}

function write(name: string, toml: string): void {
  writeFileSync(join(home, name), toml)
}

describe('a configuration', () => {
  test('is empty where there is no file', () => {
    expect(config()).toEqual({})
  })

  test('is the user’s file, the profile’s, and -c in their order, each over the one before', () => {
    write('config.toml', 'model = "a"\nextra = 1\n[model_providers.x]\nname = "x"\nbase_url = "u"')
    write('work.config.toml', 'model = "b"\n[model_providers.x]\nbase_url = "v"')
    expect(config()).toMatchObject({ model: 'a' })
    expect(config(['-p', 'work'])).toEqual({
      model: 'b',
      extra: 1,
      model_providers: { x: { name: 'x', base_url: 'v' } },
    })
    const overrides = ['-c', 'model_providers.x.base_url="w"', '-c', 'model_providers.x.base_url=z']
    expect(config(['--profile=work', 'exec', ...overrides])).toMatchObject({
      model_providers: { x: { name: 'x', base_url: 'z' } },
    })
  })

  test('leaves the user’s file out where Codex does', () => {
    write('config.toml', 'model = "a"')
    expect(config(['exec', '--ignore-user-config'])).toEqual({})
  })

  test.each([
    ['model="b"', { model: 'b' }],
    ['model=b', { model: 'b' }],
    ['model = b ', { model: 'b' }],
    ['n=5', { n: 5 }],
    ['list=["a", 1]', { list: ['a', 1] }],
    ['table={a=1}', { table: { a: 1 } }],
    ['a.b.c=true', { a: { b: { c: true } } }],
    ['text=a=b', { text: 'a=b' }],
    ['nothing', {}],
  ])('with -c %s', (override, wanted) => {
    expect(config(['-c', override])).toEqual(wanted)
  })

  test('makes no object of a key that is __proto__', () => {
    write('config.toml', '[__proto__]\npolluted = true')
    const read = config(['-c', '__proto__.polluted=true', '-c', 'constructor.prototype.polluted=1'])
    expect(Object.getPrototypeOf(read)).toBe(Object.prototype)
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })

  test.each(['model = = 1', '[broken', 'a = 1\na = 2', '\0'])('%j does not parse', (toml) => {
    write('config.toml', toml)
    expect(() => config()).toThrow(BadConfig)
  })
})

test('the values of an option, however they are attached, and none behind a --', () => {
  const args = ['-c', 'a', '-cb', '--config', 'c', '--config=d', 'x', '--', '-c', 'e']
  expect(valuesOf(args, ['-c', '--config'])).toEqual(['a', 'b', 'c', 'd'])
  expect(valuesOf(['-c'], ['-c'])).toEqual([])
})

describe('the provider of a configuration', () => {
  const own = 'model_provider = "mine"\n[model_providers.mine]\nbase_url = "https://m.example/v1"'
  const request = { headers: [] }
  const chatgpt = { headers: [['ChatGPT-Account-ID', 'a'] as [string, string]] }

  test.each([
    ['', 'openai', 'https://api.openai.com/v1', 'https://chatgpt.com/backend-api/codex'],
    ['openai_base_url = "https://b.example/x"', 'openai', 'https://b.example/x', undefined],
    [own, 'mine', 'https://m.example/v1', undefined],
  ])('%j is %s at %s', (toml, name, upstream, withLogin) => {
    write('config.toml', toml)
    const provider = providerOf(readConfig([], { CODEX_HOME: home }), [], { CODEX_HOME: home })
    if ('reason' in provider) throw new Error(provider.reason)
    expect(provider.name).toBe(name)
    expect(provider.upstream(request).href).toBe(upstream)
    expect(provider.expected?.href).toBe(upstream)
    expect(provider.upstream(chatgpt).href).toBe(withLogin ?? upstream)
    const key = name === 'openai' ? 'openai_base_url' : `model_providers.${name}.base_url`
    expect(provider.base).toBe(new URL(upstream).pathname)
    expect(
      provider.redirect('http://127.0.0.1:1/x')({ args: ['exec', '--', 'x'], environment: {} }),
    ).toEqual({ args: ['exec', '-c', `${key}="http://127.0.0.1:1/x"`, '--', 'x'], environment: {} })
  })

  test.each([
    ['{"auth_mode":"chatgpt"}', {}, 'https://chatgpt.com/backend-api/codex'],
    ['{"tokens":{}}', {}, 'https://chatgpt.com/backend-api/codex'],
    ['{"auth_mode":"apikey"}', {}, 'https://api.openai.com/v1'],
    ['{"auth_mode":"chatgpt"}', { CODEX_API_KEY: 'k' }, 'https://api.openai.com/v1'],
  ])('with the login %s and %j the first request is expected at %s', (login, more, upstream) => {
    write('auth.json', login)
    const provider = providerOf({}, [], { CODEX_HOME: home, ...more })
    expect(provider).toMatchObject({ expected: new URL(upstream) })
  })

  test.each([
    ['model_provider = "x"', [], 'no base_url'],
    ['openai_base_url = "nonsense"', [], 'not a URL'],
    ['openai_base_url = "ftp://h/x"', [], 'not a URL'],
    [own.replace('https://m.example/v1', ''), [], 'not a URL'],
    [
      own.replaceAll('mine', 'a.b').replace('[model_providers.a.b]', '[model_providers."a.b"]'),
      [],
      'cannot stand',
    ],
    [own, ['--oss'], '--oss'],
    ['model_provider = "toString"', [], 'no base_url'],
  ])('%j with %j has no place for a tap: %s', (toml, args, words) => {
    write('config.toml', toml)
    const provider = providerOf(readConfig(args, { CODEX_HOME: home }), args, { CODEX_HOME: home })
    expect(provider).toEqual({ reason: expect.stringContaining(words) })
  })
})
