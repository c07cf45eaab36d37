import type { CauseCode } from '@tacho/model'
import type { Form } from './said-by-form.js'

/** What was meant, by whom, in which form, and what came. */
export type Refused = [
  injected: CauseCode,
  what: string,
  form: Form,
  status: number,
  answer: object | string,
]

const openai = (message: string, more: object = {}) => ({
  error: { message, type: 'invalid_request_error', param: null, code: null, ...more },
})
const page = (title: string, more = '') =>
  `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n<hr><center>nginx/1.24.0</center>\r\n${more}</body>\r\n</html>\r\n`

/**
 * Requests refused in the words of gateways, clouds, local servers and providers from other
 * countries.
 */
export const REFUSALS: readonly Refused[] = [
  [
    'rate-limited',
    'OpenRouter, upstream',
    'chat',
    429,
    {
      error: {
        message: 'Provider returned error',
        code: 429,
        metadata: {
          raw: 'google/gemini-2.5-pro is temporarily rate-limited upstream. Please retry shortly.',
          provider_name: 'Google',
        },
      },
    },
  ],
  [
    'rate-limited',
    'AWS, ThrottlingException with 400',
    'messages',
    400,
    {
      __type: 'com.amazon.coral.availability#ThrottlingException',
      message: 'Too many requests, please wait before trying again.',
    },
  ],
  [
    'rate-limited',
    'Cloudflare, 1015',
    'messages',
    429,
    page(
      'Access denied | api.example.com used Cloudflare to restrict access',
      '<h1>Error 1015</h1> You are being rate limited',
    ),
  ],
  [
    'rate-limited',
    'GitHub, secondary limit with 403',
    'chat',
    403,
    {
      message:
        'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.',
    },
  ],
  [
    'rate-limited',
    'LiteLLM',
    'chat',
    429,
    {
      error: {
        message:
          'litellm.RateLimitError: RateLimitError: OpenAIException - Rate limit reached for gpt-4o. Received Model Group=gpt-4o',
        type: 'throttling_error',
        param: null,
        code: '429',
      },
    },
  ],
  [
    'rate-limited',
    'Mistral',
    'chat',
    429,
    {
      object: 'error',
      message: 'Requests rate limit exceeded',
      type: 'rate_limited',
      param: null,
      code: '1300',
    },
  ],
  [
    'rate-limited',
    'Zhipu, Chinese',
    'chat',
    429,
    { error: { code: '1302', message: '您的账户已达到速率限制，请您控制请求频率' } },
  ],
  [
    'rate-limited',
    'OpenAI, request too large for a minute',
    'responses',
    429,
    openai(
      'Request too large for gpt-5 in organization org-x on tokens per min (TPM): Limit 10000, Requested 20000.',
      { type: 'tokens', code: 'rate_limit_exceeded' },
    ),
  ],
  [
    'rate-limited',
    'concurrency',
    'chat',
    429,
    openai('Your account reached max request concurrency: 3, please try again after 1 seconds', {
      type: 'rate_limit_reached_error',
    }),
  ],
  [
    'quota',
    'Zhipu, Chinese',
    'chat',
    429,
    { error: { code: '1113', message: '您的账户已欠费，请充值后重试' } },
  ],
  ['quota', 'DeepSeek', 'chat', 402, openai('Insufficient Balance', { type: 'unknown_error' })],
  [
    'quota',
    'Moonshot',
    'chat',
    429,
    openai(
      'Your account org-x <ak-y> is suspended due to insufficient balance, please recharge your account or check your plan and billing details',
      { type: 'exceeded_current_quota_error' },
    ),
  ],
  [
    'quota',
    'DashScope, arrears',
    'chat',
    400,
    openai('Access denied, please make sure your account is in good standing.', {
      type: 'Arrearage',
      code: 'Arrearage',
    }),
  ],
  [
    'quota',
    'LiteLLM, budget',
    'chat',
    400,
    openai('Budget has been exceeded! Current cost: 10.5, Max budget: 10.0', {
      type: 'budget_exceeded',
      code: '400',
    }),
  ],
  [
    'quota',
    'OpenAI, billing hard limit',
    'responses',
    400,
    openai('Billing hard limit has been reached', { code: 'billing_hard_limit_reached' }),
  ],
  [
    'quota',
    'Azure, call volume',
    'chat',
    403,
    {
      error: {
        code: '403',
        message: 'Out of call volume quota. Quota will be replenished in 10.00:00:00.',
      },
    },
  ],
  [
    'quota',
    'Copilot',
    'chat',
    402,
    {
      error: {
        message: 'You have exceeded your monthly premium request allowance.',
        code: 'quota_exceeded',
      },
    },
  ],
  ['overloaded', 'TGI', 'chat', 429, { error: 'Model is overloaded', error_type: 'overloaded' }],
  [
    'overloaded',
    'Cerebras, a queue',
    'chat',
    429,
    {
      message: "We're experiencing high traffic right now! Please try again soon.",
      type: 'too_many_requests_error',
      param: 'queue',
      code: 'queue_exceeded',
    },
  ],
  ['overloaded', 'nginx, 503', 'chat', 503, page('503 Service Temporarily Unavailable')],
  [
    'overloaded',
    'Ollama, pending requests',
    'chat',
    503,
    { error: 'server busy, please try again.  maximum pending requests exceeded' },
  ],
  [
    'overloaded',
    'Moonshot',
    'chat',
    429,
    openai('The engine is currently overloaded, please try again later', {
      type: 'engine_overloaded_error',
    }),
  ],
  [
    'overloaded',
    '500 that says so',
    'chat',
    500,
    openai('That model is currently overloaded with other requests. You can retry your request.', {
      type: 'server_error',
    }),
  ],
  [
    'overloaded',
    'Bedrock, no capacity',
    'messages',
    503,
    { message: 'Bedrock is unable to process your request.' },
  ],
  ['overloaded', 'nginx in front of Anthropic, 529 as a page', 'messages', 529, page('529')],
  ['server-error', 'nginx, 504', 'responses', 504, page('504 Gateway Time-out')],
  [
    'server-error',
    'Cloudflare, 520',
    'messages',
    520,
    page('api.example.com | 520: Web server is returning an unknown error'),
  ],
  ['server-error', 'Cloudflare, 522', 'chat', 522, page('522: Connection timed out')],
  ['server-error', 'Cloudflare, 530', 'chat', 530, 'error code: 1033'],
  [
    'server-error',
    'vLLM, a dead engine',
    'chat',
    500,
    {
      object: 'error',
      message: 'EngineCore encountered an issue. See stack trace (above) for the root cause.',
      type: 'InternalServerError',
      param: null,
      code: 500,
    },
  ],
  [
    'server-error',
    'Bedrock',
    'messages',
    500,
    {
      message:
        'The system encountered an unexpected error during processing. Try your request again.',
    },
  ],
  ['server-error', 'FastAPI', 'chat', 500, 'Internal Server Error'],
  [
    'server-error',
    'LiteLLM, a connection of its own',
    'chat',
    500,
    {
      error: {
        message: 'litellm.APIConnectionError: Connection error.',
        type: null,
        param: null,
        code: '500',
      },
    },
  ],
  [
    'server-error',
    'Envoy',
    'chat',
    502,
    'upstream connect error or disconnect/reset before headers. reset reason: connection termination',
  ],
  [
    'auth',
    'Cloudflare, blocked',
    'chat',
    403,
    page('Attention Required! | Cloudflare', '<h2>Sorry, you have been blocked</h2>'),
  ],
  [
    'auth',
    'AWS, an expired token with 403',
    'messages',
    403,
    { message: 'The security token included in the request is expired' },
  ],
  [
    'auth',
    'AWS, an expired token with 400',
    'messages',
    400,
    {
      __type: 'ExpiredTokenException',
      message: 'The security token included in the request is expired',
    },
  ],
  [
    'auth',
    'LiteLLM, a virtual key',
    'chat',
    401,
    openai(
      'Authentication Error, Invalid proxy server token passed. Received API Key = sk-...1234, Key Hash (Token) =ab. Unable to find token in cache or `LiteLLM_VerificationTokenTable`',
      { type: 'token_not_found_in_db', param: 'key', code: '401' },
    ),
  ],
  [
    'auth',
    'LiteLLM, no key, with 400',
    'chat',
    400,
    openai('Authentication Error, No api key passed in.', { type: 'auth_error', code: '401' }),
  ],
  [
    'auth',
    'Vertex, an API that is not enabled',
    'gemini',
    403,
    {
      error: {
        code: 403,
        status: 'PERMISSION_DENIED',
        message: 'Vertex AI API has not been used in project x before or it is disabled.',
      },
    },
  ],
  [
    'auth',
    'Vertex, no token',
    'gemini',
    401,
    {
      error: {
        code: 401,
        status: 'UNAUTHENTICATED',
        message:
          'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.',
      },
    },
  ],
  [
    'auth',
    'xAI, with 400',
    'chat',
    400,
    {
      code: 'Client specified an invalid argument',
      error: 'Incorrect API key provided: xx. You can obtain an API key from https://console.x.ai.',
    },
  ],
  [
    'auth',
    'an address that is not allowed',
    'chat',
    403,
    openai('Your IP address 203.0.113.7 is not on the allow list of this project.', {
      code: 'ip_not_authorized',
    }),
  ],
  [
    'auth',
    'a country',
    'responses',
    403,
    openai('Country, region, or territory not supported', {
      type: 'request_forbidden',
      code: 'unsupported_country_region_territory',
    }),
  ],
  ['auth', 'nginx, 401', 'chat', 401, page('401 Authorization Required')],
  [
    'bad-request',
    'vLLM, tool choice',
    'chat',
    400,
    {
      object: 'error',
      message:
        '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set',
      type: 'BadRequestError',
      param: null,
      code: 400,
    },
  ],
  ['bad-request', 'a wrong path', 'chat', 404, '404 page not found'],
  ['bad-request', 'FastAPI, a wrong path', 'chat', 404, { detail: 'Not Found' }],
  ['bad-request', 'nginx, 405', 'chat', 405, page('405 Not Allowed')],
  ['bad-request', 'nginx, 413', 'chat', 413, page('413 Request Entity Too Large')],
  [
    'bad-request',
    'a schema in context=()',
    'chat',
    400,
    openai(
      "Invalid schema for function 'x': In context=('properties', 'length'), array schema missing items.",
      { param: 'tools[0].function.parameters', code: 'invalid_function_parameters' },
    ),
  ],
  [
    'bad-request',
    'max_tokens, OpenAI',
    'chat',
    400,
    openai(
      'max_tokens is too large: 200000. This model supports at most 16384 completion tokens, whereas you provided 200000.',
      { param: 'max_tokens', code: 'invalid_value' },
    ),
  ],
  [
    'bad-request',
    'max_tokens, Messages',
    'messages',
    400,
    {
      type: 'error',
      error: {
        type: 'invalid_request_error',
        message:
          'max_tokens: 200000 > 64000, which is the maximum allowed number of output tokens for c-1',
      },
    },
  ],
  [
    'bad-request',
    'a parameter that this model has not',
    'chat',
    400,
    openai(
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
      { param: 'max_tokens', code: 'unsupported_parameter' },
    ),
  ],
  [
    'bad-request',
    'a value that this model has not',
    'chat',
    400,
    openai(
      "Unsupported value: 'temperature' does not support 0.2 with this model. Only the default (1) value is supported.",
      { param: 'temperature', code: 'unsupported_value' },
    ),
  ],
  [
    'bad-request',
    'Ollama, no tools',
    'chat',
    400,
    openai('registry.ollama.ai/library/gemma:2b does not support tools', { type: 'api_error' }),
  ],
  [
    'bad-request',
    'OpenRouter, no tools',
    'chat',
    404,
    {
      error: {
        code: 404,
        message:
          'No endpoints found that support tool use. To learn more about provider routing, visit the documentation.',
      },
    },
  ],
  [
    'bad-request',
    'an image of 6 MB',
    'messages',
    400,
    {
      type: 'error',
      error: {
        type: 'invalid_request_error',
        message:
          'messages.0.content.1.image.source.base64.data: image exceeds 5 MB maximum: 6000000 bytes > 5242880 bytes',
      },
    },
  ],
  [
    'bad-request',
    'too many images',
    'messages',
    400,
    {
      type: 'error',
      error: {
        type: 'invalid_request_error',
        message: 'Too many images in request: 120 > 100 maximum',
      },
    },
  ],
  [
    'bad-request',
    'Gemini, turns out of order',
    'gemini',
    400,
    {
      error: {
        code: 400,
        status: 'INVALID_ARGUMENT',
        message:
          'Please ensure that function call turn comes immediately after a user turn or after a function response turn.',
      },
    },
  ],
  [
    'bad-request',
    'an earlier response is gone',
    'responses',
    400,
    openai("Previous response with id 'resp_1' not found.", {
      param: 'previous_response_id',
      code: 'previous_response_not_found',
    }),
  ],
  [
    'bad-request',
    'thoughts that cannot be verified',
    'responses',
    400,
    openai('The encrypted content gAAA... could not be verified.', {
      code: 'invalid_encrypted_content',
    }),
  ],
  [
    'context-overflow',
    'vLLM, max_tokens',
    'chat',
    400,
    {
      object: 'error',
      message:
        "'max_tokens' or 'max_completion_tokens' is too large: 4096. This model's maximum context length is 8192 tokens and your request has 7000 input tokens (4096 > 8192 - 7000).",
      type: 'BadRequestError',
      param: null,
      code: 400,
    },
  ],
  [
    'context-overflow',
    'Bedrock, in other words',
    'messages',
    400,
    { message: 'The model returned the following errors: Input is too long for requested model.' },
  ],
  [
    'context-overflow',
    'LiteLLM',
    'chat',
    400,
    {
      error: {
        message:
          'litellm.ContextWindowExceededError: litellm.BadRequestError: AnthropicException - too much',
        type: null,
        param: null,
        code: '400',
      },
    },
  ],
  [
    'context-overflow',
    'OpenRouter',
    'chat',
    400,
    {
      error: {
        code: 400,
        message:
          "This endpoint's maximum context length is 200000 tokens. However, you requested about 201000 tokens (190000 of text input, 11000 in the output).",
      },
    },
  ],
  [
    'context-overflow',
    'Mistral',
    'chat',
    400,
    {
      object: 'error',
      message:
        'Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum context length',
      type: 'invalid_request_prompt_error',
      param: null,
      code: '3051',
    },
  ],
  [
    'context-overflow',
    'xAI',
    'chat',
    400,
    {
      code: 'Client specified an invalid argument',
      error: "This model's maximum prompt length is 131072 but the request contains 140000 tokens.",
    },
  ],
  [
    'context-overflow',
    'Cohere',
    'chat',
    400,
    {
      message:
        'too many tokens: total number of tokens in the prompt cannot exceed 128000 - received 130000. Try using a shorter prompt.',
    },
  ],
  [
    'context-overflow',
    'LM Studio',
    'chat',
    400,
    {
      error:
        'Trying to keep the first 9000 tokens when context the overflows. However, the model is loaded with context length of only 4096 tokens, which is not enough.',
    },
  ],
  [
    'context-overflow',
    'MiniMax',
    'chat',
    400,
    openai('invalid params, context window exceeds limit (2013)', { type: 'bad_request_error' }),
  ],
  [
    'context-overflow',
    'Moonshot',
    'chat',
    400,
    openai('Invalid request: Your request exceeded model token limit: 262144 (requested: 270000)'),
  ],
  [
    'context-overflow',
    'TGI',
    'chat',
    422,
    {
      error:
        'Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. Given: 4000 `inputs` tokens and 200 `max_new_tokens`',
      error_type: 'validation',
    },
  ],
  [
    'context-overflow',
    'DashScope',
    'chat',
    400,
    openai(
      '<400> InternalError.Algo.InvalidParameter: Range of input length should be [1, 98304]',
      { code: 'invalid_parameter_error' },
    ),
  ],
  [
    'context-overflow',
    'Zhipu, Chinese',
    'chat',
    400,
    { error: { code: '1261', message: 'Prompt 超长' } },
  ],
  [
    'context-overflow',
    'Copilot',
    'chat',
    400,
    {
      error: {
        message: 'prompt token count of 130000 exceeds the limit of 128000',
        code: 'model_max_prompt_tokens_exceeded',
      },
    },
  ],
  [
    'model-not-found',
    'vLLM',
    'chat',
    404,
    {
      object: 'error',
      message: 'The model `foo` does not exist.',
      type: 'NotFoundError',
      param: 'model',
      code: 404,
    },
  ],
  [
    'model-not-found',
    'LiteLLM',
    'chat',
    400,
    openai(
      '/chat/completions: Invalid model name passed in model=gpt-9. Call `/v1/models` to view available models for your key.',
      { param: 'model', code: '400' },
    ),
  ],
  [
    'model-not-found',
    'LiteLLM, a key without it',
    'chat',
    401,
    openai(
      "key not allowed to access model. This key can only access models=['a']. Tried to access gpt-9",
      { type: 'key_model_access_denied', param: 'model', code: '401' },
    ),
  ],
  [
    'model-not-found',
    'Azure, a deployment',
    'chat',
    404,
    {
      error: {
        code: 'DeploymentNotFound',
        message:
          'The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, please wait a moment and try again.',
      },
    },
  ],
  [
    'model-not-found',
    'Bedrock, no access',
    'messages',
    403,
    { message: "You don't have access to the model with the specified model ID." },
  ],
  [
    'model-not-found',
    'OpenRouter, a name',
    'chat',
    400,
    { error: { code: 400, message: 'foo/bar is not a valid model ID' } },
  ],
  [
    'model-not-found',
    'Groq, decommissioned',
    'chat',
    400,
    openai(
      'The model `x` has been decommissioned and is no longer supported. Please refer to the documentation for a recommendation.',
      { code: 'model_decommissioned' },
    ),
  ],
  ['model-not-found', 'DeepSeek', 'chat', 400, openai('Model Not Exist')],
  [
    'model-not-found',
    'Zhipu, Chinese',
    'chat',
    400,
    { error: { code: '1211', message: '模型不存在，请检查模型代码。' } },
  ],
  [
    'model-not-found',
    'Copilot',
    'chat',
    400,
    openai('The requested model is not supported.', {
      code: 'model_not_supported',
      param: 'model',
    }),
  ],
  [
    'model-not-found',
    'Mistral',
    'chat',
    400,
    {
      object: 'error',
      message: 'Invalid model: foo',
      type: 'invalid_model',
      param: null,
      code: '1500',
    },
  ],
  [
    'content-filter',
    'DashScope',
    'chat',
    400,
    openai('Input text data may contain inappropriate content.', {
      type: 'data_inspection_failed',
      code: 'data_inspection_failed',
    }),
  ],
  [
    'content-filter',
    'Zhipu, Chinese',
    'chat',
    400,
    {
      error: {
        code: '1301',
        message:
          '系统检测到输入或生成内容可能包含不安全或敏感内容，请您避免输入易产生敏感内容的提示语，感谢您的配合。',
      },
    },
  ],
  ['content-filter', 'DeepSeek', 'chat', 400, openai('Content Exists Risk')],
  [
    'content-filter',
    'OpenRouter, moderation',
    'chat',
    403,
    {
      error: {
        code: 403,
        message: 'openai/gpt requires moderation on OpenAI. Your input was flagged for "violence"',
        metadata: { reasons: ['violence'], flagged_input: 'x' },
      },
    },
  ],
  [
    'content-filter',
    'OpenAI, cyber_policy',
    'responses',
    400,
    openai('This content was flagged for possible cybersecurity risk.', {
      type: 'invalid_request',
      param: 'safety_identifier',
      code: 'cyber_policy',
    }),
  ],
  [
    'content-filter',
    'LiteLLM, a guardrail',
    'chat',
    400,
    {
      error: {
        message: "{'error': 'Violated guardrail policy', 'bedrock_guardrail_response': 'Blocked'}",
        type: null,
        param: null,
        code: '400',
      },
    },
  ],
  [
    'server-error',
    'Bedrock, a model that failed',
    'messages',
    424,
    { message: 'The system encountered an unexpected error during processing.' },
  ],
  [
    'auth',
    'Anthropic, a credential of Claude Code alone',
    'messages',
    400,
    {
      type: 'error',
      error: {
        type: 'invalid_request_error',
        message:
          'This credential is only authorized for use with Claude Code and cannot be used for other API requests.',
      },
    },
  ],
  [
    'model-not-found',
    'Bedrock, a model of the past',
    'messages',
    404,
    { message: 'This model version has reached the end of its life.' },
  ],
  [
    'content-filter',
    'a gateway, flagged input with 403',
    'chat',
    403,
    { error: { message: 'Your input was flagged', code: 403 } },
  ],
  [
    'content-filter',
    'xAI, usage guidelines',
    'chat',
    403,
    {
      code: 'The caller does not have permission to execute the specified operation',
      error: 'Content violates usage guidelines.',
    },
  ],
  [
    'context-overflow',
    'vLLM, the decoder prompt',
    'chat',
    400,
    {
      error: {
        message:
          'The decoder prompt (length 40000) is longer than the maximum model length of 32768.',
        type: 'BadRequestError',
        code: 400,
      },
    },
  ],
  [
    'context-overflow',
    'TGI, validation',
    'chat',
    422,
    {
      error: 'Input validation error: `inputs` must have less than 4095 tokens. Given: 9000',
      error_type: 'validation',
    },
  ],
  [
    'auth',
    'Vertex, what may not exist',
    'gemini',
    403,
    {
      error: {
        code: 403,
        message:
          "Permission 'aiplatform.endpoints.predict' denied on resource '//aiplatform.googleapis.com/projects/p/models/g' (or it may not exist).",
        status: 'PERMISSION_DENIED',
      },
    },
  ],
]
