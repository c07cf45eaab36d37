import { describe, test } from 'vitest'
import { expectFacts, factsOf, factsOfBody } from './read.js'

const start = (usage: object) => ({
  type: 'message_start',
  message: { id: 'm1', model: 'claude', usage },
})
const text = (text: string) => ({
  type: 'content_block_delta',
  delta: { type: 'text_delta', text },
})
const stop = (stop_reason: string, usage: object = {}) => ({
  type: 'message_delta',
  delta: { stop_reason },
  usage,
})
const cached = {
  input_tokens: 10,
  cache_read_input_tokens: 500,
  cache_creation_input_tokens: 40,
  output_tokens: 1,
}
const tokens = { inputTokens: 550, cacheReadTokens: 500, cacheCreationTokens: 40 }

describe('an answer of the Messages API', () => {
  test.each<[sentence: string, events: (object | string)[], facts: object]>([
    [
      'that has begun has an id, a model, and no end',
      [start({})],
      { id: 'm1', model: 'claude', ended: undefined, inputTokens: undefined },
    ],
    ['counts what came from the cache and went to it as input', [start(cached)], tokens],
    [
      'tells at its end how many tokens it has',
      [start(cached), stop('end_turn', { output_tokens: 77 })],
      { ...tokens, outputTokens: 77 },
    ],
    [
      'can say its input anew without that of the cache',
      [start(cached), stop('end_turn', { input_tokens: 12, output_tokens: 77 })],
      { ...tokens, inputTokens: 552 },
    ],
    [
      'can say the cache anew without its input',
      [start(cached), stop('end_turn', { cache_read_input_tokens: 501 })],
      { ...tokens, inputTokens: 551, cacheReadTokens: 501 },
    ],
    ['without a cache has its input', [start({ input_tokens: 7 })], { inputTokens: 7 }],
    [
      'that was stopped by its end completed',
      [start({}), text('Hello'), stop('end_turn'), { type: 'message_stop' }],
      { ended: 'completed', finishReasons: ['end_turn'], textLength: 5 },
    ],
    ['that calls tools completed', [stop('tool_use')], { ended: 'completed' }],
    ['that reached a stop sequence completed', [stop('stop_sequence')], { ended: 'completed' }],
    ['that waits for its agent completed', [stop('pause_turn')], { ended: 'completed' }],
    ['that became too long is incomplete', [stop('max_tokens')], { ended: 'incomplete' }],
    [
      'that filled its context is incomplete',
      [stop('model_context_window_exceeded')],
      { ended: 'incomplete' },
    ],
    ['that was refused is incomplete', [stop('refusal')], { ended: 'incomplete' }],
    [
      'that is incomplete does not become complete by its last event',
      [stop('max_tokens'), { type: 'message_stop' }],
      { ended: 'incomplete' },
    ],
    ['ends with its last event', [{ type: 'message_stop' }], { ended: 'completed' }],
    [
      'that ends with an error failed',
      [start({}), { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }],
      { ended: 'failed', error: { type: 'overloaded_error', message: 'Overloaded' } },
    ],
    [
      'has no text where a tool’s input or a thought came',
      [
        { type: 'content_block_delta', delta: { type: 'input_json_delta', partial_json: '{' } },
        { type: 'content_block_delta', delta: { type: 'thinking_delta', thinking: 'Hm.' } },
      ],
      { textLength: undefined },
    ],
    ['does not end with a ping', [{ type: 'ping' }], { ended: undefined }],
    [
      'of members that nobody expects says nothing',
      [
        { type: 'message_start', message: null },
        { type: 'message_delta', delta: 7, usage: [] },
        { type: 'content_block_delta' },
      ],
      { ended: undefined, inputTokens: undefined },
    ],
  ])('%s', (_, events, facts) => expectFacts(factsOf('messages', events), facts))
})

describe('an answer of the Messages API in one piece', () => {
  test.each<[sentence: string, body: object, facts: object]>([
    [
      'has its text, its tokens and its end',
      {
        id: 'm1',
        model: 'claude',
        content: [{ type: 'text', text: 'Hello' }],
        stop_reason: 'end_turn',
        usage: { ...cached, output_tokens: 9 },
      },
      { ...tokens, id: 'm1', model: 'claude', textLength: 5, outputTokens: 9, ended: 'completed' },
    ],
    [
      'can have a content that is nothing',
      { content: [null], stop_reason: 'end_turn' },
      { ended: 'completed', textLength: undefined },
    ],
    [
      'can be an error',
      { type: 'error', error: { type: 'invalid_request_error', message: 'No.' } },
      { ended: 'failed', error: { type: 'invalid_request_error', message: 'No.' } },
    ],
  ])('%s', (_, body, facts) => expectFacts(factsOfBody('messages', body), facts))
})
