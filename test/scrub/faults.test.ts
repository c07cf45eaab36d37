import { createScrubber, type Headers } from '@tacho/scrub'
import { expect, test } from 'vitest'

const textOf = (bytes: Uint8Array) => Buffer.from(bytes).toString()

/** Bytes that cannot be read from some position on. */
function failingAt(place: number, length: number): Uint8Array {
  return new Proxy(new Uint8Array(length), {
    get(bytes, key) {
      if (typeof key === 'string' && Number(key) >= place) throw new Error('cannot be read')
      return Reflect.get(bytes, key, bytes)
    },
  })
}

const fingerprint = () => '7f3a'

test('a body that cannot be scrubbed is replaced whole', () => {
  const scrubber = createScrubber({ fingerprint })
  scrubber.learn('a known secret', 'key', { isCertain: true })
  const { bytes, found } = scrubber.bytes(failingAt(20, 30))
  expect(textOf(bytes)).toBe('[secret:unscrubbed...........]')
  expect(found).toEqual([[0, 30, 'fault']])
})

test('after a fault nothing of a stream comes out any more, but its length stays', () => {
  const scrubber = createScrubber({ fingerprint })
  scrubber.learn('a known secret', 'key', { isCertain: true })
  const stream = scrubber.stream()
  expect(textOf(stream.push(Buffer.from('first a known')).bytes)).toBe('first ')
  const second = stream.push(failingAt(0, 13))
  expect(textOf(second.bytes)).toBe('[secret:unscrubbed.]')
  expect(second.found).toEqual([[0, 20, 'fault']])
  const third = stream.push(Buffer.from(' what follows'))
  expect(textOf(third.bytes)).toBe('.............')
  expect(third.found).toEqual([[0, 13, 'fault']])
  expect(stream.end()).toEqual({ bytes: new Uint8Array(0), found: [] })
})

test.each([
  [
    'fails',
    () => {
      throw new Error('no key')
    },
  ],
  ['is none', () => 'much too long'],
])(
  'when a secret cannot be learnt for its fingerprint %s, everything is replaced',
  (_why, broken) => {
    const scrubber = createScrubber({ fingerprint: broken })
    expect(scrubber.text('all is well')).toBe('all is well')
    scrubber.learn('a secret that is not known', 'key')
    expect(scrubber.text('a secret that is not known, 日本')).toBe(
      `[secret:unscrubbed${'.'.repeat(15)}]`,
    )
    expect(scrubber.url('/v1/models')).toBe('[secret:unscrubbed]')
    expect(
      scrubber.headers([
        ['Host', 'h'],
        ['accept', '*/*'],
      ]),
    ).toEqual([
      ['Host', '[secret:unscrubbed]'],
      ['accept', '[secret:unscrubbed]'],
    ])
    expect(scrubber.bytes(Buffer.from('a body')).found).toEqual([[0, 6, 'fault']])
    expect(scrubber.stream().push(Buffer.from('a body')).found).toEqual([[0, 6, 'fault']])
  },
)

test('when a credential in a header cannot be learnt, all values of these headers are replaced', () => {
  const scrubber = createScrubber({
    fingerprint: () => {
      throw new Error('no key')
    },
  })
  const headers: Headers = [
    ['host', 'h'],
    ['authorization', 'Bearer 0123456789'],
  ]
  expect(scrubber.headers(headers)).toEqual([
    ['host', '[secret:unscrubbed]'],
    ['authorization', '[secret:unscrubbed]'],
  ])
  expect(scrubber.text('0123456789')).toBe('..........')
})
