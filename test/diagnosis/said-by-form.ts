import type { Spoken } from './spoken-bodies.js'

/** A call of a tool and its result. */
export type Worked = { name: string; given: object; gave: string; isError?: true }

/** The ways in which APIs put calls and results into a request. */
export const FORMS = ['responses', 'chat', 'messages', 'gemini'] as const

export type Form = (typeof FORMS)[number]

/** A request that tells a model about these calls, and an answer that ends the turn. */
export function told(form: Form, worked: readonly Worked[], answer = 'So it is.'): Spoken {
  return SPOKEN[form](worked, answer)
}

const SPOKEN: Record<Form, (worked: readonly Worked[], answer: string) => Spoken> = {
  responses: (worked, text) => ({
    request: {
      model: 'gpt-5.5',
      input: [
        { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Go.' }] },
        ...worked.flatMap(({ name, given, gave }, at) => [
          { type: 'function_call', call_id: `c${at}`, name, arguments: JSON.stringify(given) },
          { type: 'function_call_output', call_id: `c${at}`, output: gave },
        ]),
      ],
    },
    answer: {
      id: 'resp_1',
      object: 'response',
      model: 'gpt-5.5',
      status: 'completed',
      output: [{ type: 'message', role: 'assistant', content: [{ type: 'output_text', text }] }],
      usage: { input_tokens: 20, output_tokens: 5, total_tokens: 25 },
    },
  }),
  chat: (worked, content) => ({
    path: '/chat/completions',
    request: {
      model: 'm-1',
      messages: [
        { role: 'user', content: 'Go.' },
        ...worked.flatMap(({ name, given, gave }, at) => [
          {
            role: 'assistant',
            content: null,
            tool_calls: [
              {
                id: `c${at}`,
                type: 'function',
                function: { name, arguments: JSON.stringify(given) },
              },
            ],
          },
          { role: 'tool', tool_call_id: `c${at}`, content: gave },
        ]),
      ],
    },
    answer: {
      id: 'x',
      model: 'm-1',
      choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content } }],
      usage: { prompt_tokens: 20, completion_tokens: 5, total_tokens: 25 },
    },
  }),
  messages: (worked, text) => ({
    path: '/messages',
    request: {
      model: 'c-1',
      max_tokens: 100,
      messages: [
        { role: 'user', content: 'Go.' },
        ...worked.flatMap(({ name, given, gave, isError }, at) => [
          {
            role: 'assistant',
            content: [{ type: 'tool_use', id: `t${at}`, name, input: given }],
          },
          {
            role: 'user',
            content: [
              {
                type: 'tool_result',
                tool_use_id: `t${at}`,
                content: gave,
                ...(isError && { is_error: true }),
              },
            ],
          },
        ]),
      ],
    },
    answer: {
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: 'c-1',
      stop_reason: 'end_turn',
      content: [{ type: 'text', text }],
      usage: { input_tokens: 20, output_tokens: 5 },
    },
  }),
  // Gemini's calls have no ids unless there are several at once.
  gemini: (worked, text) => ({
    path: '/models/g-1:generateContent',
    request: {
      contents: [
        { role: 'user', parts: [{ text: 'Go.' }] },
        ...worked.flatMap(({ name, given, gave, isError }) => [
          { role: 'model', parts: [{ functionCall: { name, args: given } }] },
          {
            role: 'user',
            parts: [
              {
                functionResponse: { name, response: isError ? { error: gave } : { output: gave } },
              },
            ],
          },
        ]),
      ],
    },
    answer: {
      candidates: [{ content: { role: 'model', parts: [{ text }] }, finishReason: 'STOP' }],
      usageMetadata: { promptTokenCount: 20, candidatesTokenCount: 5, totalTokenCount: 25 },
      modelVersion: 'g-1',
    },
  }),
}
