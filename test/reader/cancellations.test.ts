import type { Headers } from '@tacho/format'
import {
  arrivedText,
  type Cancellation,
  cancellationsOf,
  cancellationTotals,
  indexRawLog,
  readSession,
} from '@tacho/reader'
import { describe, expect, test } from 'vitest'
import { eventually } from '../host/index.js'
import { interrupt, turnCompleted, turnStarted } from '../model/codex-says.js'
import { PLACE, RecordedSession, requestHead } from './recorded-session.js'
import {
  endedSpan,
  exchangeRecords,
  FIRST,
  SECOND,
  SESSION_ID,
  type SessionParts,
  START,
  sessionsDirectory,
  spansOfTwo,
  startedSpan,
  TURN,
  twoExchanges,
  writeSession,
} from './session-folder.js'

const STREAM: Headers = [['Content-Type', 'text/event-stream']]

describe('a cancellation that the recorder wrote', () => {
  test('is read back with its four moments, what it stopped, and what had arrived', async () => {
    const recorded = new RecordedSession()
    const exchange = cutExchange(recorded, [delta('Hello, '), delta('wörld 🚀'), 'event: resp'])
    recorded.sees(3000, interrupt(PLACE))
    recorded.at(3020)
    exchange.hungUp()
    recorded.at(3050)
    exchange.end({ state: 'cancelled' })
    recorded.sees(3060, turnCompleted('interrupted', PLACE))
    await recorded.close(4000)

    const [cancellation, ...others] = await cancellationsIn(recorded.folder)
    expect(others).toEqual([])
    const bytes = Buffer.byteLength(`${delta('Hello, ')}${delta('wörld 🚀')}event: resp`)
    expect(cancellation).toEqual({
      spanId: expect.stringMatching(/^[0-9a-f]{16}$/),
      origin: 'user',
      reason: 'turn/interrupt',
      stopped: [
        { kind: 'exchange', spanId: exchange.id, name: 'chat gpt-5.1', number: 1 },
        { kind: 'turn', spanId: expect.any(String), name: 'invoke_agent codex' },
      ],
      threadId: SESSION_ID,
      turnId: TURN,
      requestedAt: micros(3000),
      signalledAt: micros(3020),
      lastByteAt: micros(2020),
      releasedAt: micros(3050),
      bytes,
      events: 2,
    })
    expect(textOf(recorded.folder)).toBe('Hello, wörld 🚀')
  })

  test('of two answers has the bytes of both and the last of their moments', async () => {
    const recorded = new RecordedSession()
    const one = cutExchange(recorded, [delta('a')])
    const other = cutExchange(recorded, [delta('bc'), delta('d')])
    recorded.sees(3000, { kind: 'signal', signal: 'SIGINT' })
    for (const [exchange, at] of [
      [one, 3010],
      [other, 3030],
    ] as const) {
      recorded.at(at)
      exchange.hungUp()
      recorded.at(at + 5)
      exchange.end({ state: 'cancelled' })
    }
    await recorded.close(4000)
    const [cancellation] = await cancellationsIn(recorded.folder)
    expect(cancellation).toMatchObject({
      signalledAt: micros(3010),
      releasedAt: micros(3035),
      bytes: [delta('a'), delta('bc'), delta('d')].join('').length,
    })
    expect(cancellation?.stopped.map(({ number }) => number)).toEqual([1, 2, undefined])
  })

  test('that nobody asked for is the host’s own', async () => {
    const recorded = new RecordedSession()
    const exchange = cutExchange(recorded, [])
    recorded.at(2500)
    exchange.hungUp()
    exchange.end({ state: 'cancelled' })
    await recorded.close(4000)
    const [cancellation] = await cancellationsIn(recorded.folder)
    expect(cancellation).toMatchObject({ origin: 'host', reason: 'the agent hung up', bytes: 0 })
    expect(cancellation).not.toHaveProperty('lastByteAt')
  })

  test('is on disk as soon as it is requested', async () => {
    const recorded = new RecordedSession()
    recorded.sees(900, turnStarted(PLACE))
    recorded.sees(1000, interrupt(PLACE))
    await eventually(async () =>
      expect(await cancellationsIn(recorded.folder)).toMatchObject([
        { origin: 'user', reason: 'turn/interrupt', stopped: [], open: 'running' },
      ]),
    )
    await recorded.close(2000)
  })
})

test('what was stopped is named by its kind, each once, and what is not there by its id', async () => {
  const meta = [
    ...spansOfTwo(),
    endedSpan({ id: 't1', name: 'execute_tool exec_command', start: 10 }),
    endedSpan({ id: 'a1', name: 'approval command', start: 11 }),
    endedSpan({ id: 'x1', name: 'something new', start: 12 }),
    endedSpan({
      id: 'c1',
      name: 'cancellation',
      start: 20,
      end: 30,
      links: ['t1', 'a1', 'x1', 'lost', '00000000000000bb', SECOND, 't1'],
    }),
  ]
  const [cancellation] = await cancellationsOn({ meta, raw: twoExchanges() })
  expect(cancellation?.stopped).toEqual([
    { kind: 'tool', spanId: 't1', name: 'execute_tool exec_command' },
    { kind: 'approval', spanId: 'a1', name: 'approval command' },
    { kind: 'span', spanId: 'x1', name: 'something new' },
    { kind: 'span', spanId: 'lost' },
    { kind: 'turn', spanId: '00000000000000bb', name: 'invoke_agent codex' },
    { kind: 'exchange', spanId: SECOND, name: 'chat gpt-5.1', number: 2 },
  ])
  expect(cancellation?.bytes).toBe(8)
})

test('where no connection was open, what was stopped is released when the cancellation ends', async () => {
  const parts = { name: 'cancellation', start: 20, end: 30 }
  const meta = [
    endedSpan({ id: 't1', name: 'execute_tool exec_command', start: 10 }),
    endedSpan({ id: 'c1', ...parts, links: ['t1'] }),
    endedSpan({ id: 'c2', ...parts }),
  ]
  const [tool, nothing] = await cancellationsOn({ meta })
  expect(tool?.releasedAt).toBe(micros(30))
  expect(nothing).not.toHaveProperty('releasedAt')
})

test('a cancellation whose end was not recorded is in flight when its run died', async () => {
  const meta = [startedSpan({ id: 'c1', name: 'cancellation', start: 20 })]
  const [cancellation] = await cancellationsOn({ meta, isOpen: true })
  expect(cancellation).toEqual({ spanId: 'c1', stopped: [], requestedAt: micros(20), open: 'died' })
})

test('the totals are by origin, with the median and the longest time to the release', () => {
  const released = (origin: string, milliseconds: number): Cancellation => ({
    spanId: '',
    origin,
    stopped: [],
    requestedAt: 0,
    releasedAt: milliseconds * 1000,
  })
  const all = [released('user', 10), released('signal', 40), released('user', 20)]
  const totals = cancellationTotals(all)
  expect({ ...totals }).toMatchObject({ count: 3, medianMs: 20, longestMs: 40 })
  expect(Object.entries(totals.byOrigin)).toEqual([
    ['user', 2],
    ['signal', 1],
  ])
  expect(cancellationTotals(all.slice(0, 2)).medianMs).toBe(25)
  const unreleased = cancellationTotals([{ spanId: '', stopped: [], requestedAt: 0 }])
  expect(unreleased).not.toHaveProperty('medianMs')
  expect(Object.entries(unreleased.byOrigin)).toEqual([['unknown', 1]])
})

describe('the text that had arrived', () => {
  const PATHS: Record<string, string> = {
    'Chat Completions': '/v1/chat/completions',
    Messages: '/v1/messages',
    'members of other types': '/v1/chat/completions',
  }
  const event = (object: object) => `data: ${JSON.stringify(object)}\n\n`
  const completion = (content: unknown) => event({ choices: [{ delta: { content } }] })
  const block = (text: unknown) => event({ type: 'content_block_delta', delta: { text } })
  for (const [name, chunks, text] of [
    ['Responses', [delta('one '), delta('two')], 'one two'],
    ['Chat Completions', [completion('one '), completion('two'), 'data: [DONE]\n\n'], 'one two'],
    ['Messages', [block('one '), block('two')], 'one two'],
    ['an event that is cut in two', [delta('one').slice(0, 50), delta('one').slice(50)], 'one'],
    ['line ends of the other kind', [delta('one').replaceAll('\n', '\r\n')], 'one'],
    ['an event whose rest never came', [delta('one'), delta('two').slice(0, -1)], 'one'],
    ['events that are no JSON', ['data: {\n\n', 'data: null\n\n', delta('one')], 'one'],
    ['members of other types', [completion([1]), block(null), event({ choices: {} })], ''],
    ['reasoning, which is no answer', [event({ type: 'response.reasoning_text.delta' })], ''],
    ['nothing', [], ''],
  ] as const) {
    test(`is that of ${name}`, () => {
      const path = PATHS[name] ?? '/v1/responses'
      const raw = exchangeRecords({ id: FIRST, chunks: [...chunks], state: 'cancelled' }).map(
        (record) => ({ ...record, ...('url' in record && { url: `http://127.0.0.1${path}` }) }),
      )
      expect(textOf(writeSession(sessionsDirectory(), { raw, meta: [] }))).toBe(text)
    })
  }

  test('has its characters whole where a chunk ends inside of one', () => {
    const bytes = Buffer.from(delta('wörld'))
    const cut = bytes.indexOf('ö') + 1
    const base64 = (part: Buffer) => [{ base64: part.toString('base64') }]
    const chunks = [base64(bytes.subarray(0, cut)), base64(bytes.subarray(cut))]
    const raw = exchangeRecords({ id: FIRST, chunks, state: 'cancelled' })
    expect(textOf(writeSession(sessionsDirectory(), { raw, meta: [] }))).toBe('wörld')
  })

  test('ends where the log is damaged', () => {
    const raw = exchangeRecords({
      id: FIRST,
      chunks: [delta('one'), [{ omitted: 9 }]],
      state: 'in-flight',
    })
    expect(textOf(writeSession(sessionsDirectory(), { raw, meta: [] }))).toBe('one')
  })

  test('is not known of a response that is no stream, or of none', () => {
    const head = { kind: 'response', exchange: FIRST, at: 9, status: 200, statusText: 'OK' }
    const records = exchangeRecords({ id: FIRST, chunks: ['{"a":1}'], status: 0 })
    const json = [...records.slice(0, 1), { ...head, headers: [] }, ...records.slice(1)]
    for (const raw of [records, json])
      expect(textOf(writeSession(sessionsDirectory(), { raw, meta: [] }))).toBeUndefined()
  })
})

function delta(text: string): string {
  const event = { type: 'response.output_text.delta', delta: text }
  return `event: response.output_text.delta\ndata: ${JSON.stringify(event)}\n\n`
}

/**
 * An exchange of the real recorder whose answer has begun, with a chunk every 10 ms from 2 s on.
 */
function cutExchange(recorded: RecordedSession, chunks: readonly string[]) {
  recorded.at(1000)
  const exchange = recorded.recording.exchange(requestHead())
  exchange.requestBytes(Buffer.from('{"model":"gpt-5.1","input":"hi"}'))
  exchange.requestEnd()
  recorded.at(1900)
  exchange.responseHead(200, 'OK', STREAM)
  chunks.forEach((chunk, index) => {
    recorded.at(2000 + index * 10)
    exchange.responseBytes(Buffer.from(chunk))
  })
  return exchange
}

function micros(milliseconds: number): number {
  return (START + milliseconds) * 1000
}

function textOf(folder: string): string | undefined {
  const [exchange] = indexRawLog(folder, () => undefined).exchanges
  if (exchange === undefined) throw new Error('no exchange in the log')
  return arrivedText(folder, exchange)
}

function cancellationsOn(parts: SessionParts): Promise<Cancellation[]> {
  return cancellationsIn(writeSession(sessionsDirectory(), { raw: [], ...parts }))
}

async function cancellationsIn(folder: string): Promise<Cancellation[]> {
  return cancellationsOf(await readSession(folder))
}
