import { endsAnswer } from '@tacho/model'
import { expect, test } from 'vitest'

for (const [what, message, wanted] of [
  ['the last event', '{"type":"response.completed","response":{"id":"r"}}', true],
  ['a delta', '{"type":"response.output_text.delta","delta":"response.completed"}', false],
  ['a last event that is not JSON', '{"type":"response.completed","response":{"usage":', true],
  [
    'a last event whose parts are not what they must be',
    '{"type":"response.failed","response":7}',
    true,
  ],
  ['an event of another kind that is not JSON', '{"type":"response.created","response":{', false],
  ['what is no event', 'hello', false],
] as const) {
  test(`over a WebSocket, ${what} ${wanted ? 'ends' : 'does not end'} the answer`, () => {
    expect(endsAnswer(Buffer.from(message))).toBe(wanted)
  })
}
