import { describe, test } from 'vitest'
import { expectFacts, factsOf, factsOfBody } from './read.js'

// The events are those of platform.openai.com/docs/api-reference/responses-streaming, reduced to
// what we read of them.
const created = { type: 'response.created', response: { id: 'r1', status: 'in_progress' } }
const delta = (text: string) => ({ type: 'response.output_text.delta', delta: text })
const ends = (type: string, response: object) => ({ type, response: { id: 'r1', ...response } })
const completed = (more: object = {}) =>
  ends('response.completed', { status: 'completed', ...more })
const output = [{ type: 'message', content: [{ type: 'output_text', text: 'Hello' }] }]

describe('an answer of the Responses API', () => {
  test.each<[sentence: string, events: (object | string)[], facts: object]>([
    ['that has begun has an id and no end', [created], { id: 'r1' }],
    [
      'that completed says so, and with which model',
      [created, completed({ model: 'm' })],
      { id: 'r1', model: 'm', ended: 'completed', finishReasons: ['completed'] },
    ],
    [
      'tells its tokens, those of the cache and of reasoning among them',
      [
        completed({
          usage: {
            input_tokens: 70,
            input_tokens_details: { cached_tokens: 30 },
            output_tokens: 5,
            output_tokens_details: { reasoning_tokens: 2 },
          },
        }),
      ],
      { inputTokens: 70, cacheReadTokens: 30, outputTokens: 5, reasoningTokens: 2 },
    ],
    ['that tells no tokens has none', [completed({ usage: null })], { inputTokens: undefined }],
    [
      'was stopped by the API where it is incomplete, for the reason that it gives',
      [ends('response.incomplete', incomplete('max_output_tokens'))],
      { ended: 'incomplete', finishReasons: ['max_output_tokens'] },
    ],
    [
      'that is incomplete tells its tokens as well',
      [
        ends('response.incomplete', {
          ...incomplete('content_filter'),
          usage: { output_tokens: 3 },
        }),
      ],
      { ended: 'incomplete', outputTokens: 3 },
    ],
    [
      'that was cancelled in the background is incomplete',
      [ends('response.cancelled', { status: 'cancelled' })],
      { ended: 'incomplete', finishReasons: ['cancelled'] },
    ],
    [
      'that failed has the error of its response',
      [ends('response.failed', failed({ code: 'context_length_exceeded', message: 'Too long.' }))],
      { ended: 'failed', error: { code: 'context_length_exceeded', message: 'Too long.' } },
    ],
    [
      'that failed without a word has no error, and failed',
      [ends('response.failed', { status: 'failed' })],
      { ended: 'failed', error: undefined },
    ],
    [
      'that ends with an error has what its event says',
      [created, { type: 'error', code: 'rate_limit_exceeded', message: 'Slow.', param: null }],
      { ended: 'failed', error: { code: 'rate_limit_exceeded', message: 'Slow.' } },
    ],
    [
      'that ends with an error over a WebSocket has the status that it stands for',
      [{ type: 'error', status: 429, error: { type: 'usage_limit_reached', message: 'No more.' } }],
      {
        ended: 'failed',
        error: { status: 429, type: 'usage_limit_reached', message: 'No more.' },
      },
    ],
    [
      'that is done, as older Codexes were told it, completed',
      [ends('response.done', { usage: { output_tokens: 9 } })],
      { ended: 'completed', outputTokens: 9 },
    ],
    [
      'that is done and failed, failed',
      [ends('response.done', { status: 'failed' })],
      { ended: 'failed' },
    ],
    ['has the length of its deltas', [delta('Hel'), delta('lo'), completed()], { textLength: 5 }],
    ['counts text in UTF-16', [delta('🙂')], { textLength: 2 }],
    [
      'repeats its text at its end, where it is not counted again',
      [delta('Hello'), completed({ output })],
      { textLength: 5 },
    ],
    ['that came at once has its text at its end', [completed({ output })], { textLength: 5 }],
    ['without text has none of length 0', [created, completed()], { textLength: undefined }],
    [
      'does not end with a part of it that is done',
      [{ type: 'response.output_item.done', item: { status: 'completed' } }],
      { ended: undefined },
    ],
    [
      'of members that nobody expects says nothing',
      [{ type: 'response.completed', response: null }, { type: 7 }, [null], 'null', '{'],
      { ended: 'completed', id: undefined },
    ],
  ])('%s', (_, events, facts) => expectFacts(factsOf('responses', events), facts))
})

describe('an answer of the Responses API in one piece', () => {
  test.each<[sentence: string, body: object, facts: object]>([
    [
      'has its text, its tokens and its end',
      { id: 'r1', status: 'completed', output, usage: { input_tokens: 3, output_tokens: 4 } },
      { id: 'r1', ended: 'completed', textLength: 5, inputTokens: 3, outputTokens: 4 },
    ],
    [
      'can be incomplete',
      { status: 'incomplete', incomplete_details: { reason: 'content_filter' } },
      { ended: 'incomplete', finishReasons: ['content_filter'] },
    ],
    ['can have failed', failed({ code: 'server_error' }), { ended: 'failed' }],
    ['in the background has no end yet', { status: 'queued', output: [] }, { ended: undefined }],
    [
      'that is a compaction has no status, and is whole',
      {
        object: 'response.compaction',
        output: [{ type: 'compaction' }],
        usage: { input_tokens: 9 },
      },
      { ended: 'completed', inputTokens: 9 },
    ],
    ['that is something else has no end', { hello: 'world' }, { ended: undefined }],
  ])('%s', (_, body, facts) => expectFacts(factsOfBody('responses', body), facts))
})

function incomplete(reason: string): object {
  return { status: 'incomplete', incomplete_details: { reason } }
}

function failed(error: object): object {
  return { status: 'failed', error }
}
