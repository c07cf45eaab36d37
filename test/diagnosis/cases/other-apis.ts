import type { CauseCode } from '@tacho/model'
import type { DiagnosisCase } from '../case.js'
import { type Spoken, speaks } from '../spoken-bodies.js'

const CHAT = {
  path: '/chat/completions',
  request: { model: 'm-1', messages: [{ role: 'user', content: 'Hello' }], stream: true },
}
const CHAT_WHOLE = {
  path: '/chat/completions',
  request: { model: 'm-1', messages: [{ role: 'user', content: 'Hello' }] },
}
const MESSAGES = {
  path: '/messages',
  request: {
    model: 'c-1',
    max_tokens: 100,
    stream: true,
    messages: [{ role: 'user', content: 'Hello' }],
  },
}
const MESSAGES_WHOLE = {
  path: '/messages',
  request: { model: 'c-1', max_tokens: 100, messages: [{ role: 'user', content: 'Hello' }] },
}
const GEMINI = {
  path: '/models/g-1:streamGenerateContent?alt=sse',
  request: { contents: [{ role: 'user', parts: [{ text: 'Hello' }] }] },
}
const GEMINI_WHOLE = {
  path: '/models/g-1:generateContent',
  request: { contents: [{ role: 'user', parts: [{ text: 'Hello' }] }] },
}

function told(injected: CauseCode, what: string, spoken: Spoken, exitCode = 1): DiagnosisCase {
  const title = `${injected}: ${what}`
  return { title, injected, record: speaks(title, [spoken], exitCode) }
}

const chunk = (delta: object, finish_reason: string | null = null) => ({
  id: 'c1',
  object: 'chat.completion.chunk',
  model: 'm-1',
  choices: [{ index: 0, delta, finish_reason }],
})
const started = {
  type: 'message_start',
  message: { id: 'msg_1', model: 'c-1', usage: { input_tokens: 10, output_tokens: 1 } },
}
const stopped = (stop_reason: string) => [
  started,
  { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
  { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'I begin' } },
  { type: 'content_block_stop', index: 0 },
  { type: 'message_delta', delta: { stop_reason }, usage: { output_tokens: 7 } },
  { type: 'message_stop' },
]
const candidate = (finishReason: string | undefined, text = 'I begin') => ({
  candidates: [
    { content: { role: 'model', parts: [{ text }] }, ...(finishReason && { finishReason }) },
  ],
  usageMetadata: { promptTokenCount: 5, candidatesTokenCount: 3, totalTokenCount: 8 },
  modelVersion: 'g-1',
})

export const OTHER_API_CASES: readonly DiagnosisCase[] = [
  told('overloaded', 'Messages, 529', {
    ...MESSAGES_WHOLE,
    status: 529,
    answer: { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } },
  }),
  told('overloaded', 'Messages, in the stream', {
    ...MESSAGES,
    answer: [
      started,
      { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } },
    ],
  }),
  told('context-overflow', 'Chat Completions', {
    ...CHAT_WHOLE,
    status: 400,
    answer: {
      error: {
        message:
          "This model's maximum context length is 128000 tokens. However, your messages resulted in 130000 tokens.",
        type: 'invalid_request_error',
        param: 'messages',
        code: 'context_length_exceeded',
      },
    },
  }),
  told('context-overflow', 'Messages, prompt is too long', {
    ...MESSAGES_WHOLE,
    status: 400,
    answer: {
      type: 'error',
      error: {
        type: 'invalid_request_error',
        message: 'prompt is too long: 213462 tokens > 200000 maximum',
      },
    },
  }),
  told('context-overflow', 'Messages, stop reason', {
    ...MESSAGES,
    answer: stopped('model_context_window_exceeded'),
  }),
  told('quota', 'Chat Completions', {
    ...CHAT_WHOLE,
    status: 429,
    answer: {
      error: {
        message: 'You exceeded your current quota, please check your plan and billing details.',
        type: 'insufficient_quota',
        param: null,
        code: 'insufficient_quota',
      },
    },
  }),
  told('quota', 'Messages, no credit', {
    ...MESSAGES_WHOLE,
    status: 400,
    answer: {
      type: 'error',
      error: {
        type: 'invalid_request_error',
        message: 'Your credit balance is too low to access the Anthropic API.',
      },
    },
  }),
  told('rate-limited', 'Messages', {
    ...MESSAGES_WHOLE,
    status: 429,
    answer: {
      type: 'error',
      error: {
        type: 'rate_limit_error',
        message: 'This request would exceed your rate limit of 50 requests per minute.',
      },
    },
  }),
  told('rate-limited', 'Gemini', {
    ...GEMINI_WHOLE,
    status: 429,
    answer: {
      error: {
        code: 429,
        message: 'Resource has been exhausted (e.g. check quota).',
        status: 'RESOURCE_EXHAUSTED',
      },
    },
  }),
  told('overloaded', 'Gemini', {
    ...GEMINI_WHOLE,
    status: 503,
    answer: {
      error: {
        code: 503,
        message: 'The model is overloaded. Please try again later.',
        status: 'UNAVAILABLE',
      },
    },
  }),
  told('auth', 'Gemini, 400', {
    ...GEMINI_WHOLE,
    status: 400,
    answer: {
      error: {
        code: 400,
        message: 'API key not valid. Please pass a valid API key.',
        status: 'INVALID_ARGUMENT',
        details: [{ reason: 'API_KEY_INVALID' }],
      },
    },
  }),
  told('auth', 'Messages', {
    ...MESSAGES_WHOLE,
    status: 401,
    answer: {
      type: 'error',
      error: { type: 'authentication_error', message: 'invalid x-api-key' },
    },
  }),
  told('model-not-found', 'Messages', {
    ...MESSAGES_WHOLE,
    status: 404,
    answer: { type: 'error', error: { type: 'not_found_error', message: 'model: c-1' } },
  }),
  told('model-not-found', 'Gemini', {
    ...GEMINI_WHOLE,
    status: 404,
    answer: {
      error: {
        code: 404,
        message: 'models/g-1 is not found for API version v1beta.',
        status: 'NOT_FOUND',
      },
    },
  }),
  told(
    'content-filter',
    'Chat Completions',
    {
      ...CHAT,
      answer: [chunk({ role: 'assistant', content: 'I begin' }), chunk({}, 'content_filter')],
    },
    0,
  ),
  told('content-filter', 'Azure', {
    ...CHAT_WHOLE,
    status: 400,
    answer: {
      error: {
        message:
          "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.",
        code: 'content_filter',
        status: 400,
        innererror: { code: 'ResponsibleAIPolicyViolation' },
      },
    },
  }),
  told(
    'content-filter',
    'Gemini, SAFETY',
    { ...GEMINI, answer: [candidate(undefined), candidate('SAFETY', '')] },
    0,
  ),
  told(
    'content-filter',
    'Gemini, a blocked prompt',
    { ...GEMINI_WHOLE, answer: { promptFeedback: { blockReason: 'PROHIBITED_CONTENT' } } },
    0,
  ),
  told(
    'output-truncated',
    'Chat Completions',
    { ...CHAT, answer: [chunk({ content: 'I begin' }), chunk({}, 'length')] },
    0,
  ),
  told('output-truncated', 'Messages', { ...MESSAGES, answer: stopped('max_tokens') }, 0),
  told('output-truncated', 'Gemini', { ...GEMINI, answer: [candidate('MAX_TOKENS')] }, 0),
  told('refusal', 'Messages', { ...MESSAGES, answer: stopped('refusal') }, 0),
  told(
    'refusal',
    'Chat Completions',
    {
      ...CHAT,
      answer: [chunk({ role: 'assistant', refusal: 'I cannot help.' }), chunk({}, 'stop')],
    },
    0,
  ),
]
