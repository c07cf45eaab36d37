import { expect, test } from 'vitest'
import { speaks } from './spoken-bodies.js'

const CONTENTS = { contents: [{ role: 'user', parts: [{ text: 'List the files.' }] }] }

/** An answer of Gemini that ends with this reason. */
const endsWith = (finishReason: string) =>
  speaks(finishReason, [
    {
      path: '/v1beta/models/g-1:streamGenerateContent?alt=sse',
      request: CONTENTS,
      answer: [{ candidates: [{ finishReason }], modelVersion: 'g-1' }],
    },
  ])

test.each([
  ['MALFORMED_FUNCTION_CALL', 'wrote a tool call that the API could not read', 'Ask again'],
  ['UNEXPECTED_TOOL_CALL', 'called a tool although it was offered none', '--request'],
  ['TOO_MANY_TOOL_CALLS', 'called one tool after another', 'tacho messages'],
])('what a model does wrong is not laid to a proxy: %s', async (reason, what, next) => {
  const { causes } = await endsWith(reason)()
  expect(causes[0]?.sentence).toContain(what)
  expect(causes[0]?.next).toContain(next)
  expect(causes[0]?.next).not.toMatch(/proxy|base URL/)
})
