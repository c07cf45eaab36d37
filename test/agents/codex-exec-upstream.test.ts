import { createServer } from 'node:net'
import { describe, expect, test } from 'vitest'
import { some } from '../faults/extent.js'
import { type Answer, startScriptedModel } from '../scripted-model/index.js'
import { outcomeOf } from './alike.js'
import { EXEC, workplace } from './workplace.js'

/** What became of the connection and of the answer, and why. */
type Recorded = {
  state: string
  status?: number
  code?: string
  outcome?: string
  error?: string
}

// What a Codex that does not retry makes of an answer must be the same with Tacho and without.
const CASES: [string, Answer, Recorded][] = [
  [
    'breaks before its head',
    { fault: { kind: 'reset' } },
    { state: 'failed', code: 'ECONNRESET', outcome: 'failed', error: 'ECONNRESET' },
  ],
  [
    'breaks in its stream',
    { text: 'Half of it', deltas: 3, fault: { kind: 'reset', after: 5 } },
    { state: 'failed', status: 200, outcome: 'failed' },
  ],
  [
    'breaks inside an event',
    { text: 'Half of it', deltas: 3, fault: { kind: 'reset', after: 4, insideEvent: true } },
    { state: 'failed', status: 200, outcome: 'failed' },
  ],
  [
    'ends before it is complete',
    { text: 'Half of it', deltas: 3, fault: { kind: 'end', after: 5 } },
    { state: 'completed', status: 200, outcome: 'truncated', error: 'truncated' },
  ],
  ['is no HTTP', { fault: { kind: 'garbage' } }, { state: 'failed', outcome: 'failed' }],
  [
    'is no SSE',
    { body: '<h1>Hello</h1>' },
    { state: 'completed', status: 200, outcome: 'truncated' },
  ],
  [
    'is made of bytes that are no text',
    { events: [Uint8Array.of(0xff, 0xfe, 0x00, 0x0a, 0x0a)] },
    { state: 'completed', status: 200, outcome: 'truncated' },
  ],
  [
    'is 401',
    { status: 401 },
    { state: 'completed', status: 401, outcome: 'failed', error: 'invalid_api_key' },
  ],
  ['is 403', { status: 403 }, { state: 'completed', status: 403, outcome: 'failed' }],
  [
    'is 429',
    { status: 429, headers: { 'retry-after': '1' } },
    { state: 'completed', status: 429, outcome: 'failed', error: 'rate_limit_exceeded' },
  ],
  [
    'is 500',
    { status: 500 },
    { state: 'completed', status: 500, outcome: 'failed', error: 'server_error' },
  ],
  [
    'is 503 with a page',
    { status: 503, headers: { 'content-type': 'text/html' }, body: '<h1>Sorry</h1>' },
    { state: 'completed', status: 503, outcome: 'failed', error: '503' },
  ],
  [
    'fails in its stream',
    { text: 'So far', failed: { code: 'server_error', message: 'It fell over' } },
    { state: 'completed', status: 200, outcome: 'failed', error: 'server_error' },
  ],
]

describe('an answer that', () => {
  test.each(some(CASES, 5))('%s reaches codex as it is', async (title, answer, recorded) => {
    await using one = await workplace([answer])
    await using other = await workplace([answer])
    const args = [...ONCE, 'Hello']
    const [alone, taped] = await Promise.all([
      one.alone(args),
      other.tacho(['codex', ...args, '--persist-session']),
    ])
    expect(outcomeOf(taped, other)).toEqual(outcomeOf(alone, one))

    const session = other.session()
    const { modelExchanges } = other.model
    expect(modelExchanges).toHaveLength(one.model.modelExchanges.length)
    expect(session.exchanges).toHaveLength(modelExchanges.length)
    const [end] = session.ends
    expect(end?.state).toBe(recorded.state)
    if (recorded.code !== undefined) expect(end?.error?.code).toBe(recorded.code)
    const response = session.raw.find((record) => record.kind === 'response')
    expect(response?.status).toBe(recorded.status)
    const shown = await other.tacho(['show', session.id, '--json'])
    const [exchange] = JSON.parse(shown.stdout.toString()).exchanges
    expect(exchange.outcome).toBe(recorded.outcome)
    expect(exchange.error).not.toBeNull()
    if (recorded.error !== undefined) expect(exchange.error.type).toBe(recorded.error)
    const { stdout } = await other.tacho(['raw', session.id, '1', '--response'])
    // Bytes that are not HTTP are in the body as they came, and the record says why.
    const isHttp = !session.raw.some(({ kind }) => kind === 'unparsed')
    expect(isHttp).toBe(title !== 'is no HTTP')
    if (isHttp) expect(stdout.equals(modelExchanges[0]?.responseBody ?? Buffer.of())).toBe(true)
    else expect(stdout.length).toBeGreaterThan(0)
    expect(session.log).not.toContain(' ERROR tacho')
  })
})

test('while the upstream refuses, codex waits for the network as it does alone', async () => {
  const port = await freePort()
  await using place = await workplace([], { baseUrl: `http://127.0.0.1:${port}/v1` })
  await using tacho = place.startTacho(['codex', ...ONCE, 'Hello', '--persist-session'], {
    stdin: '',
  })
  await tacho.stderr.containing('waiting for network')
  await using model = await startScriptedModel([{ text: 'Here I am.' }], { port })
  const ended = await tacho.ended
  expect(ended).toMatchObject({ exitCode: 0, signal: null })
  expect(ended.stdout.toString()).toBe('Here I am.\n')
  expect(ended.stderr.toString()).not.toContain('tacho:')
  expect(model.modelExchanges).toHaveLength(1)
  const session = place.session()
  expect(session.ends).toMatchObject([{ state: 'completed' }])
  expect(session.log).toMatch(/WARN {2}tacho: .*ECONNREFUSED/)
  expect(session.log).toContain('can be reached again')
})

test('an answer that never comes is in flight until codex goes', async () => {
  await using place = await workplace([{ fault: { kind: 'hang' } }])
  await using tacho = place.startTacho(['codex', ...ONCE, 'Hello', '--persist-session'], {
    stdin: '',
  })
  await place.model.requestArrived(1)
  const shown = await place.tacho(['show', 'last', '--json'])
  expect(JSON.parse(shown.stdout.toString()).exchanges).toMatchObject([{ state: 'in-flight' }])
  tacho.kill('SIGTERM')
  const ended = await tacho.ended
  await place.model.clientGone(1)
  expect(ended).toMatchObject({ exitCode: null, signal: 'SIGTERM' })
  const session = place.session()
  expect(session.ends).toMatchObject([{ state: 'cancelled', responseBytes: 0 }])
  expect(session.manifest.runs).toMatchObject([{ ended: { signal: 'SIGTERM' } }])
})

const ONCE = [
  ...EXEC,
  '-c',
  'model_providers.scripted.request_max_retries=0',
  '-c',
  'model_providers.scripted.stream_max_retries=0',
]

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}
