import type { EndRecord, ExchangeRecord } from '@tacho/format'
import { ExchangeReader } from '@tacho/model'
import { expect, test } from 'vitest'

const ID = '00000000000000bb'
const START = {
  kind: 'exchange',
  exchange: ID,
  run: '00000000000000aa',
  time: '2026-11-23T10:00:00.000000Z',
  method: 'POST',
  url: 'http://127.0.0.1:4000/v1/responses',
  headers: [],
  threadId: 'main',
  turnId: 'one',
} as unknown as ExchangeRecord
const HEAD = [['Content-Type', 'text/event-stream']] as [string, string][]
const EVENT = 'data: {"type":"response.created"}\n\n'
const SECONDS = 1e6

/** What stopped an exchange that was cut off, with a patience of a second; times are in seconds. */
function stopped(pieces: readonly (readonly [at: number, text: string])[], hungUpAt: number) {
  const reader = new ExchangeReader(START, {
    startedAt: 0,
    provider: undefined,
    idleTimeout: 1000,
    onFault: (cause) => expect.unreachable(String(cause)),
  })
  const body = { kind: 'request-body', exchange: ID, at: 0, bytes: 2, sha256: 'x' } as const
  reader.requestBody(body, () => ({ stream: true }))()
  reader.response({
    kind: 'response',
    exchange: ID,
    at: 0,
    status: 200,
    statusText: 'OK',
    headers: HEAD,
  })
  for (const [at, text] of pieces) reader.chunk(at * SECONDS, new TextEncoder().encode(text))
  const at = hungUpAt * SECONDS
  const end = { kind: 'end', exchange: ID, at, hungUpAt: at, state: 'cancelled', responseBytes: 1 }
  return reader.end(end as unknown as EndRecord, undefined).stopped?.otherwise
}

const HUNG_UP = { origin: 'host', reason: 'the agent hung up' }
const TIMEOUT = { origin: 'timeout', reason: 'no event for 1000 ms' }

test.each<[sentence: string, pieces: [number, string][], hungUpAt: number, why: object]>([
  ['what an agent got is noted a little late', [[0.5, EVENT]], 1.25, TIMEOUT],
  ['by a quarter of its patience at the most', [[0.5, EVENT]], 1.249, HUNG_UP],
  ['an agent that hangs up soon has its own reason', [[0.5, EVENT]], 0.9, HUNG_UP],
  [
    'an agent that waited for an event for so long has lost its patience',
    [[0.5, EVENT]],
    1.5,
    TIMEOUT,
  ],
  [
    'a comment is no event',
    [
      [0.5, ': alive\n\n'],
      [0.9, ': alive\n\n'],
    ],
    1,
    TIMEOUT,
  ],
  [
    'a comment between events is none',
    [
      [0.5, EVENT],
      [1.4, ': alive\n\n'],
    ],
    1.5,
    TIMEOUT,
  ],
  ['half an event is none', [[0.5, EVENT.slice(0, 20)]], 1, TIMEOUT],
  ['the head is a sign of life, where nothing follows', [], 0.7, HUNG_UP],
])('%s', (_, pieces, hungUpAt, why) => {
  expect(stopped(pieces, hungUpAt)).toEqual(why)
})
