import { apiErrorCode, type CauseCode } from '@tacho/model'
import { expect, test } from 'vitest'
import { apiErrorOf } from '../../../packages/model/dist/model-api/api-error.js'
import { REFUSALS } from '../../diagnosis/refusals.js'

function meantBy(status: number, answer: object | string): CauseCode {
  const told = typeof answer === 'string' ? {} : apiErrorOf({ ...answer })
  return apiErrorCode({ status, ...told })
}

// `npm run diagnosis` has them as sessions.
test.each(REFUSALS)('%s: %s', (meant, _who, _form, status, answer) => {
  expect(meantBy(status, answer)).toBe(meant)
})

/** A body, or the message of its `error` and the error's other members. */
const MORE: [meant: CauseCode, status: number, answer: object | string, more?: object][] = [
  [
    'rate-limited',
    429,
    'Resource exhausted, please try again later.',
    { status: 'RESOURCE_EXHAUSTED', code: 429 },
  ],
  [
    'rate-limited',
    429,
    {
      type: 'error',
      error: {
        type: 'rate_limit_error',
        message: 'Number of concurrent connections has exceeded your rate limit.',
      },
    },
  ],
  ['rate-limited', 429, { message: 'API rate limit exceeded' }],
  ['rate-limited', 503, { __type: 'ThrottlingException', message: 'Rate exceeded' }],
  [
    'rate-limited',
    400,
    { code: 'Throttling.User', message: 'Request was denied due to user flow control.' },
  ],
  [
    'rate-limited',
    500,
    'litellm.RateLimitError: VertexAIException - quota per minute',
    { code: '429' },
  ],
  [
    'rate-limited',
    429,
    'You have hit your rate limit: 60 requests per minute',
    { type: 'rate_limit_exceeded' },
  ],
  [
    'quota',
    429,
    'You exceeded your current quota, please migrate to a paid plan.',
    { type: 'insufficient_quota' },
  ],
  ['quota', 403, 'This organization has run out of prepaid credits.', { code: 'no_credits' }],
  ['quota', 402, { error: 'Payment required' }],
  ['quota', 429, 'Monthly token allowance used up. Upgrade your plan to continue.'],
  ['quota', 429, '已达到 5 小时的使用上限。您的限额将在 12:00 重置。', { code: '1308' }],
  ['quota', 400, 'Your trial has ended. Please add a payment method.'],
  [
    'quota',
    403,
    'Key limit exceeded (monthly limit). Manage it using https://openrouter.ai/settings/keys',
    { code: 403 },
  ],
  ['quota', 429, 'You’ve hit your session limit · resets 3pm', { type: 'rate_limit_error' }],
  ['overloaded', 500, 'The server is currently overloaded. Please retry.'],
  [
    'overloaded',
    503,
    'The service is currently unavailable.',
    { code: 503, status: 'UNAVAILABLE' },
  ],
  ['overloaded', 429, '当前模型请求量过高，请稍后重试', { code: 'model_busy' }],
  ['overloaded', 429, 'No available instances, the deployment is scaling up'],
  ['server-error', 500, 'An unexpected error occurred', { type: 'internal_server_error' }],
  ['server-error', 502, 'Upstream idle timeout exceeded', { code: 502 }],
  ['server-error', 500, { detail: 'CUDA out of memory' }],
  ['server-error', 504, { message: 'Endpoint request timed out' }],
  ['auth', 401, 'Authorization Token非法，请确认正确传递。', { code: '1002' }],
  [
    'auth',
    403,
    { Message: 'User is not authorized to access this resource with an explicit deny' },
  ],
  ['auth', 403, { message: 'Missing Authentication Token' }],
  [
    'auth',
    400,
    'API Key not found. Please pass a valid API key.',
    { code: 400, status: 'INVALID_ARGUMENT' },
  ],
  ['auth', 401, { error: 'invalid_token', error_description: 'The access token expired' }],
  [
    'auth',
    403,
    'Requests from referer <empty> are blocked.',
    { status: 'PERMISSION_DENIED', code: 403 },
  ],
  ['auth', 400, { message: 'The security token included in the request is invalid.' }],
  ['auth', 400, 'invalid_grant: Token has been expired or revoked.'],
  [
    'bad-request',
    400,
    "Invalid value for 'content': expected a string, got null.",
    { type: 'invalid_request_error' },
  ],
  [
    'bad-request',
    400,
    "messages.3.content.0.type: Expected 'thinking' or 'redacted_thinking', but found 'text'",
    { type: 'invalid_request_error' },
  ],
  [
    'bad-request',
    400,
    "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'.",
    { type: 'invalid_request_error' },
  ],
  [
    'bad-request',
    400,
    "Invalid 'tools[0].name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.",
  ],
  [
    'bad-request',
    400,
    "Invalid 'tools': array too long. Expected an array with maximum length 128, but got an array with length 140 instead.",
    { code: 'array_above_max_length' },
  ],
  [
    'bad-request',
    400,
    'Request contains an invalid argument.',
    { code: 400, status: 'INVALID_ARGUMENT' },
  ],
  [
    'bad-request',
    400,
    'Your organization must be verified to stream this model.',
    { code: 'unsupported_value' },
  ],
  ['bad-request', 415, 'Unsupported Media Type'],
  ['bad-request', 400, 'tool_choice is not supported when thinking is enabled'],
  ['bad-request', 400, 'The model does not support image input.'],
  [
    'context-overflow',
    400,
    'Input tokens exceed the configured limit of 272000 tokens. Your messages resulted in 280000 tokens.',
    { code: 'context_length_exceeded' },
  ],
  [
    'context-overflow',
    400,
    { message: 'Input tokens exceed the configured limit of 272000 tokens.' },
  ],
  ['context-overflow', 400, 'Please reduce the length of the messages.'],
  [
    'context-overflow',
    400,
    'The request was too large: 210000 tokens, while the model accepts 200000 tokens',
  ],
  ['context-overflow', 413, 'prompt is too long'],
  [
    'context-overflow',
    400,
    'the number of tokens in the conversation (40000) is larger than the maximum (32768)',
  ],
  ['context-overflow', 400, { message: 'Conversation too long' }],
  ['context-overflow', 400, '输入的 tokens 总数超过模型最大长度限制', { code: '1210' }],
  [
    'model-not-found',
    404,
    'The model or endpoint gpt-9 does not exist or you do not have access to it.',
    { code: 'NotFound' },
  ],
  ['model-not-found', 400, 'Model gpt-9 is not supported by this endpoint'],
  ['model-not-found', 404, { error: "model 'gpt-9' not found" }],
  ['model-not-found', 400, 'unknown model: gpt-9'],
  [
    'model-not-found',
    400,
    { message: 'Could not resolve the foundation model from the provided model identifier.' },
  ],
  ['model-not-found', 404, 'This model has been sunset on 2026-01-01'],
  ['model-not-found', 403, 'You are not allowed to sample from this model'],
  [
    'content-filter',
    400,
    'Your request was rejected as a result of our safety system.',
    { code: 'content_policy_violation' },
  ],
  ['content-filter', 400, 'The response was blocked due to safety reasons.'],
  [
    'content-filter',
    400,
    'Invalid prompt: we have limited access to this content for safety reasons.',
    { code: 'invalid_prompt' },
  ],
  [
    'content-filter',
    403,
    'Content violates usage guidelines. Failed check: SAFETY_CHECK_TYPE_CSAM',
  ],
  ['content-filter', 400, '内容安全检查未通过'],
  [
    'bad-request',
    400,
    "Invalid type for 'input[2].content[0]': expected an object, but got a string instead.",
    { type: 'invalid_request_error' },
  ],
  [
    'bad-request',
    400,
    "Missing required parameter: 'messages[3].tool_call_id'.",
    { code: 'missing_required_parameter' },
  ],
  [
    'bad-request',
    400,
    'No tool output found for function call call_abc.',
    { type: 'invalid_request_error', param: 'input' },
  ],
  ['bad-request', 400, '`temperature` must be <= 1', { type: 'invalid_request_error' }],
  ['bad-request', 400, 'messages: at least one message is required'],
  [
    'bad-request',
    400,
    'messages.1.content.0.text: text content blocks must contain non-whitespace text',
  ],
  [
    'bad-request',
    400,
    'tools.0.custom.input_schema: JSON schema is invalid. It must match JSON Schema draft 2020-12',
  ],
  [
    'bad-request',
    400,
    'Invalid JSON payload received. Unknown name "foo" at \'tools[0]\': Cannot find field.',
    { status: 'INVALID_ARGUMENT' },
  ],
  ['bad-request', 400, 'We could not parse the JSON body of your request.'],
  ['bad-request', 400, 'Unexpected token < in JSON at position 0'],
  [
    'bad-request',
    400,
    "Item 'rs_1' of type 'reasoning' was provided without its required following item.",
  ],
  ['bad-request', 400, 'reasoning.effort: value is not one of low, medium, high'],
  ['bad-request', 400, 'thinking.budget_tokens must be less than max_tokens'],
  [
    'bad-request',
    400,
    '`max_tokens` must be greater than `thinking.budget_tokens`. Please consult our documentation',
  ],
  ['bad-request', 400, 'A maximum of 4 blocks with cache_control may be provided. Found 5.'],
  [
    'bad-request',
    400,
    'anthropic-beta: Unexpected value(s) `foo` for the `anthropic-beta` header.',
  ],
  ['bad-request', 400, 'This model does not support the prompt caching feature'],
  [
    'bad-request',
    400,
    "Unable to submit request because function declaration `x` schema didn't specify the schema type field",
  ],
  ['bad-request', 400, 'stream_options is not allowed when stream is false'],
  ['bad-request', 409, 'Another request for this response is in progress'],
  ['bad-request', 404, 'Invalid URL (POST /v1/v1/responses)', { type: 'invalid_request_error' }],
  ['bad-request', 400, 'Function calling is not enabled for models/gemma-3'],
  ['bad-request', 400, 'prompt_cache_retention: unsupported value'],
  [
    'bad-request',
    422,
    { detail: [{ type: 'missing', loc: ['body', 'messages'], msg: 'Field required' }] },
  ],
  [
    'bad-request',
    400,
    "The value of the parameter 'top_p' is out of range. It must be between 0 and 1",
  ],
  ['bad-request', 400, 'Too many tools: 140 provided, at most 128 are allowed'],
  [
    'rate-limited',
    429,
    'Quota exceeded for aiplatform.googleapis.com/generate_content_requests_per_minute_per_project_per_base_model with base model: gemini-2.5-pro. Please submit a quota increase request.',
    { code: 429, status: 'RESOURCE_EXHAUSTED' },
  ],
  ['rate-limited', 429, 'Too many requests in 60 seconds from this IP'],
  [
    'rate-limited',
    429,
    'This request would exceed the rate limit for your organization of 8,000 output tokens per minute. Contact sales to discuss your options for a rate limit increase.',
    { type: 'rate_limit_error' },
  ],
  ['rate-limited', 429, 'Please slow down. You are sending requests too fast.'],
  [
    'rate-limited',
    429,
    'Tokens per minute limit exceeded - too many tokens processed.',
    { code: 'token_quota_exceeded', type: 'too_many_tokens_error' },
  ],
  ['quota', 429, "You've used all your free requests for today. Add credits to continue."],
  [
    'quota',
    429,
    'Rate limit exceeded: free-models-per-day. Add 10 credits to unlock 1000 free model requests per day',
    { code: 429 },
  ],
  ['quota', 403, 'Access to this API has been suspended because of an unpaid invoice.'],
  ['quota', 429, 'You have reached your weekly usage cap'],
  ['overloaded', 503, 'Service Unavailable: all replicas are busy'],
  ['overloaded', 429, 'Model is currently loading or under heavy load'],
  ['server-error', 500, "Cannot read properties of undefined (reading 'content')"],
  ['server-error', 500, 'litellm.InternalServerError: AnthropicException - Internal server error'],
  ['auth', 401, 'Unauthorized'],
  ['auth', 403, 'Your account does not have permission to access this resource'],
  ['auth', 400, 'API_KEY_INVALID'],
  ['auth', 400, 'Invalid bearer token'],
  ['auth', 403, 'Forbidden: SSO session has expired, sign in again'],
  ['auth', 401, 'Signature expired: 20261129T100000Z is now earlier than 20261129T101500Z'],
  [
    'context-overflow',
    400,
    "Requested token count exceeds the model's maximum context length of 131072 tokens. You requested a total of 140000 tokens: 130000 tokens from the input messages and 10000 tokens for the completion.",
  ],
  [
    'context-overflow',
    400,
    "This model's maximum context length is 8192 tokens. However, you requested 9000 tokens (8000 in the messages, 1000 in the completion).",
  ],
  [
    'context-overflow',
    400,
    {
      message:
        'Malformed input request: expected maxLength: 200000, actual: 250000, please reformat your input and try again.',
    },
  ],
  ['context-overflow', 400, 'prompt tokens 9000 exceed n_ctx 8192'],
  ['context-overflow', 500, 'litellm.ContextWindowExceededError: prompt is too long'],
  ['context-overflow', 400, 'Total tokens of image and text exceed max message tokens'],
  ['model-not-found', 404, 'The model `gpt-5-codex` has been retired.'],
  ['model-not-found', 400, 'Unsupported model: foo'],
  [
    'model-not-found',
    404,
    'models/foo is not found for API version v1beta',
    { status: 'NOT_FOUND' },
  ],
  ['model-not-found', 403, 'Your plan does not include access to model claude-opus-4'],
  ['content-filter', 400, 'The prompt was blocked by the safety system'],
  [
    'content-filter',
    400,
    'Content policy violation: sexual content',
    { type: 'content_policy_violation_error' },
  ],
]

test.each(MORE)('%s: %i %j', (meant, status, answer, more = {}) => {
  const body = typeof answer === 'string' ? { error: { message: answer, ...more } } : answer
  expect(meantBy(status, body)).toBe(meant)
})
