import { apiErrorCode } from '@tacho/model'
import { expect, test } from 'vitest'
import { apiErrorOf } from '../../../packages/model/dist/model-api/api-error.js'
import { REFUSALS } from '../../diagnosis/refusals.js'

// `npm run diagnosis` has them as sessions.
test.each(REFUSALS)('%s: %s', (meant, _who, _form, status, answer) => {
  const told = typeof answer === 'string' ? {} : apiErrorOf({ ...answer })
  expect(apiErrorCode({ status, ...told })).toBe(meant)
})
