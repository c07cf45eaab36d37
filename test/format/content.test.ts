import { utf8Length } from '@tacho/format'
import { expect, test } from 'vitest'

const BLOCK = 16 * 1024

test.each([
  ['no letter', ''],
  ['a few', 'a few'],
  ['letters of two and three bytes', 'é한'],
  ['a pair', '😀'],
  ['halves of pairs', 'a\ud800b\udc00'],
  ['a pair across the end of a block', `${'a'.repeat(BLOCK - 1)}😀b`],
  ['a half at the end of a block', `${'a'.repeat(BLOCK - 1)}\ud800`],
  ['many blocks', '한'.repeat(5 * BLOCK)],
])('the length of %s is that of its bytes', (_, text) => {
  expect(utf8Length(text)).toBe(new TextEncoder().encode(text).length)
})
