import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  endedSpan,
  exchangeRecords,
  FIRST,
  SECOND,
  SESSION_ID,
  sessionsDirectory,
  writeSession,
} from '../reader/session-folder.js'
import { tacho } from './tacho.js'

const THIRD = '3333333333333333'

type Asked = {
  body: object | string
  path?: string
  start?: number
  usage?: object
  answer?: unknown
}

/** A session with some requests, one second apart by default. */
function sessionOf(asked: readonly Asked[]): string {
  const directory = sessionsDirectory()
  const ids = [FIRST, SECOND, THIRD]
  const parts = asked.map((one, index) => {
    const start = one.start ?? 100 + index * 2000
    const { path = '/v1/responses', body, answer } = one
    return {
      id: ids[index] ?? '',
      start,
      url: `http://127.0.0.1:4000${path}`,
      request: typeof body === 'string' ? body : JSON.stringify(body),
      ...(answer !== undefined && { chunks: [JSON.stringify(answer)] }),
    }
  })
  writeSession(directory, {
    raw: parts.flatMap((part) => exchangeRecords(part)),
    meta: parts.map(({ id, start }, index) =>
      endedSpan({
        id,
        name: 'chat m',
        start,
        end: start + 1200,
        attributes: Object.fromEntries(
          Object.entries(asked[index]?.usage ?? {}).map(([name, value]) => [
            `gen_ai.usage.${name}`,
            value,
          ]),
        ),
      }),
    ),
  })
  return directory
}

async function run(directory: string, ...words: string[]) {
  const { stdout, stderr, exitCode } = await tacho([...words, '--sessions-dir', directory])
  return { stdout: stdout.toString(), stderr, exitCode }
}

async function json(directory: string, ...words: string[]) {
  return JSON.parse((await run(directory, ...words, '--json')).stdout)
}

const say = (content: string, role = 'user') => ({ role, content })

describe('tacho messages reads each API', () => {
  test.each<[api: string, path: string, body: object, answer: object, said: object[]]>([
    [
      'chat-completions',
      '/v1/chat/completions',
      { model: 'm', messages: [say('You fix.', 'system'), say('fix it')] },
      { id: 'x', choices: [{ message: say('Done.', 'assistant') }] },
      [{ type: 'text', text: 'Done.' }],
    ],
    [
      'messages',
      '/v1/messages',
      { model: 'm', system: 'You fix.', messages: [say('fix it')] },
      {
        type: 'message',
        id: 'x',
        role: 'assistant',
        content: [{ type: 'tool_use', id: 't', name: 'Bash', input: { command: 'ls' } }],
      },
      [{ type: 'tool_call', name: 'Bash', id: 't', arguments: '{"command":"ls"}' }],
    ],
    [
      'gemini',
      '/v1beta/models/m:generateContent',
      {
        systemInstruction: { parts: [{ text: 'You fix.' }] },
        contents: [{ role: 'user', parts: [{ text: 'fix it' }] }],
      },
      { responseId: 'x', candidates: [{ content: { role: 'model', parts: [{ text: 'Done.' }] } }] },
      [{ type: 'text', text: 'Done.' }],
    ],
  ])('%s', async (api, path, body, answer, said) => {
    const told = await json(sessionOf([{ path, body, answer }]), 'messages', 'last')
    expect(told).toMatchObject({
      api,
      model: 'm',
      instructions: [{ parts: [{ type: 'text', text: 'You fix.' }] }],
      messages: [{ number: 1, isNew: true, role: 'user' }],
      answer: { id: 'x', messages: [{ parts: said }] },
    })
  })
})

test('a request of a foreign shape is shown as it is, and so is its answer', async () => {
  const directory = sessionOf([
    { path: '/search', body: { query: 'needle', top: 3 }, answer: { found: ['hay'] } },
  ])
  const { stdout, exitCode } = await run(directory, 'messages', 'last', '1')
  expect(exitCode).toBe(0)
  expect(stdout).toMatch(/query +"needle"/)
  expect(stdout).toContain('{"found":["hay"]}')
  const plain = sessionOf([{ path: '/search', body: 'no JSON at all' }])
  expect((await run(plain, 'messages', 'last', '1')).stdout).toContain('no JSON at all')
})

describe('what breaks a prompt cache is told', () => {
  const usage = (cached: number) => ({ input_tokens: 5000, 'cache_read.input_tokens': cached })
  const base = { model: 'm', instructions: 'You fix.', input: [say('one')] }
  const more = { ...base, input: [say('one'), say('two')] }
  test.each<[what: string, second: Asked, told: object]>([
    ['nothing', { body: more, usage: usage(4900) }, { verdict: 'hit', lostTokens: null }],
    [
      'instructions that changed',
      { body: { ...more, instructions: 'You fit.' }, usage: usage(0) },
      {
        verdict: 'changed',
        lostTokens: 5000,
        difference: { kind: 'instructions', change: 'changed', common: 7 },
      },
    ],
    [
      'a history written anew',
      { body: { ...base, input: [say('other')] }, usage: usage(0) },
      { verdict: 'changed', difference: { kind: 'message', number: 1 } },
    ],
    [
      'a rest of ten minutes',
      { body: more, usage: usage(0), start: 600_000 },
      { verdict: 'expired', lostTokens: 5000, difference: null },
    ],
    [
      'nothing that can be seen',
      { body: more, usage: usage(0) },
      { verdict: 'missed', lostTokens: 5000 },
    ],
    ['tokens that nobody told', { body: more }, { verdict: 'unknown', lostTokens: null }],
  ])('%s', async (_, second, told) => {
    const directory = sessionOf([{ body: base, usage: usage(0) }, second])
    expect((await json(directory, 'cache', 'last'))[1]).toMatchObject(told)
    expect((await run(directory, 'cache', 'last')).exitCode).toBe(0)
  })
})

test('what a broken prompt cache cost is told by a table of prices', async () => {
  const usage = (cached: number) => ({ input_tokens: 1_000_000, 'cache_read.input_tokens': cached })
  const directory = sessionOf([
    { body: { model: 'm', instructions: 'You fix.', input: [say('one')] }, usage: usage(0) },
    { body: { model: 'm', instructions: 'You fit.', input: [say('one')] }, usage: usage(0) },
  ])
  const prices = join(directory, 'prices.json')
  const models = { m: { input: 5, cachedInput: 0.5, cacheWrite: 6, output: 1 } }
  writeFileSync(prices, JSON.stringify({ currency: 'USD', models }))
  const told = await json(directory, 'cache', 'last', '--prices', prices)
  expect(told.map(({ lostCost }: { lostCost: number | null }) => lostCost)).toEqual([null, 4.5])
  const { stdout } = await run(directory, 'cache', '--prices', prices)
  expect(stdout).toContain('from the cache they would have cost 4.50 USD less')
})

test('what a compaction dropped is told by kinds', async () => {
  const long = [say('x'.repeat(4000)), say('y'.repeat(400), 'assistant'), say('go on')]
  const directory = sessionOf([
    { body: { model: 'm', input: long }, usage: { input_tokens: 1100 } },
    { body: { model: 'm', input: [say('Summary.'), say('go on')] }, usage: { input_tokens: 10 } },
  ])
  const { shortened } = await json(directory, 'context', 'last', '2')
  expect(shortened).toMatchObject([
    {
      before: { exchange: 1, toldTokens: 1100 },
      after: { exchange: 2, toldTokens: 10 },
      compaction: null,
      messages: { dropped: 2, kept: 1, added: 1 },
    },
  ])
  const { stdout } = await run(directory, 'context', 'last', '2')
  expect(stdout).toContain('the history was written anew, between exchanges 1 and 2')
  expect(stdout).toContain('user: 4.0 kB became 13 B')
})

test.each([
  [21, 'and 1 smaller part: --all shows it'],
  [22, 'and 2 smaller parts: --all shows them'],
])('of a context of %i messages, the largest are shown', async (count, told) => {
  const input = Array.from({ length: count }, (_, number) => say(`message ${number}`))
  const directory = sessionOf([{ body: { input } }])
  expect((await run(directory, 'context', 'last')).stdout.trimEnd().split('\n').at(-1)).toBe(told)
  expect((await run(directory, 'context', 'last', '--all')).stdout).not.toContain('smaller')
})

describe('bad input is told: what, where and what next', () => {
  const directory = sessionOf([{ body: { input: 'hi' } }])
  test.each<[words: string[], exitCode: number, stderr: RegExp]>([
    [['messages', 'nobody'], 1, /no session nobody.*tacho ls/s],
    [['messages', 'last', '7'], 1, /no exchange 7. It has only exchange 1\./],
    [['messages', 'last', 'x'], 2, /number, 1 or greater/],
    [['diff', 'last', '1'], 1, /no request before it.*Name two/s],
    [['diff', 'last', '1', 'x'], 2, /two numbers of exchanges|one or two numbers/],
    [['diff', 'last', 'nobody'], 1, /no session nobody/],
    [['context', 'last', '9'], 1, /no exchange 9/],
    [['cache', 'nobody'], 1, /no session nobody/],
  ])('tacho %j', async (words, exitCode, stderr) => {
    const ended = await run(directory, ...words)
    expect([ended.exitCode, ended.stdout]).toEqual([exitCode, ''])
    expect(ended.stderr).toMatch(stderr)
  })

  test('a body that is damaged costs its part, with exit code 3', async () => {
    const damaged = sessionsDirectory()
    const [begin, body, ...rest] = exchangeRecords({ id: FIRST, request: '{"input":"hi"}' })
    writeSession(damaged, { raw: [begin, { ...body, sha256: 'x' }, ...rest] as object[], meta: [] })
    for (const command of ['messages', 'context']) {
      const { exitCode, stderr } = await run(damaged, command, 'last', '1')
      expect(exitCode).toBe(3)
      expect(stderr).toContain('SHA-256')
    }
  })

  test('what was recorded steers no terminal', async () => {
    const hostile = sessionOf([
      { body: { model: '\u001b[2J', input: [say('\u202ehi \u001b]0;x\u0007')], '\u001b': 1 } },
      { body: { model: 'm', input: [say('\u009bhi')], tools: [{ name: '\u001b[1m' }] } },
    ])
    for (const words of [
      ['messages', 'last'],
      ['messages', 'last', '1', '--all'],
      ['diff', 'last', '2'],
      ['context', 'last'],
      ['cache', 'last'],
      ['diff', 'last', SESSION_ID],
    ]) {
      for (const more of [[], ['--json']]) {
        const { stdout } = await run(hostile, ...words, ...more)
        expect(stdout).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/)
      }
    }
  })
})
