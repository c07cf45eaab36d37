import type { ExchangeRecord } from '@tacho/format'
import { ExchangeReader, modelApiOf } from '@tacho/model'
import { describe, expect, test } from 'vitest'
import { awsEventStream, awsMessage } from '../../agents/claude/aws-event-stream.js'
import { apiOf, expectFacts, readAnswer } from './read.js'

const TYPE = 'application/vnd.amazon.eventstream'

const PROFILE =
  'arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-m-v1:0'
/** Its name reveals nothing about the model. */
const OWN_PROFILE =
  'arn:aws-us-gov:bedrock:us-gov-west-1:123456789012:application-inference-profile/a1b2c3d4e5f6'

const EVENTS = [
  {
    type: 'message_start',
    message: { id: 'm1', model: 'claude', usage: { input_tokens: 7, output_tokens: 1 } },
  },
  { type: 'content_block_delta', delta: { type: 'text_delta', text: 'Größe 😀' } },
  { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 3 } },
  { type: 'message_stop', 'amazon-bedrock-invocationMetrics': { inputTokenCount: 7 } },
]
const WHOLE = Buffer.concat(awsEventStream(EVENTS))
const TOLD = {
  ...{ id: 'm1', model: 'claude', inputTokens: 7, outputTokens: 3, textLength: 8 },
  ...{ finishReasons: ['end_turn'], ended: 'completed' },
}

function read(body: Uint8Array, bytesAtOnce = body.length, contentType = TYPE) {
  const faults: string[] = []
  const onFault = (cause: unknown) => faults.push(String(cause))
  const options = { contentType, bytesAtOnce, onFault }
  return { reader: readAnswer(apiOf('messages'), body, options), faults }
}

describe('an answer of Amazon Bedrock', () => {
  test.each([1, 2, 11, 12, 13, 100, WHOLE.length])('is read in pieces of %d bytes', (bytes) => {
    const { reader, faults } = read(WHOLE, bytes)
    expectFacts(reader.facts, TOLD)
    expect([reader.events, reader.isReadable, faults]).toEqual([4, true, []])
  })

  test('is read whatever else stands beside its type, and its headers may be of any kind', () => {
    expectFacts(read(WHOLE, 64, `${TYPE}; charset=utf-8`).reader.facts, TOLD)
    expectFacts(read(withHeaders(WHOLE), 64).reader.facts, TOLD)
  })

  test.each<[what: string, headers: Record<string, string>, payload: string, error: object]>([
    [
      'an exception',
      { ':message-type': 'exception', ':exception-type': 'throttlingException' },
      '{"message":"Too many tokens"}',
      { type: 'throttlingException', message: 'Too many tokens' },
    ],
    [
      'an error without a body',
      { ':message-type': 'error', ':error-code': 'InternalError', ':error-message': 'Oh' },
      '',
      { type: 'InternalError', message: 'Oh' },
    ],
  ])('fails with %s', (_, headers, payload, error) => {
    const { reader } = read(Buffer.concat([WHOLE.subarray(0, 300), awsMessage(headers, payload)]))
    const [start = Buffer.alloc(0)] = awsEventStream(EVENTS)
    const failed = read(Buffer.concat([start, awsMessage(headers, payload)])).reader
    expectFacts(failed.facts, { id: 'm1', ended: 'failed' })
    expect(failed.facts.error).toMatchObject(error)
    // If the messages are not contiguous, nothing is made up.
    expect(reader.facts.ended).not.toBe('completed')
  })

  test('that is cut at any byte is read up to there', () => {
    const starts = awsEventStream(EVENTS).map(({ length }) => length)
    const ends = starts.map((_, index) =>
      starts.slice(0, index + 1).reduce((sum, one) => sum + one),
    )
    for (let cut = 0; cut < WHOLE.length; cut += 1) {
      const { reader, faults } = read(WHOLE.subarray(0, cut))
      expect(reader.events).toBe(ends.filter((end) => end <= cut).length)
      expect([reader.facts.ended, faults]).toEqual([
        cut >= (ends[2] ?? 0) ? 'completed' : undefined,
        [],
      ])
    }
  })

  test('with any byte flipped costs what it says, and nothing is thrown', () => {
    for (let at = 0; at < WHOLE.length; at += 1) {
      const body = Buffer.from(WHOLE)
      body[at] = (body[at] ?? 0) ^ 0xff
      expect(() => read(body)).not.toThrow()
    }
  })

  test.each<[what: string, body: Buffer]>([
    ['is something else', Buffer.from('<html>It is no stream at all</html>')],
    ['says lengths that cannot be', Buffer.alloc(64)],
    ['has a message without an end', Buffer.from('7fffffff00000000000000000000', 'hex')],
  ])('that %s is not readable', (_, body) => {
    const { reader, faults } = read(body)
    expect([reader.isReadable, faults.length, reader.facts]).toEqual([false, 1, {}])
  })
})

test.each<[path: string, model: string | undefined, stream: boolean | undefined]>([
  [
    '/model/us.anthropic.claude-m-v1%3A0/invoke-with-response-stream',
    'us.anthropic.claude-m-v1:0',
    true,
  ],
  ['/model/anthropic.claude-m/invoke', 'anthropic.claude-m', false],
  [`/model/${encodeURIComponent(PROFILE)}/invoke-with-response-stream`, PROFILE, true],
  [`/prefix/model/${PROFILE}/invoke`, PROFILE, false],
  [
    '/v1/projects/p/locations/l/publishers/anthropic/models/claude-m@1:streamRawPredict',
    'claude-m@1',
    true,
  ],
  ['/anthropic/v1/messages', undefined, undefined],
])('%s asks by the Messages API', (path, model, stream) => {
  expect(modelApiOf('POST', path)).toBe(apiOf('messages'))
  expect(apiOf('messages').pathFacts?.(path)).toEqual(model === undefined ? {} : { model, stream })
})

test.each([
  '/model/amazon.nova-pro-v1%3A0/invoke',
  '/inference-profiles',
  `/model/${encodeURIComponent(OWN_PROFILE)}/invoke`,
  '/model/anthropic/claude-m/invoke',
  '/model//invoke',
])('%s does not', (path) => {
  expect(modelApiOf('POST', path)).toBeUndefined()
})

test.each([
  ['claude-cli/2.1.332 (external, cli)', OWN_PROFILE, true],
  [
    'AnthropicBedrock/JS 0.26.4',
    OWN_PROFILE.replace('application-inference-profile', 'provisioned-model'),
    true,
  ],
  ['aws-sdk-js/3.900.0', OWN_PROFILE, false],
  ['claude-cli/2.1.332', 'amazon.nova-pro-v1:0', false],
])('whose model a profile of your own is tells its client: %s', (client, model, isAnthropics) => {
  const path = `/model/${encodeURIComponent(model)}/invoke-with-response-stream`
  const start: ExchangeRecord = {
    ...{ kind: 'exchange', time: '2026-11-29T12:00:00.000000Z', exchange: 'b7ad6b7169203331' },
    ...{ run: '00f067aa0ba902b7', method: 'POST' },
    url: `https://bedrock-runtime.us-east-1.amazonaws.com${path}`,
    headers: [['User-Agent', client]],
  }
  const options = { startedAt: 0, provider: undefined, idleTimeout: undefined, onFault() {} }
  expect(new ExchangeReader(start, options).asksModel).toBe(isAnthropics)
})

/** The same messages, each preceded by a header of every other type. */
function withHeaders(stream: Buffer): Buffer {
  const others = ['0', '1', '2ff', '3ffff', '4ffffffff', '5ffffffffffffffff', '60001ff']
  const more = Buffer.concat(
    [...others, '8ffffffffffffffff', `9${'ff'.repeat(16)}`].map((one) =>
      Buffer.concat([Buffer.from('\x01h'), Buffer.from(`0${one}`, 'hex')]),
    ),
  )
  const messages: Buffer[] = []
  for (let at = 0; at < stream.length; at += stream.readUInt32BE(at)) {
    const length = stream.readUInt32BE(at)
    const message = Buffer.concat([
      stream.subarray(at, at + 12),
      more,
      stream.subarray(at + 12, at + length),
    ])
    message.writeUInt32BE(length + more.length, 0)
    message.writeUInt32BE(stream.readUInt32BE(at + 4) + more.length, 4)
    messages.push(message)
  }
  return Buffer.concat(messages)
}
