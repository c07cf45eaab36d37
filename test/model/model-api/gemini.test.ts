import { describe, expect, test } from 'vitest'
import { expectFacts, factsOf, factsOfBody } from './read.js'

const says = (parts: object[], more: object = {}) => ({
  candidates: [{ content: { role: 'model', parts }, ...more }],
  modelVersion: 'gemini-m',
  responseId: 'r1',
})
const usageMetadata = {
  promptTokenCount: 70,
  cachedContentTokenCount: 30,
  candidatesTokenCount: 5,
  thoughtsTokenCount: 2,
  totalTokenCount: 77,
}
const tokens = { inputTokens: 70, cacheReadTokens: 30, outputTokens: 7, reasoningTokens: 2 }

describe('an answer of streamGenerateContent', () => {
  test.each<[sentence: string, events: object[], facts: object]>([
    ['that has begun has no end', [says([{ text: 'H' }])], { id: 'r1', ended: undefined }],
    [
      'that has a finish reason completed',
      [says([{ text: 'H' }]), says([{ text: 'i' }], { finishReason: 'STOP' })],
      { ended: 'completed', finishReasons: ['STOP'], model: 'gemini-m', textLength: 2 },
    ],
    [
      'that calls a tool completed',
      [says([{ functionCall: { name: 'ls', args: {} } }], { finishReason: 'STOP' })],
      { ended: 'completed', textLength: undefined },
    ],
    [
      'counts no thought as text',
      [says([{ text: 'hm', thought: true }])],
      { textLength: undefined },
    ],
    [
      'that became too long is incomplete',
      [says([], { finishReason: 'MAX_TOKENS' })],
      { ended: 'incomplete', finishReasons: ['MAX_TOKENS'] },
    ],
    [
      'that was filtered is incomplete',
      [says([], { finishReason: 'SAFETY' })],
      { ended: 'incomplete' },
    ],
    [
      'whose call was malformed is incomplete',
      [says([], { finishReason: 'MALFORMED_FUNCTION_CALL' })],
      { ended: 'incomplete' },
    ],
    [
      'to a prompt that was blocked is incomplete',
      [{ promptFeedback: { blockReason: 'SAFETY' } }],
      { ended: 'incomplete', finishReasons: ['SAFETY'] },
    ],
    [
      'counts what it thought as output, and the cache as input',
      [{ ...says([], { finishReason: 'STOP' }), usageMetadata }],
      tokens,
    ],
    [
      'that ends with an error failed',
      [says([{ text: 'H' }]), { error: { code: 503, status: 'UNAVAILABLE', message: 'Busy.' } }],
      { ended: 'failed', error: { code: '503', type: 'UNAVAILABLE', message: 'Busy.' } },
    ],
    [
      'in a member `response`, as Code Assist has it, is the same',
      [{ response: { ...says([{ text: 'Hi' }], { finishReason: 'STOP' }), usageMetadata } }],
      { ended: 'completed', textLength: 2, model: 'gemini-m', ...tokens },
    ],
  ])('%s', (_, events, facts) => {
    expectFacts(factsOf('gemini', events), facts)
  })
})

describe('an answer of generateContent in one piece', () => {
  test('says all of it', () => {
    const body = { ...says([{ text: 'Hi' }], { finishReason: 'STOP' }), usageMetadata }
    expectFacts(factsOfBody('gemini', body), { ended: 'completed', textLength: 2, ...tokens })
  })

  test('without `alt=sse` a stream is one list', () => {
    const body = [says([{ text: 'H' }]), says([{ text: 'i' }], { finishReason: 'STOP' })]
    expectFacts(factsOfBody('gemini', body), { ended: 'completed', textLength: 2 })
  })

  test('an error is a list of one, or the object itself', () => {
    const error = { code: 429, status: 'RESOURCE_EXHAUSTED', message: 'Slow down.' }
    for (const body of [{ error }, [{ error }]])
      expect(factsOfBody('gemini', body, 429).error).toEqual({
        code: '429',
        type: 'RESOURCE_EXHAUSTED',
        message: 'Slow down.',
      })
  })
})
