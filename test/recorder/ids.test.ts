import { expect, test } from 'vitest'
// Internal to the package.
import { traceIdOf } from '../../packages/recorder/dist/ids.js'

const ID = '0199a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b'

test('the trace id of a UUID is its digits', () => {
  expect(traceIdOf(ID)).toBe('0199a1b2c3d47e5f8a9b0c1d2e3f4a5b')
})

test('ids that differ only in case have traces of their own', () => {
  const traces = [ID, ID.toUpperCase(), ID.replace('a1b2', 'A1b2'), 'sess_a', 'sess_A'].map(
    traceIdOf,
  )
  expect(new Set(traces).size).toBe(5)
  for (const trace of traces) expect(trace).toMatch(/^[0-9a-f]{32}$/)
})
