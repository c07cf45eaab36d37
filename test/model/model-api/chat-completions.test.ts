import { describe, expect, test } from 'vitest'
import { expectFacts, factsOf, factsOfBody } from './read.js'

const chunk = (delta: object, finish_reason: string | null = null) => ({
  id: 'c1',
  model: 'm',
  choices: [{ index: 0, delta, finish_reason }],
})
const usage = {
  prompt_tokens: 70,
  prompt_tokens_details: { cached_tokens: 30 },
  completion_tokens: 5,
  completion_tokens_details: { reasoning_tokens: 2 },
}
const tokens = { inputTokens: 70, cacheReadTokens: 30, outputTokens: 5, reasoningTokens: 2 }

describe('an answer of the Chat Completions API', () => {
  test.each<[sentence: string, events: (object | string)[], facts: object]>([
    ['that has begun has no end', [chunk({ role: 'assistant' })], { id: 'c1', ended: undefined }],
    [
      'that has a finish reason completed',
      [chunk({ content: 'Hi' }), chunk({}, 'stop')],
      { ended: 'completed', finishReasons: ['stop'], model: 'm', textLength: 2 },
    ],
    [
      'that calls tools completed',
      [chunk({}, 'tool_calls')],
      { ended: 'completed', finishReasons: ['tool_calls'] },
    ],
    [
      'that became too long is incomplete',
      [chunk({}, 'length')],
      { ended: 'incomplete', finishReasons: ['length'] },
    ],
    [
      'that was filtered is incomplete',
      [chunk({}, 'content_filter')],
      { ended: 'incomplete', finishReasons: ['content_filter'] },
    ],
    [
      'ends with [DONE] where it gives no reason',
      [chunk({ content: 'Hi' }), '[DONE]'],
      { ended: 'completed', finishReasons: undefined },
    ],
    [
      'that is incomplete does not become complete by [DONE]',
      [chunk({}, 'length'), '[DONE]'],
      { ended: 'incomplete' },
    ],
    [
      'tells its tokens behind its end, those of the cache and of reasoning among them',
      [chunk({}, 'stop'), { choices: [], usage }, '[DONE]'],
      tokens,
    ],
    [
      'that ends with an error failed',
      [chunk({ content: 'Hi' }), { error: { code: 'server_error', message: 'Sorry.' } }],
      { ended: 'failed', error: { code: 'server_error', message: 'Sorry.' } },
    ],
    ['that has no error is none', [{ ...chunk({}, 'stop'), error: null }], { ended: 'completed' }],
    [
      'of members that nobody expects says nothing',
      [{ choices: [null, 7, {}], usage: 'much' }, { choices: 'none' }, { choices: {} }],
      { ended: undefined, textLength: undefined, inputTokens: undefined },
    ],
  ])('%s', (_, events, facts) => expectFacts(factsOf('chat', events), facts))

  test('in one piece has its text, its tokens and its end', () => {
    const choices = [{ message: { content: 'Hello' }, finish_reason: 'stop' }]
    expect(factsOfBody('chat', { id: 'c1', choices, usage })).toMatchObject({
      ...tokens,
      id: 'c1',
      textLength: 5,
      ended: 'completed',
    })
  })
})
