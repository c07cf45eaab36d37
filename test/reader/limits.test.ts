import { expect, test } from 'vitest'
// They are the package's own.
import { LOG_WORK, PASSED_LINE_WORK } from '../../packages/reader/dist/limits.js'

test('a session of 7,000 exchanges, 800 MB and three million pieces of answers is read to its end', () => {
  expect(800e6 + 3e6 * PASSED_LINE_WORK).toBeLessThan(LOG_WORK)
})
