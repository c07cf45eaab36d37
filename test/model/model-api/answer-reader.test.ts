import { type AnswerHints, AnswerReader, type ModelApi, responsesApi } from '@tacho/model'
import { describe, expect, test } from 'vitest'
import { type ApiName, apiOf, eventStream, readAnswer } from './read.js'

const delta = (text: string) => ({ type: 'response.output_text.delta', delta: text })
const completed = (more: object = {}) => ({
  type: 'response.completed',
  response: {
    id: 'r1',
    status: 'completed',
    usage: { input_tokens: 3, output_tokens: 4 },
    ...more,
  },
})
const STREAM = eventStream([delta('Hello, 🙂'), completed()])
const JSON_ANSWER = JSON.stringify(completed().response)
const MiB = 1024 * 1024

describe('an event stream is read as one', () => {
  test.each<[how: string, hints: AnswerHints]>([
    ['as text/event-stream', { contentType: 'text/event-stream' }],
    ['as Text/Event-Stream; charset=utf-8', { contentType: 'Text/Event-Stream; charset=utf-8' }],
    ['as text/plain', { contentType: 'text/plain' }],
    ['as application/json', { contentType: 'application/json' }],
    ['without a content type', {}],
    ['where no stream was asked for', { stream: () => false }],
  ])('%s', (_, hints) => {
    const { facts, events } = readAnswer(responsesApi, STREAM, hints)
    expect([facts.inputTokens, facts.textLength, events]).toEqual([3, 9, 2])
  })

  test.each<[how: string, stream: string]>([
    ['with CRLF', STREAM.replaceAll('\n', '\r\n')],
    ['with a byte order mark', `\ufeff${STREAM}`],
    ['behind blank lines', `\n\n\n${STREAM}`],
    ['behind a comment', `: hello\n\n${STREAM}`],
    ['behind a field of its own', `x-served-by: cache\n${STREAM}`],
    ['with blanks in its JSON', STREAM.replaceAll('":', '" : ')],
    ['without blanks behind its fields', STREAM.replaceAll(': ', ':')],
    [
      'with its JSON on several lines',
      STREAM.replace(/^data: (.*)$/gm, (_, json: string) =>
        JSON.stringify(JSON.parse(json), null, 1).replace(/^/gm, 'data: '),
      ),
    ],
  ])('%s', (_, stream) => {
    const { facts, events } = readAnswer(responsesApi, stream, { stream: () => true })
    expect([facts.inputTokens, facts.ended, facts.textLength]).toEqual([
      3,
      'completed',
      9 - removed(stream),
    ])
    expect(events).toBe(2)
  })

  // `Hello, 🙂` loses its space along with all the others.
  const removed = (stream: string) => (stream.includes('Hello,🙂') ? 1 : 0)

  test('wherever it is cut', () => {
    for (let bytesAtOnce = 1; bytesAtOnce < 40; bytesAtOnce += 1) {
      const { facts, events } = readAnswer(responsesApi, STREAM, { bytesAtOnce })
      expect([facts.ended, facts.textLength, events]).toEqual(['completed', 9, 2])
    }
  })
})

describe('what is no event stream', () => {
  test.each<[what: string, body: string, hints: AnswerHints]>([
    ['JSON', JSON_ANSWER, { contentType: 'application/json' }],
    ['JSON that calls itself a stream', JSON_ANSWER, { contentType: 'text/event-stream' }],
    ['JSON where a stream was asked for', JSON_ANSWER, { stream: () => true }],
    ['JSON behind blanks', `  \r\n${JSON_ANSWER}\n`, {}],
  ])('%s, is read as JSON, and has no events', (_, body, hints) => {
    const { facts, events } = readAnswer(responsesApi, body, hints)
    expect([facts.inputTokens, facts.ended, events]).toEqual([3, 'completed', undefined])
  })

  test.each<[what: string, body: string, page?: string]>([
    ['a page', '<html>data: no</html>', 'data: no'],
    ['a page with a title', '<html><title>Log in</title>Welcome</html>', 'Log in'],
    ['a sentence', 'upstream connect error', 'upstream connect error'],
    ['nothing', ''],
    ['blanks', '\n\n'],
    ['half of a JSON text', '{"id": "r1', '{"id": "r1'],
  ])('%s, says only what it is, and nobody could tell how it ended', (_, body, page) => {
    const { facts, events, isReadable } = readAnswer(responsesApi, body)
    expect([facts, events, isReadable]).toEqual([page ? { page } : {}, undefined, false])
  })

  test('nothing, where a stream was asked for: it has no events', () => {
    const { events, isReadable } = readAnswer(responsesApi, '', { stream: () => true, status: 200 })
    expect([events, isReadable]).toEqual([0, true])
  })

  test('a page with status 502, where a stream was asked for, is none', () => {
    const { events } = readAnswer(responsesApi, '<html>', { stream: () => true, status: 502 })
    expect(events).toBeUndefined()
  })
})

describe('an answer of any length keeps its tokens', () => {
  const image = (length: number) => ({
    type: 'response.image_generation_call.partial_image',
    partial_image_b64: 'B'.repeat(length),
  })
  test.each<[what: string, events: object[], count: number | undefined, textLength: number]>([
    ['of 5 MB, whose last event has 200 KB', [delta('Hi'), image(5 * MiB), large(200_000)], 3, 2],
    ['of 9 MB, whose last event has 4 MB', [delta('Hi'), image(5 * MiB), large(4 * MiB)], 3, 2],
    ['of 12 MB, in events of 16 KB', [...Array(800).fill(image(16_000)), completed()], 801, 0],
  ])('%s', (_, events, count, textLength) => {
    const stream = eventStream(events)
    const reader = readAnswer(responsesApi, stream, { bytesAtOnce: 64 * 1024 })
    expect([reader.facts.inputTokens, reader.facts.ended]).toEqual([3, 'completed'])
    expect([reader.events, reader.facts.textLength ?? 0]).toEqual([count, textLength])
  })

  test('of 4 MiB of text and one more: its length is not known, its events are', () => {
    const events = [...Array(5).fill(delta('x'.repeat(MiB))), completed()]
    const { facts, events: count } = readAnswer(responsesApi, eventStream(events))
    expect([facts.textLength, facts.inputTokens, count]).toEqual([undefined, 3, 6])
  })

  // Text is read event by event; bytes that contain nothing but text are skipped.
  test.each([7, 64, 300, 1000, 4000])(
    'behind 4 MiB, %i bytes at a time, as its text',
    (bytesAtOnce) => {
      const oneLine = eventStream([delta('x'.repeat(100))])
      const odd = [
        oneLine,
        `\n\n${oneLine}`,
        ': a comment\n\n',
        oneLine.replaceAll('\n', '\r\n'),
        oneLine.replace('x', 'x\r'),
        oneLine.replace('x', 'x\ndata: x'),
        oneLine.replace('\n\n', '\nid: 7\n\n'),
        oneLine.replace('event: ', 'event:'),
        'event: response.output_text.delta\n\n',
        oneLine.slice(0, 50),
        '\n\n',
        eventStream([{ type: 'response.reasoning.delta', delta: 'hm' }]),
        'data: no json\n\n',
        eventStream([delta('y'), delta('ü'), { type: 'error', message: 'no' }, completed()]),
      ]
      const bytes = new TextEncoder().encode(odd.join(oneLine.repeat(3)).repeat(2))
      const [one, other] = [false, true].map((isText) => {
        const reader = new AnswerReader({ api: responsesApi, hints: {}, onFault: () => {} })
        reader.push(`: ${'x'.repeat(4 * MiB)}\n\n`)
        for (let from = 0; from < bytes.length; from += bytesAtOnce) {
          const part = bytes.subarray(from, from + bytesAtOnce)
          reader.push(isText ? new TextDecoder('latin1').decode(part) : part)
        }
        reader.end()
        return { facts: reader.facts, events: reader.events, broken: reader.brokenEvents }
      })
      expect(one).toEqual(other)
      expect(one?.events).toBeGreaterThan(80)
    },
  )

  test('with an event that is too long for us, and goes on behind it', () => {
    const events = [delta('Hi'), image(40 * MiB), delta('Ho'), completed()]
    const reader = readAnswer(responsesApi, eventStream(events), { bytesAtOnce: 64 * 1024 })
    expect([reader.facts.inputTokens, reader.facts.ended]).toEqual([3, 'completed'])
    // What it said is unknown: perhaps a text.
    expect([reader.events, reader.facts.textLength]).toEqual([undefined, undefined])
  })

  test.each([
    ['in pieces', 64 * 1024],
    ['in one piece', Number.POSITIVE_INFINITY],
  ])('whose last event is too long for us, and came %s', (_, bytesAtOnce) => {
    for (const [type, ended] of [
      ['response.completed', 'completed'],
      ['response.incomplete', 'incomplete'],
      ['response.failed', 'failed'],
    ]) {
      const stream = eventStream([delta('Hi'), { ...large(17 * MiB), type }])
      const { facts } = readAnswer(responsesApi, stream, { bytesAtOnce })
      expect([facts.ended, facts.isTooLong]).toEqual([ended, true])
    }
  })

  test('whose last event is too long for us, and came over a WebSocket', () => {
    const reader = new AnswerReader({ api: responsesApi, hints: {}, onFault: () => {} })
    for (const event of [delta('Hi'), large(17 * MiB)]) reader.message(JSON.stringify(event))
    expect([reader.facts.ended, reader.facts.isTooLong]).toEqual(['completed', true])
  })

  test('whose last event is too long for us, and does not say what it is', () => {
    const picture = { inlineData: { mimeType: 'image/png', data: 'A'.repeat(17 * MiB) } }
    const last = { candidates: [{ content: { parts: [picture] }, finishReason: 'STOP' }] }
    const stream = eventStream([last])
    for (const bytesAtOnce of [64 * 1024, Number.POSITIVE_INFINITY]) {
      const { facts, isReadable } = readAnswer(apiOf('gemini'), stream, { bytesAtOnce })
      expect([facts.ended, facts.isTooLong, isReadable]).toEqual([undefined, true, false])
    }
  })

  test('in one piece, up to 16 MiB', () => {
    const body = (length: number) => JSON.stringify(completed({ x: 'x'.repeat(length) }).response)
    expect(readAnswer(responsesApi, body(15 * MiB)).facts.inputTokens).toBe(3)
    expect(readAnswer(responsesApi, body(17 * MiB)).facts.inputTokens).toBeUndefined()
  })

  function large(length: number): object {
    const item = { type: 'image_generation_call', result: 'A'.repeat(length) }
    return completed({ output: [item] })
  }
})

test('blank lines without end cost nothing', () => {
  const reader = readAnswer(responsesApi, `${'\n'.repeat(300_000)}${STREAM}`, { bytesAtOnce: 10 })
  expect(reader.facts.ended).toBe('completed')
})

describe('an event that cannot be read', () => {
  const broken: ModelApi = {
    ...responsesApi,
    readEvent(event, facts) {
      if (event.delta === 'bad') throw new Error('No.')
      responsesApi.readEvent(event, facts)
    },
    readAnswer() {
      throw new Error('No answer.')
    },
  }

  test('costs what it says, and the next is read', () => {
    const faults: unknown[] = []
    const stream = eventStream([delta('bad'), delta('Hello'), completed()])
    const reader = readAnswer(broken, stream, { onFault: (cause) => faults.push(cause) })
    expect(faults.map(String)).toEqual(['Error: No.'])
    expect([reader.facts.inputTokens, reader.events]).toEqual([3, 3])
    expect(reader.facts.textLength).toBeUndefined()
  })

  test('leaves nobody to tell how the answer ended, where it had no other end', () => {
    const stream = eventStream([delta('bad')])
    expect(readAnswer(broken, stream, { onFault: () => {} }).isReadable).toBe(false)
  })

  test('in one piece costs its facts', () => {
    const faults: unknown[] = []
    const { facts } = readAnswer(broken, '{}', { onFault: (cause) => faults.push(cause) })
    expect([facts, faults.map(String)]).toEqual([{}, ['Error: No answer.']])
  })
})

test('a stream of Messages keeps a tool’s input out of its text', () => {
  const stream = eventStream([
    { type: 'content_block_start', content_block: { type: 'text', text: 'x'.repeat(70_000) } },
    { type: 'content_block_delta', delta: { text: 'Hi' } },
  ])
  expect(readAnswer(apiOf('messages'), stream).facts.textLength).toBe(2)
})

test.each<[what: string, api: ApiName, body: string, odd: string[]]>([
  ['an element that is nothing', 'messages', '{"content":[null,null]}', ['content']],
  ['an element that is a number', 'chat', 'data: {"choices":[7]}\n\n', ['choices']],
  ['a list in a list', 'responses', '{"output":[[]]}', ['output']],
  ['tokens that are a text', 'responses', '{"output":[],"usage":"9"}', ['usage']],
  [
    'the same in each event, which is told once',
    'responses',
    'data: {"type":"response.completed","response":{"usage":[1]}}\n\n'.repeat(2),
    ['usage'],
  ],
  ['no tokens', 'messages', '{"content":[],"usage":null}', []],
  ['a text for a content', 'chat', '{"choices":[{"message":{"content":"Hi"}}]}', []],
])('what is odd in an answer is told: %s', (_, api, body, odd) => {
  const told: string[] = []
  readAnswer(apiOf(api), body, { onFault: (cause) => told.push(String(cause)) })
  expect(
    told.map((words) => /(\w+) is not an object$/.exec(words.replace('an element of ', ''))?.[1]),
  ).toEqual(odd)
})
