import { expect, test } from 'vitest'
import { byteCount, duration, localTime, tokenCount } from '../../packages/cli/dist/quantities.js'
import { shortIds } from '../../packages/cli/dist/short-ids.js'

for (const [shown, expected] of [
  [duration(0), '0ms'],
  [duration(999.4), '999ms'],
  [duration(999.5), '1.0s'],
  [duration(59_900), '59.9s'],
  [duration(59_990), '1m 00s'],
  [duration(125_000), '2m 05s'],
  [duration(3_600_000), '1h 00m'],
  [duration(90_000_000), '1d 01h'],
  [byteCount(999), '999 B'],
  [byteCount(1000), '1.0 kB'],
  [byteCount(999_960), '1.0 MB'],
  [byteCount(4e14), '400.0 TB'],
  [tokenCount(999), '999'],
  [tokenCount(12_345), '12.3k'],
  [localTime(undefined), undefined],
  [localTime('soon'), undefined],
] as const) {
  test(`${expected}`, () => expect(shown).toBe(expected))
}

test('short ids are the shortest beginnings that tell all of them apart, 8 characters at least', () => {
  const ids = ['0199a1b2-01', '0199a1b2-02', '0199a1b2-022', 'ffffffff-01', 'x']
  expect([...shortIds(ids).values()].sort()).toEqual([
    '0199a1b2-01',
    '0199a1b2-02',
    '0199a1b2-022',
    'ffffffff',
    'x',
  ])
})
