import {
  apiErrorCode,
  type CauseCode,
  finishCode,
  systemErrorCode,
  type ToldError,
} from '@tacho/model'
import { describe, expect, test } from 'vitest'

describe('what an API means by an error is told by its word, then its message, then its status', () => {
  const errors: [meant: CauseCode, told: ToldError][] = [
    ['rate-limited', { status: 429 }],
    ['rate-limited', { status: 429, type: 'tokens', code: 'rate_limit_exceeded' }],
    [
      'rate-limited',
      {
        status: 429,
        type: 'rate_limit_error',
        message: 'This request would exceed your rate limit.',
      },
    ],
    [
      'rate-limited',
      {
        code: 'rate_limit_exceeded',
        message: 'Rate limit reached for gpt-5. Please try again in 11 s.',
      },
    ],
    [
      'rate-limited',
      {
        status: 429,
        type: 'RESOURCE_EXHAUSTED',
        message: 'Resource has been exhausted (e.g. check quota).',
      },
    ],
    [
      'rate-limited',
      {
        status: 429,
        type: 'RESOURCE_EXHAUSTED',
        message:
          'You exceeded your current quota, please check your plan and billing details. Quota: GenerateRequestsPerMinute. Please retry in 31s.',
      },
    ],
    [
      'quota',
      {
        status: 429,
        type: 'RESOURCE_EXHAUSTED',
        message:
          'You exceeded your current quota, please check your plan and billing details. Quota: GenerateRequestsPerDay.',
      },
    ],
    [
      'quota',
      { status: 429, code: 'insufficient_quota', message: 'You exceeded your current quota.' },
    ],
    ['quota', { status: 429, type: 'usage_limit_reached' }],
    ['quota', { status: 402 }],
    [
      'quota',
      {
        status: 400,
        type: 'invalid_request_error',
        message: 'Your credit balance is too low to access the Anthropic API.',
      },
    ],
    ['overloaded', { status: 529, type: 'overloaded_error', message: 'Overloaded' }],
    ['overloaded', { type: 'overloaded_error' }],
    ['overloaded', { status: 503 }],
    [
      'overloaded',
      {
        status: 503,
        type: 'UNAVAILABLE',
        message: 'The model is overloaded. Please try again later.',
      },
    ],
    ['overloaded', { code: 'server_is_overloaded' }],
    ['overloaded', { code: 'slow_down' }],
    ['overloaded', { status: 500, message: 'Overloaded' }],
    ['server-error', { status: 500, type: 'api_error', message: 'Internal server error' }],
    [
      'server-error',
      { code: 'server_error', message: 'The server had an error while processing your request.' },
    ],
    ['server-error', { status: 504, type: 'DEADLINE_EXCEEDED' }],
    ['server-error', { status: 502 }],
    ['server-error', {}],
    ['auth', { status: 401, code: 'invalid_api_key' }],
    ['auth', { status: 401, type: 'authentication_error', message: 'invalid x-api-key' }],
    ['auth', { status: 403, type: 'permission_error' }],
    ['auth', { status: 403 }],
    ['auth', { status: 407 }],
    [
      'auth',
      {
        status: 400,
        type: 'INVALID_ARGUMENT',
        message: 'API key not valid. Please pass a valid API key.',
      },
    ],
    [
      'context-overflow',
      { status: 400, type: 'invalid_request_error', code: 'context_length_exceeded' },
    ],
    [
      'context-overflow',
      {
        status: 400,
        type: 'invalid_request_error',
        message: 'prompt is too long: 213462 tokens > 200000 maximum',
      },
    ],
    [
      'context-overflow',
      {
        status: 400,
        type: 'invalid_request_error',
        message: 'input length and `max_tokens` exceed context limit: 190000 + 21333 > 200000',
      },
    ],
    [
      'context-overflow',
      { status: 400, message: "This model's maximum context length is 8192 tokens." },
    ],
    [
      'context-overflow',
      {
        status: 400,
        type: 'INVALID_ARGUMENT',
        message:
          'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).',
      },
    ],
    ['model-not-found', { status: 404, type: 'not_found_error', message: 'model: claude-9' }],
    ['model-not-found', { status: 404, code: 'model_not_found' }],
    [
      'model-not-found',
      {
        status: 404,
        type: 'NOT_FOUND',
        message:
          'models/gemini-9 is not found for API version v1beta, or is not supported for generateContent.',
      },
    ],
    [
      'model-not-found',
      {
        status: 403,
        code: 'model_not_found',
        message: 'Project does not have access to model gpt-9',
      },
    ],
    ['model-not-found', { status: 404, code: 'DeploymentNotFound' }],
    ['content-filter', { status: 400, code: 'content_filter' }],
    ['content-filter', { code: 'invalid_prompt', message: 'Your prompt was flagged.' }],
    [
      'bad-request',
      {
        status: 400,
        type: 'invalid_request_error',
        code: 'unknown_parameter',
        message: "Unknown parameter: 'x'.",
      },
    ],
    [
      'bad-request',
      { status: 400, type: 'invalid_request_error', message: 'messages: roles must alternate' },
    ],
    ['bad-request', { status: 413, type: 'request_too_large' }],
    ['bad-request', { status: 404 }],
    ['bad-request', { status: 400, type: 'FAILED_PRECONDITION' }],
  ]
  test.each(errors)('%s: %o', (meant, told) => {
    expect(apiErrorCode(told)).toBe(meant)
  })
})

describe('why an answer ended early is told by the reason that its API gives', () => {
  const reasons: [reason: string, meant: CauseCode | undefined][] = [
    ['max_output_tokens', 'output-truncated'],
    ['length', 'output-truncated'],
    ['max_tokens', 'output-truncated'],
    ['MAX_TOKENS', 'output-truncated'],
    ['content_filter', 'content-filter'],
    ['SAFETY', 'content-filter'],
    ['PROHIBITED_CONTENT', 'content-filter'],
    ['RECITATION', 'content-filter'],
    ['refusal', 'refusal'],
    ['model_context_window_exceeded', 'context-overflow'],
    ['MALFORMED_FUNCTION_CALL', 'malformed-stream'],
    ['stop', undefined],
    ['end_turn', undefined],
    ['STOP', undefined],
    ['tool_use', undefined],
    ['constructor', undefined],
  ]
  test.each(reasons)('%s', (reason, meant) => {
    expect(finishCode(reason)).toBe(meant)
  })
})

describe('what a connection suffered is told by the system’s code', () => {
  const codes: [code: string, hasBegun: boolean, meant: CauseCode | undefined][] = [
    ['ECONNREFUSED', false, 'connection-refused'],
    ['ENOTFOUND', false, 'dns'],
    ['EAI_AGAIN', false, 'dns'],
    ['ECONNRESET', false, 'connection-reset'],
    ['ECONNRESET', true, 'reset-mid-stream'],
    ['EPIPE', true, 'reset-mid-stream'],
    ['ETIMEDOUT', false, 'unreachable'],
    ['EHOSTUNREACH', false, 'unreachable'],
    ['PROXY_REFUSED', false, 'unreachable'],
    ['CERT_HAS_EXPIRED', false, 'tls'],
    ['SELF_SIGNED_CERT_IN_CHAIN', false, 'tls'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', false, 'tls'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', false, 'tls'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', false, 'tls'],
    ['EPROTO', false, 'tls'],
    ['HPE_INVALID_CONSTANT', false, 'malformed-stream'],
    ['ESOMETHING', false, undefined],
    ['toString', false, undefined],
  ]
  test.each(codes)('%s, begun: %s', (code, hasBegun, meant) => {
    expect(systemErrorCode(code, hasBegun)).toBe(meant)
  })
})

test.each<[meant: CauseCode, told: ToldError]>([
  ['quota', { status: 402, message: 'Payment Required' }],
  [
    'quota',
    {
      status: 402,
      code: '402',
      message:
        'This request requires more credits, or fewer max_tokens. You requested up to 32000 tokens, but can only afford 1234.',
    },
  ],
  ['quota', { status: 403, message: 'Your organization has exceeded its monthly spend limit' }],
  [
    'quota',
    {
      status: 400,
      type: 'invalid_request_error',
      message:
        'You have reached your specified API usage limits. You will regain access on 2026-12-01 at 00:00 UTC.',
    },
  ],
  [
    'rate-limited',
    { status: 429, message: '{"message":"Too many tokens, please wait before trying again."}' },
  ],
  [
    'rate-limited',
    {
      status: 400,
      type: 'ThrottlingException',
      message: 'Too many tokens, please wait before trying again.',
    },
  ],
  [
    'overloaded',
    { status: 429, message: 'Selected model is at capacity. Please try a different model.' },
  ],
  ['overloaded', { status: 498, message: 'Flex tier capacity exceeded' }],
  [
    'overloaded',
    {
      status: 429,
      code: 'rate_limit_exceeded',
      message: 'The engine is currently overloaded, please try again later',
    },
  ],
  ['server-error', { status: 520 }],
  ['server-error', { status: 524 }],
  ['server-error', { status: 504, message: 'Gateway Timeout' }],
  ['server-error', { status: 408, message: 'Request Timeout' }],
  [
    'auth',
    { status: 401, type: 'invalid_request_error', message: "You didn't provide an API key." },
  ],
  [
    'auth',
    {
      status: 400,
      message: 'API key expired. Please renew the API key.',
      type: 'INVALID_ARGUMENT',
    },
  ],
  [
    'context-overflow',
    {
      status: 400,
      message:
        'input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000, decrease input length or `max_tokens` and try again',
    },
  ],
  [
    'context-overflow',
    { status: 400, message: 'the request exceeds the available context size, try increasing it' },
  ],
  [
    'context-overflow',
    {
      status: 400,
      type: 'exceed_context_size_error',
      message: 'the request exceeds the available context size',
    },
  ],
  [
    'context-overflow',
    { status: 500, message: 'Input length 140000 exceeds the maximum length 131072' },
  ],
  [
    'context-overflow',
    {
      status: 422,
      message:
        'Input validation error: `inputs` tokens + `max_new_tokens` must be <= 8192. Given: 9000 `inputs` tokens',
    },
  ],
  ['model-not-found', { status: 400, message: 'claude-9 is not a valid model ID' }],
  ['model-not-found', { status: 404, message: 'No endpoints found for foo/bar.' }],
  [
    'model-not-found',
    {
      status: 400,
      type: 'ValidationException',
      message: 'The provided model identifier is invalid.',
    },
  ],
  [
    'model-not-found',
    { status: 403, message: 'Project `proj_x` does not have access to model `gpt-5`' },
  ],
  [
    'model-not-found',
    { status: 404, message: 'The model `gpt-4-32k` has been deprecated, learn more here' },
  ],
  [
    'content-filter',
    {
      status: 400,
      type: 'invalid_request_error',
      message: 'Output blocked by content filtering policy',
    },
  ],
  ['content-filter', { status: 403, message: 'Input was flagged by moderation', code: '403' }],
])('%s, in the words of a gateway or another provider: %j', (meant, told) => {
  expect(apiErrorCode(told)).toBe(meant)
})
