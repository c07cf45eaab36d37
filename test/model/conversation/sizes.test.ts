import { readModelRequest, sizesOf } from '@tacho/model'
import { expect, test } from 'vitest'

test('each part has its kind, its size and what it is about', () => {
  const body = {
    instructions: 'You fix.',
    tools: [{ type: 'function', name: 'exec', description: 'Runs.' }],
    input: [
      { role: 'developer', content: 'Ask first.' },
      { role: 'user', content: 'fix é' },
      { type: 'reasoning', summary: [], encrypted_content: 'x'.repeat(400) },
      { type: 'function_call', call_id: 'c1', name: 'exec', arguments: '{"cmd":"cat a"}' },
      { type: 'function_call_output', call_id: 'c1', output: 'a'.repeat(100) },
      { role: 'user', content: [{ type: 'input_image', image_url: 'data:image/png;base64,AAAA' }] },
      { role: 'assistant', content: [{ type: 'output_text', text: 'Done.' }] },
    ],
    text: { format: { type: 'text' } },
    temperature: 1,
  }
  const sizes = sizesOf(readModelRequest('https://a.example/v1/responses', body))
  expect(
    sizes.map(({ kind, name, message, bytes, estimatedTokens }) => {
      return [kind, name, message, bytes, estimatedTokens]
    }),
  ).toEqual([
    ['tool-definition', 'exec', undefined, JSON.stringify(body.tools[0]).length, 14],
    ['instructions', 'system', undefined, 8, 2],
    ['instructions', 'developer', 1, 10, 3],
    ['user', 'user', 2, 6, 2],
    ['reasoning', 'assistant', 3, 400, 100],
    ['tool-call', 'exec', 4, 15, 4],
    ['tool-output', 'exec', 5, 100, 25],
    ['image', 'image/png', 6, 3, undefined],
    ['assistant', 'assistant', 7, 5, 2],
    ['parameter', 'text', undefined, 26, 7],
  ])
  expect(sizes[6]?.about).toBe('{"cmd":"cat a"}')
})
