import { createScrubber } from '@tacho/scrub'
import { expect, test } from 'vitest'
import { fingerprint } from './fingerprint.js'

const SIZE = 20_000

/** Secrets, and the body that makes a search for them compare the most and find nothing. */
const worst: [what: string, secrets: string[], body: string][] = [
  ['one letter, the secret ending in another', [`${'a'.repeat(2000)}b`], 'a'.repeat(SIZE)],
  ['a period of three', [`${'abc'.repeat(500)}!`], 'abc'.repeat(SIZE / 3)],
  [
    'the beginning of a key, over and over',
    ['qq-ant-api03-0123456789abcdef', 'qq-ant-api03-9876543210fedcba'],
    'qq-ant-api03-'.repeat(SIZE / 13),
  ],
  [
    'all of a key but its end, over and over',
    ['qq-ant-api03-0123456789abcdef'],
    'qq-ant-api03-0123456789abcde'.repeat(SIZE / 28),
  ],
  [
    'ten secrets that begin alike',
    Array.from({ length: 10 }, (_, number) => `${'a'.repeat(500)}${number}`),
    'a'.repeat(SIZE),
  ],
]

test.each(worst)('a byte is not read again and again: %s', (_what, secrets, text) => {
  const scrubber = createScrubber({ fingerprint })
  for (const secret of secrets) scrubber.learn(secret, 'key', { isCertain: true })
  let reads = 0
  const body = new Proxy(new TextEncoder().encode(`${text}]`), {
    get(bytes, key) {
      if (typeof key === 'string' && /^\d+$/.test(key)) reads += 1
      return Reflect.get(bytes, key, bytes)
    },
  })
  expect(scrubber.bytes(body).found).toEqual([])
  // A few for the search, and a few for each secret that could begin there.
  expect(reads / text.length).toBeLessThan(6 + 4 * secrets.length)
})

test('what one comparison has seen is not taken for what the next one wants', () => {
  const scrubber = createScrubber({ fingerprint })
  scrubber.learn('aaaabaaaacdefgh]', 'key', { isCertain: true })
  // At its start it matches the secret up to the `c`; from its second byte on, everything but the
  // `b`.
  const body = Buffer.from('aaaabaaaaacdefgh]')
  const { bytes, found } = scrubber.stream().push(body)
  expect(found).toEqual([])
  expect(bytes).toBe(body)
})
