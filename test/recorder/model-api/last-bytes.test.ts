import { expect, test } from 'vitest'
import { LastBytes } from '../../../packages/recorder/dist/model-api/last-bytes.js'
import { randomFrom } from '../../faults/random.js'

test('the last bytes are there, whatever pieces they came in', () => {
  const random = randomFrom(20261128)
  const all = Buffer.from(Array.from({ length: 100_000 }, () => Math.floor(random() * 256)))
  const last = new LastBytes(1000)
  for (let at = 0; at < all.length; ) {
    const to = at + Math.floor(random() * (random() < 0.1 ? 6000 : 300))
    last.push(all.subarray(at, to))
    at = to
    const taken = Buffer.from(last.take())
    const passed = all.subarray(0, at)
    expect(taken.length).toBeGreaterThanOrEqual(Math.min(1000, passed.length))
    expect(taken.subarray(-1000).equals(passed.subarray(-1000))).toBe(true)
  }
})
