import { expect, test } from 'vitest'
import { withOptions } from '../../../packages/launcher/dist/agents/with-options.js'

test('options go behind the user’s own and before a --', () => {
  expect(withOptions(['exec', 'x'], ['-c', 'a=b'])).toEqual(['exec', 'x', '-c', 'a=b'])
  expect(withOptions(['exec', '--', 'x'], ['-c', 'a=b'])).toEqual(['exec', '-c', 'a=b', '--', 'x'])
})
