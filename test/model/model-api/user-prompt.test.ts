import { userPromptOf } from '@tacho/model'
import { expect, test } from 'vitest'

const text = (text: string) => ({ type: 'input_text', text })
const user = (...content: object[]) => ({ type: 'message', role: 'user', content })

test.each<[what: string, request: Record<string, unknown>, prompt: string | undefined]>([
  ['a text', { input: 'fix it' }, 'fix it'],
  ['Responses', { input: [user(text('first')), user(text('second'))] }, 'second'],
  [
    'what Codex says for its user is none of theirs',
    {
      input: [
        user(text('# AGENTS.md instructions for /home/ada\n\nBe kind.')),
        user(text('<environment_context>\n<cwd>/</cwd>\n</environment_context>')),
        user(text('fix <b>it</b>')),
        { type: 'function_call_output', call_id: 'call_1', output: 'no' },
      ],
    },
    'fix <b>it</b>',
  ],
  [
    'Chat Completions',
    {
      messages: [
        { role: 'system', content: 'be kind' },
        { role: 'user', content: 'fix it' },
        { role: 'assistant', content: 'done' },
      ],
    },
    'fix it',
  ],
  [
    'Messages, with what a tool gave after it and what Claude Code puts in',
    {
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: '<system-reminder>today</system-reminder>' },
            { type: 'text', text: 'fix it' },
          ],
        },
        { role: 'user', content: [{ type: 'tool_result', content: 'done' }] },
      ],
    },
    'fix it',
  ],
  ['Gemini', { contents: [{ role: 'user', parts: [{ text: 'fix it' }] }] }, 'fix it'],
  ['no prompt', { model: 'gpt-5.5' }, undefined],
  ['something else', { input: 3, messages: [null, 'x', { role: 'user', content: 4 }] }, undefined],
])('the prompt of a request: %s', (_, request, prompt) => {
  expect(userPromptOf(request)).toBe(prompt)
})

test('a prompt of megabytes that looks like a tag is read at once', () => {
  const long = `<a ${'</a>'.repeat(1_000_000)} x`
  expect(userPromptOf({ input: [user(text(long))] })).toBe(long)
})
