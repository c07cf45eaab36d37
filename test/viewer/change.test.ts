import { expect, test } from 'vitest'
import { changed, changeOf } from '../../packages/viewer/src/api/change.js'

const VALUES: unknown[] = [
  undefined,
  null,
  1,
  'a',
  [],
  [1, 2, 3],
  [1, { a: [2] }, 3, 4],
  [{ a: [2] }],
  {},
  { a: 1 },
  { a: 1, b: undefined },
  { a: { b: [1, { c: 2 }] }, d: 'e' },
  { a: { b: [1, { c: 3 }, 4] } },
  { a: null, length: 3, now: { now: 1 }, members: [], items: [] },
  JSON.parse('{"__proto__":{"a":1},"constructor":2}'),
  JSON.parse('{"__proto__":{"a":2,"b":["__proto__"]},"toString":3}'),
]

test('what is told of a change makes the later value of the earlier one, whatever both are', () => {
  for (const before of VALUES) {
    for (const now of VALUES.slice(1)) {
      const kept = JSON.stringify(before)
      const sent = JSON.stringify(changeOf(before, now))
      const made = sent === undefined ? before : changed(before, JSON.parse(sent))
      expect(JSON.stringify(made)).toBe(JSON.stringify(now))
      expect(JSON.stringify(before)).toBe(kept)
    }
  }
  expect(({} as { a?: unknown }).a).toBeUndefined()
})

test('what is the same is the same object afterwards, and is not told again', () => {
  const before = { long: [{ one: 'x'.repeat(1000) }, { two: 2 }], other: { a: 1 } }
  const now = { ...before, long: [...before.long, { three: 3 }] }
  const change = changeOf(before, now)
  expect(JSON.stringify(change).length).toBeLessThan(100)
  const made = changed(before, change ?? { now: undefined }) as typeof before
  expect(made).toEqual(now)
  expect([made.long[0], made.other]).toEqual([before.long[0], before.other])
  expect(made.long[0]).toBe(before.long[0])
  expect(made.other).toBe(before.other)
})
