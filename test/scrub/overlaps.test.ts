import { createScrubber, type Found } from '@tacho/scrub'
import { describe, expect, test } from 'vitest'
import { fingerprint } from './fingerprint.js'
import { scrubChunks } from './joined.js'

/** A text, its secrets by rule, and what must be found. */
const cases: [what: string, secrets: Record<string, string>, text: string, found: Found[]][] = [
  [
    'two secrets side by side are two',
    { first: 'abcdefghijkl', second: 'mnopqrstuvwx' },
    '_abcdefghijklmnopqrstuvwx_',
    [
      [1, 12, 'first'],
      [13, 12, 'second'],
    ],
  ],
  [
    'the same secret twice side by side is two',
    { first: 'abcdefghijkl' },
    'abcdefghijklabcdefghijkl',
    [
      [0, 12, 'first'],
      [12, 12, 'first'],
    ],
  ],
  [
    'of two that begin together the longer counts',
    { short: 'abcdefghijkl', long: 'abcdefghijklmnop' },
    '_abcdefghijklmnop_abcdefghijklmno_',
    [
      [1, 16, 'long'],
      [18, 12, 'short'],
    ],
  ],
  [
    'one inside of another is part of it',
    { outer: 'user:abcdefghijkl:end', inner: 'abcdefghijkl' },
    '_user:abcdefghijkl:end_user:abcdefghijkl:_',
    [
      [1, 21, 'outer'],
      [28, 12, 'inner'],
    ],
  ],
  [
    'of one that begins in another the rest is replaced, too',
    { first: 'abcdefghijkl', second: 'ijklmnopqrstuvwx' },
    '_abcdefghijklmnopqrstuvwx_',
    [
      [1, 12, 'first'],
      [13, 12, 'second'],
    ],
  ],
  [
    'a rest too short for a marker is dots',
    { first: 'abcdefghijkl', second: 'fghijklmnopq' },
    '_abcdefghijklmnopq_',
    [
      [1, 12, 'first'],
      [13, 5, 'second'],
    ],
  ],
  [
    'a secret that repeats itself is not found anew at each of its characters',
    { first: 'aaaaaaaaaaaa' },
    'a'.repeat(30),
    [
      [0, 12, 'first'],
      [12, 12, 'first'],
    ],
  ],
]

test.each(cases)('%s', (_what, secrets, text, wanted) => {
  const scrubber = createScrubber({ fingerprint })
  for (const [rule, secret] of Object.entries(secrets))
    scrubber.learn(secret, rule, { isCertain: true })
  const body = Buffer.from(text)
  const { bytes, found } = scrubber.bytes(body)
  expect(found).toEqual(wanted)
  expect(bytes).toHaveLength(body.length)
  for (let at = 0; at <= body.length; at += 1) {
    const swept = scrubChunks(scrubber, [body.subarray(0, at), body.subarray(at)])
    expect(swept, `split at ${at}`).toEqual({ bytes: new Uint8Array(bytes), found })
  }
})

describe('random texts of two letters, full of overlaps, in random chunks', () => {
  test.each(Array.from({ length: 300 }, (_, seed) => [seed]))('seed %i', (seed) => {
    const random = randomFrom(seed)
    const letters = (length: number) =>
      Array.from({ length }, () => (random() < 0.7 ? 'a' : 'b')).join('')
    const secrets = Array.from({ length: 1 + Math.floor(random() * 5) }, (_, number) => {
      const unit = letters(1 + Math.floor(random() * 4))
      const length = 12 + Math.floor(random() * 8)
      return { rule: `r${number}`, secret: unit.repeat(20).slice(0, length) }
    })
    const scrubber = createScrubber({ fingerprint })
    for (const { rule, secret } of secrets) scrubber.learn(secret, rule, { isCertain: true })
    const parts = Array.from({ length: 12 }, () => {
      const some = secrets[Math.floor(random() * secrets.length)]?.secret ?? ''
      return random() < 0.6 ? some.slice(Math.floor(random() * 5)) : letters(5)
    })
    // Most of a secret counts as one too, if the text ends there.
    const text = `${parts.join('')}.`
    const body = Buffer.from(text)

    const whole = scrubber.bytes(body)
    expect(whole.found).toEqual(plainly(text, secrets))
    expect(whole.bytes).toHaveLength(body.length)

    const chunks: Uint8Array[] = []
    for (let at = 0; at < body.length; ) {
      const size = Math.floor(random() * 9)
      chunks.push(body.subarray(at, at + size))
      at += size
    }
    expect(scrubChunks(scrubber, chunks)).toEqual({
      bytes: new Uint8Array(whole.bytes),
      found: whole.found,
    })
  })
})

/** The rules for overlaps, stated as plainly as possible. */
function plainly(text: string, secrets: { rule: string; secret: string }[]): Found[] {
  const found: Found[] = []
  const spent = new Map<string, number>()
  let covered = 0
  for (let at = 0; at < text.length; at += 1) {
    const [longest] = secrets
      .filter(({ secret }) => text.startsWith(secret, at) && at >= (spent.get(secret) ?? 0))
      .sort((a, b) => b.secret.length - a.secret.length)
    if (longest === undefined) continue
    const end = at + longest.secret.length
    spent.set(longest.secret, end)
    if (end > covered) {
      const from = Math.max(at, covered)
      found.push([from, end - from, longest.rule])
      covered = end
    }
  }
  return found
}

function randomFrom(seed: number): () => number {
  let state = seed + 1
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 0x100000000
  }
}
