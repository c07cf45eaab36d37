import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  endedSpan,
  exchangeRecords,
  FIRST,
  RUN_ID,
  sessionsDirectory,
  TURN,
  timeAt,
  writeSession,
} from '../reader/session-folder.js'
import { tacho } from './tacho.js'

const turn = { 'tacho.turn.id': TURN }

/**
 * A turn of 20 s: an answer of 10 s whose second chunk was 8 s late, then a tool of 9 s, of which 6
 * s were spent waiting for its user.
 */
function session(): string {
  const directory = sessionsDirectory()
  const records = exchangeRecords({
    id: FIRST,
    start: 1000,
    request: '{"model":"m","input":"hi"}',
    chunks: ['data: 1\n\n', 'data: 2\n\n', 'data: 3\n\n'],
    turnId: TURN,
  })
  const moments = [1_000_000, 9_000_000, 9_500_000]
  const raw = records.map((record) => {
    if (record.kind === 'chunk') return { ...record, at: moments.shift() ?? 0 }
    return record.kind === 'end' ? { ...record, at: 10_000_000 } : record
  })
  const span = (id: string, name: string, start: number, end: number, attributes: object = {}) =>
    endedSpan({ id, name, start, end, parent: RUN_ID, attributes: { ...turn, ...attributes } })
  const meta = [
    span('00000000000000bb', 'invoke_agent codex', 0, 20_000),
    span(FIRST, 'chat m', 1000, 11_000, {
      'gen_ai.request.model': 'm',
      'gen_ai.response.model': 'm-mini',
      'gen_ai.usage.input_tokens': 1000,
      'gen_ai.usage.cache_read.input_tokens': 400,
      'gen_ai.usage.cache_creation.input_tokens': 200,
      'gen_ai.usage.output_tokens': 85,
    }),
    span('00000000000000cc', 'execute_tool exec', 11_000, 20_000, { 'gen_ai.tool.name': 'exec' }),
    span('00000000000000dd', 'approval command', 12_000, 18_000, {
      'tacho.approval.kind': 'command',
      'tacho.approval.decision': 'accept',
      'tacho.approval.decided_by': 'user',
      'tacho.approval.wait_ms': 6000,
    }),
  ]
  writeSession(directory, { raw, meta, run: { endedAt: timeAt(25_000) } })
  return directory
}

const prices = (value: unknown): string => {
  const file = join(sessionsDirectory(), 'prices.json')
  writeFileSync(file, typeof value === 'string' ? value : JSON.stringify(value))
  return file
}
const TABLE = {
  currency: 'EUR',
  models: { 'm-*': { input: 1, cachedInput: 0.5, cacheWrite: 2, output: 2 } },
}

async function stats(...words: string[]) {
  const { stdout, stderr, exitCode } = await tacho(['stats', ...words])
  return { stdout: stdout.toString(), stderr, exitCode }
}

test('waiting for people is told apart from the tool that waited', async () => {
  const told = JSON.parse((await stats('--json', '--sessions-dir', session())).stdout)
  expect(told.sessions[0].turns).toMatchObject([
    {
      number: 1,
      tookMs: 20_000,
      modelMs: 10_000,
      toolMs: 3000,
      waitingMs: 6000,
      otherMs: 1000,
      exchanges: 1,
      cost: null,
    },
  ])
  expect(told.sessions[0]).toMatchObject({ tookMs: 25_000, otherMs: 6000 })
  expect(told.tools).toMatchObject([{ name: 'exec', count: 1, totalMs: 3000, medianMs: 3000 }])
})

test('a stall, the first token and the pace are told by the times of the chunks', async () => {
  const { stdout } = await stats('last', '--json', '--sessions-dir', session())
  const [model] = JSON.parse(stdout).models
  expect(model).toMatchObject({ asked: 'm', answered: 'm-mini', stalls: 1, longestGapMs: 8000 })
  expect(model.firstMs.median).toBe(1000)
  expect(model.tokensPerSecond.median).toBe(10)
})

test('money is told by a table that the user gives, and only then', async () => {
  const directory = session()
  const words = ['last', '--sessions-dir', directory]
  expect((await stats(...words)).stdout).not.toMatch(/cost|EUR/)
  const { stdout } = await stats(...words, '--prices', prices(TABLE))
  // 400 new, 400 from the cache, 200 written to it, 85 output.
  expect(stdout).toContain('0.0012 EUR')
  const json = await stats(...words, '--json', '--prices', prices(TABLE))
  expect(JSON.parse(json.stdout).models[0].cost).toBeCloseTo(0.00117, 10)
  const other = { currency: 'EUR', models: { x: { input: 1, output: 1 } } }
  const without = await stats(...words, '--prices', prices(other))
  expect(without.stdout).toContain('without m-mini: no price, or tokens not told')
})

describe('a table of prices that cannot be used is told', () => {
  test.each<[what: string, value: unknown, stderr: RegExp]>([
    ['no JSON', '{', /it is not JSON/],
    ['no currency', { models: {} }, /it has no "currency"/],
    ['no models', { currency: 'EUR' }, /it has no "models"/],
    ['no output', { currency: 'EUR', models: { m: { input: 1 } } }, /"m" has no "input" or no/],
    ['a text', { currency: 'EUR', models: { m: { input: '1', output: 1 } } }, /"m" has no/],
    [
      'a price of the cache that is none',
      { currency: 'EUR', models: { m: { input: 1, output: 1, cacheWrite: '1' } } },
      /"cacheWrite" of "m" is not a number/,
    ],
    ['a minus', { currency: 'EUR', models: { m: { input: -1, output: 1 } } }, /"m" has no/],
  ])('%s', async (_, value, stderr) => {
    const file = prices(value)
    const ended = await stats('last', '--prices', file, '--sessions-dir', session())
    expect([ended.exitCode, ended.stdout]).toEqual([2, ''])
    expect(ended.stderr).toMatch(stderr)
    expect(ended.stderr).toContain(file)
  })
})
