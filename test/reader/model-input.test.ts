import { indexRawLog, type ModelInput, modelInput, ReaderError, sealSession } from '@tacho/reader'
import { describe, expect, test } from 'vitest'
import {
  exchangeRecords,
  FIRST,
  SECOND,
  sessionsDirectory,
  writeSession,
} from './session-folder.js'
import {
  ASKED,
  answer,
  asked,
  CALL,
  CONTINUED,
  OUTPUT,
  PREWARM,
  SAID,
  upgrade,
  webSocketSession,
} from './web-socket-session.js'

const FIX_IT = { role: 'user', content: 'fix it' }

test('requests and the answers that they continue stand in the order of the conversation', () => {
  const input = inputOf(webSocketSession(), 4)
  expect(input).toEqual({
    request: {
      type: 'response.create',
      model: 'gpt-5.1',
      instructions: 'You fix.',
      tools: [{ name: 'exec_command' }],
    },
    items: [
      { value: FIX_IT, exchange: 3, from: 'agent' },
      { value: CALL, exchange: 3, from: 'model' },
      { value: OUTPUT, exchange: 4, from: 'agent' },
    ],
    exchanges: [2, 3, 4],
    missing: [],
  })
})

test('what an exchange answered itself is no input of it', () => {
  expect(valuesOf(inputOf(webSocketSession(), 3))).toEqual([FIX_IT])
  expect(inputOf(webSocketSession(), 2)).toMatchObject({ items: [], exchanges: [2], missing: [] })
})

test('a sealed session gives the same', () => {
  const folder = writeSession(sessionsDirectory(), { raw: webSocketSession(), meta: [] })
  const before = inputIn(folder, 4)
  sealSession(folder)
  expect(inputIn(folder, 4)).toEqual(before)
})

test('requests over HTTP are followed as well, answered by events or by one JSON text', () => {
  const raw = [
    ...exchangeRecords({
      id: FIRST,
      request: '{"input":"fix it"}',
      chunks: answer('resp_1', [CALL]).map((event) => `data: ${JSON.stringify(event)}\n\n`),
    }),
    ...http(SECOND, { previous_response_id: 'resp_1', input: [OUTPUT] }, 'application/json', [
      '{"id":"resp_2",',
      `"output":[${JSON.stringify(SAID)}]}`,
    ]),
    ...http(ASKED, { previous_response_id: 'resp_2', input: [FIX_IT] }),
  ]
  const user = {
    type: 'message',
    role: 'user',
    content: [{ type: 'input_text', text: 'fix it' }],
  }
  const input = inputOf(raw, 3)
  expect(valuesOf(input)).toEqual([user, CALL, OUTPUT, SAID, FIX_IT])
  expect(input.missing).toEqual([])
})

test('instructions and tools are those of the newest request that has them', () => {
  const raw = [
    ...asked({
      id: PREWARM,
      message: { instructions: 'old', tools: ['old'], input: [] },
      events: answer('r1'),
    }),
    ...asked({
      id: ASKED,
      message: { previous_response_id: 'r1', instructions: null, tools: [], input: [] },
    }),
  ]
  expect(inputOf(raw, 2).request).toEqual({ instructions: 'old', tools: [] })
})

test('a request that was sent again on a new connection continues nothing', () => {
  const raw = [
    ...webSocketSession(),
    ...asked({ id: FIRST, message: { input: [FIX_IT, CALL, OUTPUT] } }),
  ]
  expect(inputOf(raw, 5)).toMatchObject({ exchanges: [5], missing: [] })
})

test('of two answers of one id, the one before the request counts', () => {
  const raw = [
    ...asked({ id: PREWARM, message: { input: ['a'] }, events: answer('r', [CALL]) }),
    ...asked({ id: ASKED, message: { input: ['b'] }, events: answer('r', [SAID]) }),
    ...asked({ id: CONTINUED, message: { previous_response_id: 'r', input: [] } }),
  ]
  expect(valuesOf(inputOf(raw, 3))).toEqual(['b', SAID])
})

describe('the items of an answer', () => {
  const outputs: [name: string, events: object[], items: object[]][] = [
    [
      'are those that were done, in their places',
      [done(1, SAID), done(0, CALL), end([])],
      [CALL, SAID],
    ],
    [
      'are those of its end, where more of them are there',
      [done(0, CALL), end([CALL, SAID])],
      [CALL, SAID],
    ],
    ['are in the end of one that failed, too', [end([SAID], 'response.failed')], [SAID]],
  ]
  test.each(outputs)('%s', (_, events, items) => {
    const raw = [
      ...asked({ id: ASKED, message: { input: [] }, events: [created('r'), ...events] }),
      ...asked({ id: CONTINUED, message: { previous_response_id: 'r', input: [] } }),
    ]
    const input = inputOf(raw, 2)
    expect([valuesOf(input), input.missing]).toEqual([items, []])
  })
})

describe('what is missing is named, and the rest is there', () => {
  test('an answer that no exchange has', () => {
    const raw = asked({ id: ASKED, message: { previous_response_id: 'gone', input: [FIX_IT] } })
    expect(inputOf(raw, 1)).toMatchObject({
      items: [{ value: FIX_IT }],
      missing: [
        {
          exchange: 1,
          kind: 'no-answer',
          reason: 'Exchange 1 continues the answer "gone", which no exchange before it has.',
        },
      ],
    })
  })

  test('an answer without an end', () => {
    const raw = [
      ...asked({ id: ASKED, message: { input: [] }, events: [created('r'), done(0, CALL)] }),
      ...asked({ id: CONTINUED, message: { previous_response_id: 'r', input: [] } }),
    ]
    const input = inputOf(raw, 2)
    expect(valuesOf(input)).toEqual([CALL])
    expect(input.missing).toMatchObject([{ exchange: 1, kind: 'answer' }])
  })

  test('an answer of which a chunk is lost', () => {
    const whole = [
      ...asked({ id: ASKED, message: { input: [FIX_IT] }, events: answer('r', [CALL]) }),
      ...asked({ id: CONTINUED, message: { previous_response_id: 'r', input: [] } }),
    ]
    const isLost = (record: object) =>
      'content' in record && `${record.content}`.includes('output_item.done')
    const input = inputOf(
      whole.filter((record) => !isLost(record)),
      2,
    )
    expect(valuesOf(input)).toEqual([FIX_IT, CALL])
    expect(input.missing).toMatchObject([{ exchange: 1, kind: 'answer' }])
  })

  const requests: [name: string, sent: Parameters<typeof asked>[0]['message']][] = [
    ['a request that was not kept', [{ omitted: 70_000_000 }]],
    ['a request that is not JSON', '{"input":'],
    ['a request that is not an object', '[]'],
  ]
  test.each(requests)('%s: its answer is there', (_, sent) => {
    const raw = [
      ...asked({ id: ASKED, message: sent, events: answer('r', [CALL]) }),
      ...asked({ id: CONTINUED, message: { previous_response_id: 'r', input: [OUTPUT] } }),
    ]
    const input = inputOf(raw, 2)
    expect(valuesOf(input)).toEqual([CALL, OUTPUT])
    expect(input.missing).toMatchObject([{ exchange: 1, kind: 'request' }])
  })
})

describe('whatever a session says, it comes to an end', () => {
  test('a request that continues its own answer, or one that came later', () => {
    const raw = [
      ...asked({
        id: ASKED,
        message: { previous_response_id: 'b', input: ['a'] },
        events: answer('a'),
      }),
      ...asked({
        id: CONTINUED,
        message: { previous_response_id: 'a', input: ['b'] },
        events: answer('b'),
      }),
      ...asked({
        id: PREWARM,
        message: { previous_response_id: 'c', input: [] },
        events: answer('c'),
      }),
    ]
    expect(inputOf(raw, 2)).toMatchObject({
      exchanges: [1, 2],
      missing: [{ exchange: 1, kind: 'no-answer' }],
    })
    expect(inputOf(raw, 3).missing).toMatchObject([{ exchange: 3, kind: 'no-answer' }])
  })

  test('a chain of more links than any conversation has', () => {
    const raw = Array.from({ length: 5 }, (_, index) =>
      asked({
        id: index.toString(16).padStart(16, '0'),
        message: { ...(index > 0 && { previous_response_id: `r${index - 1}` }), input: [index] },
        events: [created(`r${index}`), end([])],
      }),
    ).flat()
    const folder = writeSession(sessionsDirectory(), { raw, meta: [] })
    expect(inputIn(folder, 4, 4)).toMatchObject({ exchanges: [1, 2, 3, 4], missing: [] })
    expect(inputIn(folder, 5, 4)).toMatchObject({
      exchanges: [2, 3, 4, 5],
      missing: [{ exchange: 2, kind: 'limit' }],
    })
  })

  test('many answers that never end, each of which would have the rest of the log read', () => {
    const count = 2000
    const begun = Array.from({ length: count }, (_, index) =>
      asked({
        id: index.toString(16).padStart(16, '0'),
        message: { input: [] },
        state: 'in-flight',
      }),
    ).flat()
    const filler = Array.from({ length: 100 }, () => ({ kind: 'other', text: 'x'.repeat(10_000) }))
    const last = asked({ id: 'f'.repeat(16), message: { previous_response_id: 'r', input: [] } })
    const input = inputOf([...begun, ...filler, ...last], count + 1)
    expect(input.missing).toMatchObject([{ kind: 'limit' }])
  })

  test('names of members that are those of objects', () => {
    const raw = [
      ...asked({
        id: ASKED,
        message: '{"__proto__":{"input":[1]},"constructor":1,"input":[{"__proto__":2}]}',
        events: answer('__proto__'),
      }),
      ...asked({ id: CONTINUED, message: { previous_response_id: '__proto__', input: 7 } }),
    ]
    expect(JSON.stringify(inputOf(raw, 1).request)).toBe(
      '{"__proto__":{"input":[1]},"constructor":1}',
    )
    expect(JSON.stringify(valuesOf(inputOf(raw, 2)))).toBe('[{"__proto__":2}]')
  })
})

describe('an exchange that gave a model nothing has no input', () => {
  test.each([
    ['a connection', upgrade().begin],
    ['a request of another API', exchangeRecords({ id: FIRST, request: '{"messages":[]}' })],
  ])('%s', (_, raw) => {
    expect(() => inputOf(raw, 1)).toThrow(
      expect.objectContaining({ code: 'no-model-input' }) as ReaderError,
    )
  })

  test('nor has one whose own request was not kept', () => {
    const raw = asked({ id: ASKED, message: [{ omitted: 9 }] })
    expect(() => inputOf(raw, 1)).toThrow(ReaderError)
  })
})

function inputOf(raw: object[], number: number): ModelInput {
  return inputIn(writeSession(sessionsDirectory(), { raw, meta: [] }), number)
}

function inputIn(folder: string, number: number, mostLinks?: number): ModelInput {
  const index = indexRawLog(folder, () => undefined)
  const exchange = index.exchanges[number - 1]
  if (exchange === undefined) throw new Error(`there is no exchange ${number}`)
  return modelInput(folder, index, exchange, mostLinks)
}

function valuesOf({ items }: ModelInput): unknown[] {
  return items.map(({ value }) => value)
}

function http(
  id: string,
  request: object,
  type = 'text/event-stream',
  chunks: string[] = [],
): object[] {
  const records = exchangeRecords({ id, request: JSON.stringify(request), chunks })
  return records.map((record) =>
    record.kind === 'response' ? { ...record, headers: [['Content-Type', type]] } : record,
  )
}

function created(id: string): object {
  return { type: 'response.created', response: { id } }
}

function done(index: number, item: object): object {
  return { type: 'response.output_item.done', output_index: index, item }
}

function end(output: object[], type = 'response.completed'): object {
  return { type, response: { output } }
}
