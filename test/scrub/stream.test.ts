import { createScrubber } from '@tacho/scrub'
import { expect, test } from 'vitest'
import { fingerprint } from './fingerprint.js'

const secret = '#=!proj!012345678]'
const bytes = (text: string) => Buffer.from(text)
const textOf = (swept: { bytes: Uint8Array }) => Buffer.from(swept.bytes).toString()

function streamKnowing(...secrets: string[]) {
  const scrubber = createScrubber({ fingerprint })
  for (const one of secrets) scrubber.learn(one, 'key', { isCertain: true })
  return { scrubber, stream: scrubber.stream() }
}

test('a chunk that ends in nothing of a secret comes out at once, as the same array', () => {
  const { stream } = streamKnowing(secret)
  const chunk = bytes('data: {"delta":"#=!proj or not"}\n\n')
  expect(stream.push(chunk).bytes).toBe(chunk)
  expect(stream.end().bytes).toHaveLength(0)
})

test('no more is held back than what could become a secret', () => {
  const { stream } = streamKnowing(secret)
  expect(textOf(stream.push(bytes('before #=#=!pro')))).toBe('before #=')
  expect(textOf(stream.push(bytes('j!0123')))).toBe('')
  const { bytes: out, found } = stream.push(bytes('45678] after]'))
  expect(Buffer.from(out).toString()).toMatch(/^\[secret:key:....\.?\] after\]$/)
  expect(found).toEqual([[0, secret.length, 'key']])
})

test('what was held back comes out unchanged, in front, once it is disproved', () => {
  const { stream } = streamKnowing(secret)
  expect(textOf(stream.push(bytes('a #=!proj!')))).toBe('a ')
  expect(textOf(stream.push(bytes('other]')))).toBe('#=!proj!other]')
})

test('what was held back comes out unchanged at the end', () => {
  const { stream } = streamKnowing(secret)
  stream.push(bytes('#=!proj'))
  expect(textOf(stream.end())).toBe('#=!proj')
  expect(textOf(stream.end())).toBe('')
})

test('most of a secret is replaced where the body ends with it', () => {
  const { stream } = streamKnowing(secret)
  stream.push(bytes(secret.slice(0, -2)))
  expect(textOf(stream.end())).toMatch(/^\[secret:....\.*\]$/)
})

test('a secret comes out as soon as it is whole, though another may begin in it', () => {
  const { stream } = streamKnowing('abcdefghij;]', ';]mnopqrstu]')
  const first = stream.push(bytes('abcdefghij;]'))
  expect(first.found).toEqual([[0, 12, 'key']])
  const second = stream.push(bytes('mnopqrstu]'))
  expect(second.found).toEqual([[0, 10, 'key']])
  expect(textOf(second)).toMatch(/^\[s:....\.\.\]$/)
})

test('a secret is held back while a longer one may come of it', () => {
  const { stream } = streamKnowing('abcdefghij;]', 'abcdefghij;]mno]')
  expect(textOf(stream.push(bytes('abcdefghij;]mno')))).toBe('')
  expect(stream.push(bytes(']')).found).toEqual([[0, 16, 'key']])
})

test('a secret learnt while a stream is open is found in what comes after', () => {
  const { scrubber, stream } = streamKnowing()
  expect(textOf(stream.push(bytes(secret)))).toBe(secret)
  scrubber.learn(secret, 'key')
  expect(stream.push(bytes(secret)).found).toEqual([[0, secret.length, 'key']])
})

test('a body that repeats a secret without end is never held back for more than its length', () => {
  const { stream } = streamKnowing('a'.repeat(12), 'a'.repeat(13), 'ab'.repeat(10))
  let held = 0
  for (let count = 0; count < 500; count += 1) {
    held += 7 - stream.push(bytes('aaaaaaa')).bytes.length
    // A word with this many letters could be the beginning of base64.
    expect(held).toBeLessThanOrEqual(24)
  }
})

test('streams of one scrubber know nothing of each other', () => {
  const { scrubber, stream } = streamKnowing(secret)
  const other = scrubber.stream()
  stream.push(bytes(secret.slice(0, 9)))
  expect(textOf(other.push(bytes(secret.slice(9))))).toBe(secret.slice(9))
})

test('the bytes that were given are left as they were', () => {
  const { scrubber, stream } = streamKnowing(secret)
  const body = bytes(`a ${secret} b`)
  scrubber.bytes(body)
  stream.push(body)
  expect(body.toString()).toBe(`a ${secret} b`)
})
