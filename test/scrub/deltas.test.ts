import { createScrubber, type Found } from '@tacho/scrub'
import { describe, expect, test } from 'vitest'
import { fingerprint } from './fingerprint.js'

const KNOWN = 'a+known/secret=of"the\\host'
const SHAPE = 'sk-ant-api03-Zk39dQxTtC7vLwPbUe5mAqR8sYhJ2nKf'
const PEM = `-----BEGIN PRIVATE KEY-----\n${'MIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n'.repeat(3)}-----END PRIVATE KEY-----`

const scrubber = createScrubber({ fingerprint })
scrubber.learn(KNOWN, 'environment')

type Api = {
  /** The event with one piece. */
  event: (piece: string) => string
  /** What precedes the first of them. */
  head?: string
  /** The pieces of what was written. */
  pieces: (log: string) => string[]
}

const sse = (event: object, name?: string) =>
  `${name === undefined ? '' : `event: ${name}\n`}data: ${JSON.stringify(event)}\n\n`

const events = (log: string) =>
  log
    .split('\n')
    .map((line) => line.replace(/^data: ?/, ''))
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line))

const responses = (type: string, piece: string) => ({
  type,
  sequence_number: 4,
  item_id: 'msg_0123456789abcdef',
  output_index: 0,
  content_index: 0,
  delta: piece,
  logprobs: [],
})

const chat = (delta: object) => ({
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  choices: [{ index: 0, delta, finish_reason: null }],
})

const messages = (delta: object) => ({ type: 'content_block_delta', index: 1, delta })

const apis: Record<string, Api> = {
  'Responses, text': {
    event: (piece) =>
      sse(responses('response.output_text.delta', piece), 'response.output_text.delta'),
    pieces: (log) => events(log).map((event) => event.delta),
  },
  'Responses, arguments of a tool': {
    event: (piece) => sse(responses('response.function_call_arguments.delta', piece)),
    pieces: (log) => events(log).map((event) => event.delta),
  },
  'Responses over a WebSocket': {
    event: (piece) => `${JSON.stringify(responses('response.output_text.delta', piece))}\n`,
    pieces: (log) => events(log).map((event) => event.delta),
  },
  'Chat Completions, text': {
    event: (piece) => sse(chat({ content: piece })),
    pieces: (log) => events(log).map((event) => event.choices[0].delta.content),
  },
  'Chat Completions, arguments of a tool': {
    event: (piece) => sse(chat({ tool_calls: [{ index: 0, function: { arguments: piece } }] })),
    pieces: (log) =>
      events(log).map((event) => event.choices[0].delta.tool_calls[0].function.arguments),
  },
  'Messages, text': {
    event: (piece) => sse(messages({ type: 'text_delta', text: piece }), 'content_block_delta'),
    pieces: (log) => events(log).map((event) => event.delta.text),
  },
  'Messages, input of a tool': {
    event: (piece) => sse(messages({ type: 'input_json_delta', partial_json: piece })),
    pieces: (log) => events(log).map((event) => event.delta.partial_json),
  },
  'Messages, thinking': {
    event: (piece) => sse(messages({ type: 'thinking_delta', thinking: piece })),
    pieces: (log) => events(log).map((event) => event.delta.thinking),
  },
  Gemini: {
    event: (piece) =>
      sse({ candidates: [{ content: { parts: [{ text: piece }], role: 'model' }, index: 0 }] }),
    pieces: (log) => events(log).map((event) => event.candidates[0].content.parts[0].text),
  },
  // A stream without `alt=sse`, as its documentation shows it.
  'Gemini, in one list': {
    head: '[',
    event: (piece) =>
      `${JSON.stringify({ candidates: [{ content: { parts: [{ text: piece }] } }] }, null, 2)}\n,\r\n`,
    pieces: (log) =>
      JSON.parse(`${log.slice(0, log.lastIndexOf(','))}]`).map(
        (event: { candidates: [{ content: { parts: [{ text: string }] } }] }) =>
          event.candidates[0].content.parts[0].text,
      ),
  },
}

function answered(chunks: string[]): { log: string; found: Found[]; given: number[] } {
  const stream = scrubber.answer()
  const parts: Uint8Array[] = []
  const found: Found[] = []
  const given: number[] = []
  let length = 0
  for (const chunk of [...chunks, undefined]) {
    const swept = chunk === undefined ? stream.end() : stream.push(Buffer.from(chunk))
    for (const [at, size, rule] of swept.found) found.push([length + at, size, rule])
    parts.push(new Uint8Array(swept.bytes))
    length += swept.bytes.length
    given.push(length)
  }
  return { log: Buffer.concat(parts).toString(), found, given }
}

describe.each(Object.entries(apis))('%s', (_name, { event, pieces, head = '' }) => {
  test.each([
    ['a known secret', KNOWN],
    ['a secret by its shape', SHAPE],
    ['a private key', PEM],
  ])('%s that is cut anywhere between two events is replaced in both', (_what, secret) => {
    for (let at = 1; at < secret.length; at += secret.length > 100 ? 7 : 1) {
      const sent = ['Here: ', `"${secret.slice(0, at)}`, `${secret.slice(at)}" it`, ' is.'].map(
        event,
      )
      const { log } = answered([head, ...sent])
      const text = pieces(log).join('')
      expect(log.length, `cut at ${at}`).toBe(head.length + sent.join('').length)
      // One or two letters with which every such secret begins mean nothing, and are not held back.
      expect(text, `cut at ${at}`).toMatch(
        /^Here: "(sk?|--?)?\[secret:[a-z-]+:[0-9a-f]{4}\.*\]" it is\.$/,
      )
    }
  })

  test('each character in an event of its own', () => {
    const sent = [...`export KEY=${SHAPE}\n`].map(event)
    const { log, found } = answered([head, ...sent])
    expect(pieces(log).join('')).toMatch(/^export KEY=sk\[secret:anthropic-key:[0-9a-f]{4}\.+\]\n$/)
    expect(found).toHaveLength(SHAPE.length - 2)
    for (const [, length, rule] of found) expect([length, rule]).toEqual([1, 'anthropic-key'])
  })

  test('a key right behind a secret that was in pieces', () => {
    const key = 'AKIAIOSFODNN7ABCDEFG'
    const sent = ['Here: ', KNOWN.slice(0, 9), `${KNOWN.slice(9)}${key}`, ' it is.'].map(event)
    const { log } = answered([head + sent.join('')])
    expect(pieces(log).join('')).toMatch(
      /^Here: \[secret:environment:[0-9a-f]{4}\.*\]\[secret:[0-9a-f]{4}\.*\] it is\.$/,
    )
  })

  test('what is not a secret is given out at once, as it came', () => {
    const sent = ['The ', 'sk-', 'ip list ', 'is em', 'pty.'].map(event)
    const { log, found, given } = answered(sent)
    expect(log).toBe(sent.join(''))
    expect(found).toEqual([])
    expect(given[0]).toBe(sent[0]?.length)
    expect(given[2]).toBe(sent.slice(0, 3).join('').length)
  })

  test('however the bytes arrive', () => {
    const parts = ['a ', SHAPE.slice(0, 20), SHAPE.slice(20), ' b'].map(event)
    const whole = head + parts.join('')
    const once = answered([whole])
    expect(once.log).not.toContain(SHAPE.slice(20))
    for (let at = 0; at < whole.length; at += 3) {
      const twice = answered([whole.slice(0, at), whole.slice(at)])
      if (!_name.includes('WebSocket')) expect(twice.log, `cut at ${at}`).toBe(once.log)
    }
  })
})

test('texts that come side by side are joined each with its own', () => {
  const piece = (index: number, text: string) =>
    sse({
      type: 'content_block_delta',
      index,
      delta: { type: 'input_json_delta', partial_json: text },
    })
  const { log } = answered([
    piece(0, 'a sk-ant-api03-Zk39dQxTt'),
    piece(1, 'b sk-ant-api03-Q7ePw2VbN'),
    piece(0, 'C7vLwPbUe5mAqR8sYhJ2nKf.'),
    piece(1, 'c4xKz9LmT3rYd6GhJ8sFa1Q.'),
  ])
  expect(log).not.toMatch(/Zk39|C7vL|Q7eP|c4xK/)
})

test('a text that ends within a secret is cut where the secret begins', () => {
  const { event, pieces } = apis['Messages, text'] as Api
  const { log } = answered([event('the key is a+known'), event('/secret=of')])
  expect(pieces(log).join('')).toMatch(/^the key is \[secret:[0-9a-f]{4}\.*\]$/)
})

test('what waits in one text is given out when that text is over', () => {
  const { event } = apis['Responses, text'] as Api
  const done = sse({
    type: 'response.output_text.done',
    item_id: 'msg_0123456789abcdef',
    output_index: 0,
    content_index: 0,
    text: 'it ends with a+k',
  })
  const sent = [event('it ends with a+k'), done, sse({ type: 'response.in_progress' })]
  const { given } = answered(sent)
  expect(given[1]).toBe(sent.slice(0, 2).join('').length)
})

test('a place that stands behind a piece counts, whatever the event before began with', () => {
  const event = (delta: string, output_index: number) =>
    sse({ type: 'response.output_text.delta', delta, output_index })
  const pieces = SHAPE.match(/.{1,5}/g) ?? []
  const other = 'of another text, '
  const { log, found } = answered(
    pieces.flatMap((piece, at) => [event(piece, 0), event(other, at % 2 === 0 ? 1 : 2)]),
  )
  const textOf = (place: number) =>
    events(log)
      .filter(({ output_index }) => output_index === place)
      .map(({ delta }) => delta)
      .join('')
  expect(textOf(0)).toContain('[secret:')
  expect(found).toHaveLength(pieces.length)
  expect(textOf(1) + textOf(2)).toBe(other.repeat(pieces.length))
})

test.each([
  ['blank lines', '\n'],
  ['comments that keep it alive', ': ping\n\n'],
  ['events without a string', 'event: ping\ndata: {}\n\n'],
  ['an event that is only named', 'event: ping\n'],
])('the parts of a secret are joined over %s, few or many', (_what, between) => {
  const { event, pieces } = apis['Messages, text'] as Api
  const [one, other] = [event(`"${SHAPE.slice(0, 22)}`), event(`${SHAPE.slice(22)}" it is.`)]
  for (const times of [1, 3, Math.ceil(200_000 / between.length)]) {
    const many = between.repeat(times)
    for (const chunks of [
      [one + many + other],
      [one, many, other],
      [one, ...(many.match(/.{1,4099}/gs) ?? []), other],
    ]) {
      const { log } = answered(chunks)
      expect(log).toHaveLength(one.length + many.length + other.length)
      const text = pieces(log.slice(0, one.length) + log.slice(-other.length)).join('')
      expect(text).toMatch(/^"(?:sk)?\[secret:anthropic-key:[0-9a-f]{4}\.*\]" it is\.$/)
    }
  }
})

// In none of these is a place between two characters that a look at some bytes could tell.
test.each(['\n', '\t', '"', '\\', '%25', '\u4e2d'])(
  'the parts of a secret are joined behind a long text of %j alone',
  (unit) => {
    const { event, pieces } = apis['Messages, text'] as Api
    const long = Array.from({ length: 30 }, () => event(unit.repeat(400)))
    const parts = [event(` ${SHAPE.slice(0, 22)}`), event(`${SHAPE.slice(22)} it is.`)]
    const sent = [...long, ...parts].join('')
    for (const chunks of [[sent], [...long, ...parts], sent.match(/.{1,4099}/gs) ?? []]) {
      const { log } = answered(chunks)
      const text = pieces(log).join('').replaceAll(unit, '')
      expect(text).toMatch(/^ (?:sk)?\[secret:anthropic-key:[0-9a-f]{4}\.*\] it is\.$/)
    }
  },
)

test.each(['', '\n', ': ping\n\n'])(
  'behind %j, the name of an event waits for its text',
  (before) => {
    const data = 'data: {"type":"message_stop"}\n\n'
    const { log, given } = answered([`${before}event: message_stop\n`, data])
    expect(given[0]).toBeLessThanOrEqual(before.length)
    expect(log).toBe(`${before}event: message_stop\n${data}`)
  },
)

test.each([
  ['an indented line that begins with a digit', 'x Zk\n   3vQ9rT2mXw7LbN4sHc y'],
  ['a line with its number', 'x Zk3\n 12\tvQ9rT2mXw7LbN4sHc y'],
  ['escapes', 'x "Zk3v\\Q9%72T2mXw7LbN4sHc" y'],
])('a secret over %s is found wherever three pieces cut it', (_what, text) => {
  const own = createScrubber({ fingerprint })
  own.learn('Zk3vQ9rT2mXw7LbN4sHc', 'key')
  const inner = JSON.stringify(text).slice(1, -1)
  const missed: string[][] = []
  for (let from = 1; from < inner.length - 1; from += 1)
    for (let to = from + 1; to < inner.length; to += 1) {
      const cut = [inner.slice(0, from), inner.slice(from, to), inner.slice(to)]
      const stream = own.answer()
      const found = cut.flatMap((piece) => {
        const event = sse(responses('response.output_text.delta', piece))
        return stream.push(Buffer.from(event)).found
      })
      found.push(...stream.end().found)
      if (!found.some(([, , rule]) => rule === 'key')) missed.push(cut)
    }
  expect(missed).toEqual([])
})

describe('more than can be held back stands between the parts of a secret', () => {
  const piece = (index: number, text: string) =>
    sse({ type: 'content_block_delta', index, delta: { type: 'text_delta', text } })
  const others = Array.from({ length: 12_000 }, (_, at) => piece(1, `${at} of another text, `))
  const textOf = (log: string, of: number) =>
    events(log)
      .filter(({ index }) => index === of)
      .map(({ delta }) => delta.text)
      .join('')

  test.each([
    ['by its shape', SHAPE, 22],
    ['known', KNOWN, 10],
    ['a private key', PEM, 90],
  ])('of a secret, %s, nothing passes that comes later', (_what, secret, cut) => {
    const first = secret.slice(0, cut)
    const rest = secret.slice(cut)
    const { log, given } = answered([piece(0, first), ...others, piece(0, `${rest}, he says.`)])
    expect(given.at(-1)).toBe(log.length)
    const text = textOf(log, 0)
    expect(text).not.toContain(rest.slice(0, 8))
    expect(text).not.toContain(rest.slice(-8))
    expect(text.slice(-10)).toBe(', he says.')
    expect(textOf(log, 1)).toContain('11999 of another text')
  })

  test('what could be all of it is replaced before it is let go', () => {
    const { log } = answered([piece(0, SHAPE), ...others, piece(0, 'and9More0')])
    expect(textOf(log, 0)).toMatch(/^(?:sk)?\[secret:anthropic-key:[0-9a-f]{4}[.\]]+$/)
  })

  test('the second part begins an event that is longer than what can be held back', () => {
    const long = `${SHAPE.slice(22)} ${'and so on '.repeat(200_000)}`
    const sent = piece(0, `"${SHAPE.slice(0, 22)}`) + piece(0, long)
    const chunks = sent.match(/.{1,65536}/gs) ?? []
    const { log } = answered(chunks)
    expect(log).toHaveLength(sent.length)
    expect(log).not.toContain(SHAPE.slice(22, 34))
    expect(textOf(log, 0)).toMatch(/^"(?:sk)?\[secret:anthropic-key:[0-9a-f]{4}\.*\] and so on/)
  })
})
