import { describe, test } from 'vitest'
import { expectFacts, factsOf, factsOfBody } from './read.js'

const usage = { input_tokens: 50, output_tokens: 4_000 }
const tokens = { inputTokens: 50, outputTokens: 4_000 }

describe('an answer of the Images API', () => {
  test.each<[sentence: string, events: object[], facts: object]>([
    [
      'with a part of a picture has no end',
      [{ type: 'image_generation.partial_image' }],
      { ended: undefined },
    ],
    [
      'with a picture completed, and tells its tokens',
      [{ type: 'image_generation.completed', b64_json: 'A', usage }],
      { ended: 'completed', ...tokens },
    ],
    [
      'with a changed picture completed',
      [{ type: 'image_edit.completed', usage }],
      { ended: 'completed', ...tokens },
    ],
    [
      'that ends with an error failed',
      [{ type: 'error', error: { code: 'moderation_blocked', message: 'No.' } }],
      { ended: 'failed', error: { code: 'moderation_blocked', message: 'No.' } },
    ],
  ])('%s', (_, events, facts) => expectFacts(factsOf('images', events), facts))

  test('in one piece has its tokens and its end', () =>
    expectFacts(factsOfBody('images', { data: [{}], usage }), { ended: 'completed', ...tokens }))

  test('that is none has no end', () =>
    expectFacts(factsOfBody('images', { hello: 'world' }), { ended: undefined }))
})
