import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Headers } from '@tacho/format'
import { responsesApi } from '@tacho/model'
import type { Exchange, Recording } from '@tacho/recorder'
import { describe, expect, test } from 'vitest'
import { attribute, SessionOnDisk } from '../../agents/session-on-disk.js'
import { begin, recorded, recordingOf, SECRET } from './recorded.js'

const SSE: Headers = [['Content-Type', 'text/event-stream']]
const completed = 'data: {"type":"response.completed","response":{"status":"completed"}}\n\n'
const failed = (error: object) =>
  `data: ${JSON.stringify({ type: 'response.failed', response: { status: 'failed', error } })}\n\n`
const NAMES = ['tacho.exchange.state', 'tacho.exchange.outcome', 'error.type', 'tacho.error.code']

describe('the span of an exchange tells its connection and its answer', () => {
  test.each<[what: string, status: number, body: string, span: unknown[]]>([
    ['a whole answer', 200, completed, ['completed', 'completed', undefined, undefined]],
    [
      'a failure in the answer',
      200,
      failed({ code: 'server_error' }),
      ['completed', 'failed', 'server_error', 'server_error'],
    ],
    [
      'a stream without its end',
      200,
      ': hello\n\n',
      ['completed', 'truncated', 'truncated', undefined],
    ],
    ['a page', 200, '<html>', ['completed', 'unreadable', 'unreadable', undefined]],
    ['a refusal', 429, '{"error":{"message":"Slow."}}', ['completed', 'failed', '429', undefined]],
    ['a redirection', 307, '', ['completed', undefined, undefined, undefined]],
  ])('%s', async (_, status, body, span) => {
    const recording = recordingOf()
    const exchange = begin(recording)
    exchange.responseHead(status, '', [])
    exchange.responseBytes(Buffer.from(body))
    await recorded(recording, exchange)
    expect(NAMES.map((name) => attribute(chatOf(recording, exchange), name))).toEqual(span)
  })

  test('and what the API says of it, without its secrets', async () => {
    const recording = recordingOf()
    const exchange = begin(recording)
    exchange.responseHead(200, '', SSE)
    exchange.responseBytes(
      Buffer.from(failed({ code: 'c', message: `Your key ${SECRET} is wrong.` })),
    )
    await recorded(recording, exchange)
    const { status } = chatOf(recording, exchange)
    expect(status).toMatchObject({ code: 2, message: expect.stringMatching(/^Your key \[secret:/) })
  })

  test('over a WebSocket, with the status that the error names', async () => {
    const recording = recordingOf()
    const exchange = message(recording, {})
    const error = { type: 'error', status: 429, error: { type: 'usage_limit_reached' } }
    exchange.message(Buffer.from(JSON.stringify(error)))
    expect(exchange.hasAnswered).toBe(true)
    await recorded(recording, exchange)
    const span = chatOf(recording, exchange)
    expect(attribute(span, 'http.response.status_code')).toBe(429)
    expect(attribute(span, 'tacho.exchange.outcome')).toBe('failed')
    expect(attribute(span, 'error.type')).toBe('usage_limit_reached')
  })

  test('what is not known is not there', async () => {
    const recording = recordingOf()
    const exchange = begin(recording)
    exchange.responseHead(200, '', [])
    exchange.responseBytes(Buffer.from('{"output":[]}'))
    await recorded(recording, exchange)
    const span = chatOf(recording, exchange)
    for (const name of ['events', 'text_length'])
      expect(attribute(span, `tacho.response.${name}`)).toBeUndefined()
    expect(JSON.stringify(span)).not.toContain('gen_ai.usage')
  })
})

describe('an agent that hangs up', () => {
  const rows: [what: string, feed: (told: Told) => void, span: unknown[]][] = [
    [
      'in the middle, at once',
      (told) => told.bytes(1, EVENT),
      ['cancelled', 'host', 'the agent hung up'],
    ],
    [
      'after nothing has come for its patience',
      (told) => told.bytes(1, EVENT).hungUp(1_001),
      ['cancelled', 'timeout', 'no event for 1000 ms'],
    ],
    [
      'after comments alone have come for its patience',
      (told) =>
        told.bytes(1, EVENT).bytes(500, ': alive\n\n').bytes(999, ': alive\n\n').hungUp(1_001),
      ['cancelled', 'timeout', 'no event for 1000 ms'],
    ],
    [
      'after comments alone have come, the first of them late',
      (told) => told.bytes(100, ': alive\n\n').hungUp(1_000),
      ['cancelled', 'timeout', 'no event for 1000 ms'],
    ],
    [
      'before its patience can have ended, however late we noted the last event',
      (told) => told.bytes(1, EVENT).bytes(700, ': alive\n\n').hungUp(750),
      ['cancelled', 'host', 'the agent hung up'],
    ],
    [
      'when its patience can have ended, for we note late what it got',
      (told) => told.bytes(1, EVENT).bytes(700, ': alive\n\n').hungUp(751),
      ['cancelled', 'timeout', 'no event for 1000 ms'],
    ],
    [
      'behind an event after many comments',
      (told) => told.bytes(900, EVENT).hungUp(1_100),
      ['cancelled', 'host', 'the agent hung up'],
    ],
    [
      'after no byte of the answer for its patience',
      (told) => told.hungUp(1_000),
      ['cancelled', 'timeout', 'no event for 1000 ms'],
    ],
    [
      'behind the last event',
      (told) => told.bytes(1, completed).hungUp(5_000),
      ['completed', undefined, undefined],
    ],
    [
      'behind a failure',
      (told) => told.bytes(1, failed({})).hungUp(2),
      ['completed', undefined, undefined],
    ],
    [
      'behind a failure, after its patience',
      (told) => told.bytes(1, failed({})).hungUp(1_001),
      ['cancelled', 'timeout', 'no event for 1000 ms'],
    ],
  ]
  test.each(rows)('%s', async (_, feed, [state, ...told]) => {
    const recording = recordingOf()
    const start = recording.now()
    const exchange = recording.exchange(
      {
        method: 'POST',
        url: 'https://api.example/v1/responses',
        headers: [],
        provider: 'example',
        conversation: { sessionId: 'bodies' },
        idleTimeout: 1_000,
      },
      start,
    )
    exchange.responseHead(200, '', SSE, start)
    const at = (milliseconds: number) => start + milliseconds * 1_000
    const teller: Told = {
      bytes(when, text) {
        exchange.responseBytes(Buffer.from(text), at(when))
        return teller
      },
      hungUp: (when) => exchange.hungUp(at(when)),
    }
    feed(teller)
    const { end } = await recorded(recording, exchange, { state: 'cancelled' })
    const cancellation = spansOf(recording).find(({ name }) => name === 'cancellation')
    const names = ['origin', 'reason'].map((name) => `tacho.cancellation.${name}`)
    const found = names.map((name) => cancellation && attribute(cancellation, name))
    expect([end?.state, ...found]).toEqual([state, ...told])
  })
})

describe('what cannot be read of an answer', () => {
  const throwing = {
    ...responsesApi,
    readEvent: () => {
      throw new Error('No.')
    },
  }

  test('costs no record, is told once, and counted by its name', async () => {
    const told: string[] = []
    const recording = recordingOf(undefined, {
      modelApis: [throwing],
      onTrouble: (sentence) => told.push(sentence),
    })
    for (let round = 0; round < 7; round += 1) {
      const exchange = begin(recording)
      exchange.responseHead(200, '', SSE)
      exchange.responseBytes(Buffer.from(completed))
      const { kinds } = await recorded(recording, exchange)
      expect(kinds).toBe('exchange request-body response chunk end')
      expect(attribute(chatOf(recording, exchange), 'tacho.exchange.outcome')).toBe('unreadable')
    }
    expect(told).toEqual([
      'Some of what an answer of the model says could not be read (Error: No.). It is recorded all the same.',
    ])
    const { folder } = recording.latest
    await recording.close({ exitCode: 0 })
    const { runs } = JSON.parse(readFileSync(join(folder, 'session.json'), 'utf8'))
    expect(runs[0].faults).toEqual({ answer: 7 })
    expect(readFileSync(join(folder, 'session.log'), 'utf8')).toContain('Error: No.')
  })

  test('an element of a content that is nothing is told, and costs nothing else', async () => {
    const told: string[] = []
    const recording = recordingOf(undefined, { onTrouble: (sentence) => void told.push(sentence) })
    for (let round = 0; round < 6; round += 1) {
      const exchange = begin(recording, [], 'https://api.example/v1/messages')
      exchange.responseHead(200, '', [])
      exchange.responseBytes(Buffer.from('{"content":[null],"stop_reason":"end_turn"}'))
      const { kinds } = await recorded(recording, exchange)
      expect(kinds).toBe('exchange request-body response chunk end')
      expect(attribute(chatOf(recording, exchange), 'tacho.exchange.outcome')).toBe('completed')
    }
    expect(told).toEqual([
      'Some of what an answer of the model says could not be read (Error: an element of content is not an object). It is recorded all the same.',
    ])
  })
})

type Told = { bytes: (at: number, text: string) => Told; hungUp: (at: number) => void }

const EVENT = 'data: {"type":"response.output_text.delta","delta":"Hi"}\n\n'

function message(recording: Recording, conversation: object): Exchange {
  return recording.exchange({
    method: 'GET',
    url: 'https://api.example/v1/responses',
    headers: [],
    provider: 'example',
    conversation: { sessionId: 'bodies', ...conversation },
    webSocket: { connection: '0'.repeat(16), isPrewarm: false },
  })
}

function spansOf(recording: Recording) {
  recording.later.settleAll()
  return new SessionOnDisk(recording.latest.folder).spans
}

function chatOf(recording: Recording, { id }: Exchange) {
  const span = spansOf(recording).find(({ spanId }) => spanId === id)
  if (span === undefined) throw new Error(`no span ${id}`)
  return span
}
