import { expect, test } from 'vitest'
import { HeadCutter } from '../../../../../packages/launcher/dist/taps/http/wire/head-cutter.js'

test('a head in pieces of one byte is put together in memory that is grown, not made anew each time', () => {
  const bytes = Buffer.from(`GET / HTTP/1.1\r\nX: ${'x'.repeat(200_000)}\r\n\r\nrest`)
  const cutter = new HeadCutter(1024 * 1024)
  const end = bytes.length - 'rest'.length
  for (let at = 0; at < end - 1; at += 1)
    expect(cutter.push(bytes.subarray(at, at + 1))).toBe('more')
  const cut = cutter.push(bytes.subarray(end - 1))
  if (typeof cut === 'string') throw new Error(cut)
  expect(cut.head.equals(bytes.subarray(0, end))).toBe(true)
  expect(cut.rest.toString()).toBe('rest')
})

test.each([
  [1000, 'more'],
  [1001, 'too-long'],
] as const)('%i bytes of a head that may have 1000 are %s', (length, said) => {
  expect(new HeadCutter(1000).push(Buffer.alloc(length, 'x'))).toBe(said)
})
