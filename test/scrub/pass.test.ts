import { expect, test } from 'vitest'
// Internal to the package: text in which nothing begins bypasses the search.
import { Channel } from '../../packages/scrub/dist/channel.js'
import { KnownSecrets } from '../../packages/scrub/dist/known-secrets.js'
import { anchorsOf } from '../../packages/scrub/dist/search-index.js'
import { SHAPES } from '../../packages/scrub/dist/shapes/index.js'
import { Sweep } from '../../packages/scrub/dist/sweep.js'
import { fingerprint } from './fingerprint.js'

const SECRETS = [
  'qwertz-9d8f7Gh2#k!',
  'ghp_8sK2nQ4vX7bT1mZ6cR9wL3yH5jD0fG2aE4uB',
  'sk-ant-api03-Zk4mP9xQ2vL7nB3tR8wY1cF6',
]
const known = new KnownSecrets(fingerprint, anchorsOf(SHAPES))
known.learn(SECRETS[0] ?? '', { rule: 'known', shortest: 1, origin: 'host', isCertain: true })
const { index } = known
const mark = (rule: string, secret: Uint8Array) => known.mark(rule, Buffer.from(secret).toString())

/** The same numbers in each run (a linear congruential generator). */
function numbers(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff
    return Math.floor((state / 0x80000000) * below)
  }
}

const WORDS = ['so', ' the ', 'gh', 'ghp', 'sk', '\n', '\\n', '\r\n', '  12\t', 'qwe', 'Z2', ' ']

/** A text with secrets and beginnings of secrets, cut into pieces. */
function pieces(next: (below: number) => number): Buffer[] {
  const parts = Array.from({ length: 40 }, () =>
    next(12) === 0 ? ` ${SECRETS[next(SECRETS.length)]} ` : (WORDS[next(WORDS.length)] ?? ''),
  )
  const text = Buffer.from(parts.join(''))
  const cut: Buffer[] = []
  for (let at = 0; at < text.length; ) {
    const end = at + 1 + next(next(3) === 0 ? 40 : 6)
    // A word at the end is held back: it could be the beginning of base64.
    const blank = next(3) === 0 ? -1 : text.indexOf(' ', end)
    const to = blank < 0 ? end : blank + 1
    cut.push(text.subarray(at, to))
    at = to
  }
  return cut
}

/** Whether a search of this text alone finds no beginning and holds nothing back. */
function isClean(piece: Buffer): boolean {
  const { bytes, found } = new Sweep(mark).push(Uint8Array.from(piece), index, false)
  return found.length === 0 && bytes.length === piece.length
}

/**
 * What must be hidden in a text with secrets: everything except the first two letters of each, at
 * least.
 */
function expectHidden(text: string, left: string, seed: number): void {
  let rest = left
  for (const secret of SECRETS) {
    for (let at = text.indexOf(secret); at >= 0; at = text.indexOf(secret, at + 1)) {
      const hidden = left.slice(at + 2, at + secret.length)
      expect(hidden, `seed ${seed}, byte ${at}`).not.toContain(secret.slice(-8))
      rest = rest.slice(0, at) + secret + rest.slice(at + secret.length)
    }
  }
  // And nothing else.
  expect(rest, `seed ${seed}`).toBe(text)
}

test('a secret is replaced in a body whose clean chunks go past the search', () => {
  let passed = 0
  for (let seed = 1; seed <= 400; seed += 1) {
    const chunks = pieces(numbers(seed))
    const sweep = new Sweep(mark)
    const out: Uint8Array[] = []
    for (const piece of chunks) {
      const chunk = Uint8Array.from(piece)
      if (isClean(piece) && sweep.pass(chunk, index)) {
        passed += 1
        out.push(chunk)
      } else out.push(Uint8Array.from(sweep.push(chunk, index, false).bytes))
    }
    out.push(sweep.push(new Uint8Array(0), index, true).bytes)
    expectHidden(Buffer.concat(chunks).toString(), Buffer.concat(out).toString(), seed)
  }
  expect(passed).toBeGreaterThan(100)
})

test('a secret is replaced in a text of an answer whose clean pieces go past the search', () => {
  let passed = 0
  for (let seed = 1; seed <= 400; seed += 1) {
    const chunks = pieces(numbers(seed))
    const channel = new Channel()
    const text = Buffer.concat(chunks)
    const hide = (isLast: boolean): void => {
      for (const { pieces: parts } of channel.decide(index, mark, isLast))
        for (const { at, length } of parts) text.fill('#', at, at + length)
    }
    let place = 0
    for (const piece of chunks) {
      const bytes = Uint8Array.from(piece)
      if (isClean(piece) && channel.pass(bytes, 0, bytes.length, place, index)) passed += 1
      else {
        channel.add(bytes, 0, bytes.length, place)
        hide(false)
      }
      place += piece.length
    }
    hide(true)
    expectHidden(Buffer.concat(chunks).toString(), text.toString(), seed)
  }
  expect(passed).toBeGreaterThan(100)
})
