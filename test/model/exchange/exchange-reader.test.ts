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

/** An exchange that was cut off, of an agent that waits one second; times are in seconds. */
function stopped(
  pieces: readonly (readonly [at: number, text: string])[],
  hungUpAt: number,
  { status = 200, error }: { status?: number; error?: EndRecord['error'] } = {},
) {
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
    status,
    statusText: '',
    headers: HEAD,
  })
  for (const [at, text] of pieces) reader.chunk(at * SECONDS, new TextEncoder().encode(text))
  const at = hungUpAt * SECONDS
  const end = { kind: 'end', exchange: ID, at, hungUpAt: at, state: 'cancelled', responseBytes: 1 }
  return reader.end({ ...end, error } as unknown as EndRecord, undefined).stopped
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
  expect(stopped(pieces, hungUpAt)?.otherwise).toEqual(why)
})

const ABORTED = { side: 'agent', code: 'AbortError', message: '' } as const
const TIMED_OUT = { side: 'agent', code: 'TimeoutError', message: '' } as const

test.each<[sentence: string, hungUpAt: number, how: Parameters<typeof stopped>[2], is: boolean]>([
  ['an error whose body its client drops is told as that', 0.1, { status: 500 }, true],
  ['so it is from inside of it', 0.1, { status: 429, error: ABORTED }, true],
  ['any other answer that is dropped is cut off', 0.1, { status: 399 }, false],
  ['an error is not dropped by a patience that ends', 1.1, { status: 400 }, false],
  ['nor by a time-out of its client', 0.1, { status: 400, error: TIMED_OUT }, false],
])('%s', (_, hungUpAt, how, is) => {
  expect(stopped([], hungUpAt, how)?.isDroppedError).toBe(is)
})
