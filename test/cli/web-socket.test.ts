import { describe, expect, test } from 'vitest'
import {
  endedSpan,
  exchangeRecords,
  FIRST,
  RUN_ID,
  sessionsDirectory,
  writeSession,
} from '../reader/session-folder.js'
import {
  ASKED,
  answer,
  asked,
  CALL,
  CONNECTION,
  CONTINUED,
  message,
  OUTPUT,
  PREWARM,
  upgrade,
  WEB_SOCKET_RUN,
  webSocketSession,
} from '../reader/web-socket-session.js'
import { type Finished, tacho } from './tacho.js'

describe('show', () => {
  test('has a row for the connection and one for each request', async () => {
    const shown = await textOf(['show', 'last'])
    expect(shown).toMatch(/exchanges +3: 1 prewarm\n +connections +1 WebSocket\n/)
    expect(shown).toMatch(/1 +\+0\.050s +GET \/v1\/responses +101 .* B +closed by the agent\n/)
    expect(shown).toMatch(/2 +\+0\.100s +WS \/v1\/responses \(prewarm\) +gpt-5\.1 +120ms +1\.2s/)
    expect(shown).toMatch(/3 +\+1\.300s +WS \/v1\/responses +gpt-5\.1 .* 34\/5 +completed\n/)
    expect(shown).not.toContain('GET of the upgrade')
  })

  test('tells who closed a connection and why, and what could not be followed', async () => {
    const closed = { closedBy: 'upstream', code: 1011, reason: 'out of\nmemory' } as const
    const { begin, end } = upgrade({ webSocket: { ...closed, sent: 1, received: 1 } })
    const error = { side: 'upstream' as const, code: 'ECONNRESET', message: 'read ECONNRESET' }
    const raw = [
      ...begin,
      ...asked({ id: ASKED, message: {}, state: 'failed', error }),
      ...asked({ id: CONTINUED, message: {}, state: 'cancelled' }),
      ...end.map((record) => ({ ...record, state: 'failed' })),
      ...exchangeRecords({ id: FIRST, state: 'in-flight' }),
      { kind: 'unparsed', exchange: FIRST, at: 1, side: 'response', reason: 'no\u001b[2Jlength' },
      ...exchangeRecords({ id: FIRST }).slice(-1),
    ]
    const shown = await textOf(['show', 'last'], raw)
    expect(shown).toContain('failed: closed by the API (1011, out of\\nmemory)')
    expect(shown).toContain('failed: ECONNRESET, read ECONNRESET')
    expect(shown).toMatch(/3 .* cancelled\n/)
    expect(shown).toContain('completed: response not followed (no\\x1b[2Jlength)')
  })

  test('--json names the connection by its number', async () => {
    const { exchanges } = JSON.parse(await textOf(['show', 'last', '--json']))
    expect(exchanges).toMatchObject([
      {
        number: 1,
        method: 'GET',
        status: 101,
        transport: 'http',
        connection: null,
        isConnection: true,
        isPrewarm: false,
        webSocket: { closedBy: 'agent', code: null, reason: null, sent: 3, received: 7 },
        unparsed: [],
      },
      { number: 2, transport: 'websocket', connection: 1, isPrewarm: true, status: null },
      { number: 3, transport: 'websocket', connection: 1, isPrewarm: false, webSocket: null },
      { number: 4, connection: 1 },
    ])
    const alone = asked({ id: ASKED, connection: '__proto__', message: {} })
    const stray = JSON.parse(await textOf(['show', 'last', '--json'], alone))
    expect(stray.exchanges).toMatchObject([{ transport: 'websocket', connection: null }])
  })
})

test('ls counts requests, tells prewarms as such, and counts no connection', async () => {
  expect(await textOf(['ls'])).toMatch(/completed +3 \(1 prewarm\)/)
  const [session] = JSON.parse(await textOf(['ls', '--json']))
  expect(session.exchanges).toEqual({ ...WEB_SOCKET_RUN.exchanges, inFlight: 0 })
})

describe('raw', () => {
  test('shows a request and the events of its answer, a line each', async () => {
    const [created, done, completed] = answer('resp_2', [CALL]).map((event) =>
      JSON.stringify(event),
    )
    const shown = await textOf(['raw', 'last', '3'])
    const [head, , request, , answered, , ...events] = shown.split('\n')
    expect(head).toBe('WS http://127.0.0.1:4000/v1/responses, over connection 1')
    expect(JSON.parse(request ?? '')).toMatchObject({ previous_response_id: 'resp_1' })
    expect(answered).toBe('answer, after 120ms')
    expect(events).toEqual([created, done, completed, ''])
    const pretty = asked({ id: ASKED, message: {}, events: ['{\n"a": 1}'] })
    expect(await textOf(['raw', 'last', '1'], pretty)).toMatch(/\n\{\\n"a": 1\}\n$/)
    expect(await textOf(['raw', 'last', '2'])).toMatch(/^WS .*, over connection 1, prewarm\n/)
  })

  test('--request and --response are the exact text', async () => {
    const text = '{"type": "response.create",\n "input": [1e3]}'
    const raw = [...upgrade().begin, ...asked({ id: ASKED, message: text, events: ['{"a": 1}'] })]
    expect(await textOf(['raw', 'last', '2', '--request'], raw)).toBe(text)
    expect(await textOf(['raw', 'last', '2', '--response'], raw)).toBe('{"a": 1}\n')
    expect(await textOf(['raw', 'last', '2', '--chunks'], raw)).toMatch(/ 9 B {2}\{"a": 1\}\\n\n$/)
  })

  test('of a connection, both heads, what passed beside its exchanges, and its end', async () => {
    const { begin, end } = upgrade({
      webSocket: { closedBy: 'upstream', code: 1001, reason: 'away', sent: 1, received: 3 },
    })
    const raw = [
      ...begin,
      message({ at: 20_000, content: '' }),
      ...asked({ id: ASKED, message: {}, events: ['{}', '{}'], state: 'cancelled' }),
      message({ at: 70_000, type: 'binary', from: 'agent', content: [{ base64: '/wA=' }] }),
      message({ at: 80_000, type: 'close', code: 1001, content: 'a\u001b[2Jway' }),
      ...exchangeRecords({ id: FIRST, request: 'over HTTP', chunks: ['x'] }),
      ...asked({ id: PREWARM, message: {}, isPrewarm: true, state: 'in-flight' }),
      ...end,
    ]
    const shown = await textOf(['raw', 'last', '1'], raw)
    expect(shown.split('\n').slice(-8)).toEqual([
      '   +0.020s  upstream  ping',
      '   +0.051s  agent     exchange 2: cancelled',
      '   +0.070s  agent     binary, 2 B: \\xff\\x00',
      '   +0.080s  upstream  close 1001, 8 B: a\\x1b[2Jway',
      '   +0.051s  agent     exchange 4, prewarm: in flight',
      '',
      'closed by the API (1001, away) after 1.2s: 1 message sent, 3 received',
      '',
    ])
    expect(shown).toMatch(/^GET http:/)
    expect(shown).toContain('\n101 OK, after 100ms\n')
  })

  test('says which message of a connection was not kept, with exit code 3', async () => {
    const raw = [
      ...upgrade().begin,
      message({ content: [{ omitted: 5 }] }),
      message({ at: 70_000 }),
    ]
    const { stdout, stderr, exitCode } = await run(['raw', 'last', '1'], raw)
    expect(stdout.toString()).toContain('upstream  ping, not kept\n   +0.070s  upstream  ping, 5 B')
    expect(stderr).toContain('5 bytes of this body were not kept')
    expect(exitCode).toBe(3)
  })

  test('what could not be followed is said beside what came', async () => {
    const raw = [
      ...exchangeRecords({ id: FIRST, chunks: ['HTTP/1.1 2\0'], status: 0, state: 'in-flight' }),
      { kind: 'unparsed', exchange: FIRST, at: 1, side: 'response', reason: 'no \u001bstatus' },
    ]
    const { stdout, stderr } = await run(['raw', 'last', '1'], raw)
    expect(stdout.toString()).toContain('HTTP/1.1 2\\x00')
    const words = 'the response could not be followed to its end: no \\x1bstatus. It is given as'
    expect(stderr).toContain(words)
    expect((await run(['raw', 'last', '1', '--chunks'], raw)).stderr).toContain(words)
    expect((await run(['raw', 'last', '1', '--request'], raw)).stderr).not.toContain(words)
  })
})

describe('raw --input', () => {
  test('is what the model was given, as if it had been sent at once', async () => {
    const { stdout, stderr, exitCode } = await run(['raw', 'last', '4', '--input'])
    expect(JSON.parse(stdout.toString())).toEqual({
      type: 'response.create',
      model: 'gpt-5.1',
      instructions: 'You fix.',
      tools: [{ name: 'exec_command' }],
      input: [{ role: 'user', content: 'fix it' }, CALL, OUTPUT],
    })
    expect(stdout.toString().split('\n')).toHaveLength(6)
    expect([stderr, exitCode]).toEqual(['', 0])
  })

  test('is one object where there is nothing, and no part of it acts on a terminal', async () => {
    const raw = [
      ...asked({ id: ASKED, message: { input: [] } }),
      ...asked({ id: CONTINUED, message: { '\u202e\u009b': 1, input: ['\u202e\u009b'] } }),
    ]
    expect(JSON.parse(await textOf(['raw', 'last', '1', '--input'], raw))).toEqual({ input: [] })
    const shown = await textOf(['raw', 'last', '2', '--input'], raw)
    expect(shown).not.toMatch(/[\u202e\u009b]/)
    expect(JSON.parse(shown)).toEqual({ '\u202e\u009b': 1, input: ['\u202e\u009b'] })
  })

  test('names what is missing, with exit code 3', async () => {
    const raw = asked({ id: ASKED, message: { previous_response_id: 'a\u001bb', input: ['x'] } })
    const { stdout, stderr, exitCode } = await run(['raw', 'last', '1', '--input'], raw)
    expect(JSON.parse(stdout.toString())).toEqual({ input: ['x'] })
    expect(stderr).toContain('Exchange 1 continues the answer "a\\u001bb", which no exchange')
    expect(exitCode).toBe(3)
  })

  test.each([
    ['an exchange with no input', exchangeRecords({ id: FIRST, request: '{}' }), [], 'no input', 1],
    ['one that is nested too deeply', deep(), [], 'nested too deeply', 1],
    ['another flag', exchangeRecords({ id: FIRST }), ['--request'], 'cannot be used with', 2],
  ])('%s: an error', async (_, raw, flags, words, expected) => {
    const { stderr, exitCode } = await run(['raw', 'last', '1', '--input', ...flags], raw)
    expect(stderr).toContain(words)
    expect(stderr).not.toContain('bug in Tacho')
    expect(exitCode).toBe(expected)
  })
})

function deep(): object[] {
  const depth = 200_000
  return asked({ id: ASKED, message: `{"input":[${'['.repeat(depth)}${']'.repeat(depth)}]}` })
}

function run(words: string[], raw: object[] = webSocketSession()): Promise<Finished> {
  const directory = sessionsDirectory()
  const usage = { 'gen_ai.usage.input_tokens': 34, 'gen_ai.usage.output_tokens': 5 }
  const model = { 'gen_ai.request.model': 'gpt-5.1' }
  const meta = [
    endedSpan({ id: RUN_ID, name: 'session', start: 0, end: 2500 }),
    endedSpan({ id: PREWARM, name: 'chat gpt-5.1', start: 100, end: 1300, attributes: model }),
    endedSpan({
      id: ASKED,
      name: 'chat gpt-5.1',
      start: 1300,
      end: 2500,
      attributes: { ...model, ...usage },
    }),
    // The HTTP request of the upgrade, which only repeats its row.
    httpSpan(),
  ]
  writeSession(directory, { raw, meta, run: WEB_SOCKET_RUN })
  return tacho([...words, '--sessions-dir', directory])
}

function httpSpan(): object {
  const span = endedSpan({
    id: '0e0e0e0e0e0e0e0e',
    parent: RUN_ID,
    name: 'GET of the upgrade',
    start: 50,
    end: 2500,
    attributes: { 'tacho.exchange.id': CONNECTION },
  })
  return JSON.parse(JSON.stringify(span).replace('"kind":1', '"kind":3'))
}

async function textOf(words: string[], raw?: object[]): Promise<string> {
  return (await run(words, raw)).stdout.toString()
}
