import { both } from '../both.js'
import type { CauseCode } from '../codes.js'

/** What an API's error says about itself, in its own words; what it does not say is absent. */
export type ToldError = {
  status?: number | undefined
  code?: string | undefined
  type?: string | undefined
  message?: string | undefined
}

/**
 * Returns what an API means by an error. Its own word comes first, because it says more than the
 * status: both a used-up quota and too high a rate come as 429, and a full context as 400.
 *
 * Sources: OpenAI https://platform.openai.com/docs/guides/error-codes, Anthropic
 * https://docs.anthropic.com/en/api/errors, Gemini
 * https://ai.google.dev/gemini-api/docs/troubleshooting (words of
 * https://cloud.google.com/apis/design/errors), Azure
 * https://learn.microsoft.com/azure/ai-services/openai/concepts/content-filter, LiteLLM
 * https://docs.litellm.ai/docs/exception_mapping, OpenRouter https://openrouter.ai/docs/errors,
 * Zhipu https://docs.bigmodel.cn/cn/api/api-code
 */
export function apiErrorCode({ status, code, type, message = '' }: ToldError): CauseCode {
  const words = [code, type].filter((word) => word !== undefined).map(plain)
  for (const word of [...words, ...classesIn(message)]) {
    const meant = WORDS.get(word)
    if (meant !== undefined) return sharper(meant, message)
  }
  const meantStatus = statusOf(status, code)
  const said = saidBy(message, meantStatus)
  if (said !== undefined) return said
  const byNumber = meantStatus === undefined ? undefined : byStatus(meantStatus)
  for (const word of words) {
    const meant = BROAD_WORDS.get(word)
    if (meant === undefined || byNumber === 'auth') continue
    // The status knows better whose fault it is: Ollama says `api_error` about bad requests.
    const isOther = meant === 'server-error' && byNumber === 'bad-request'
    if (!isOther) return meant
  }
  return byNumber ?? 'server-error'
}

// Providers spell one word in many ways: `rate_limit_exceeded`, `RateLimitExceeded`,
// `com.amazon.coral.availability#ThrottlingException`.
function plain(word: string): string {
  const name = word.slice(word.lastIndexOf('#') + 1).toLowerCase()
  return name.replace(/[^a-z0-9]/g, '').replace(/(?:exception|error)$/, '')
}

/**
 * Returns the exceptions that a gateway names in a message: `litellm.RateLimitError:
 * OpenAIException - …`.
 */
function classesIn(message: string): string[] {
  return (message.slice(0, 300).match(/\b[A-Z]\w+(?:Error|Exception)\b/g) ?? []).map(plain)
}

/** A gateway's 400 or 500 can stand for a status in its body: in LiteLLM, `"code": "401"`. */
function statusOf(status: number | undefined, code: string | undefined): number | undefined {
  const told = /^[45]\d\d$/.test(code ?? '') ? Number(code) : undefined
  const isVague = status === undefined || status < 400 || status === 400 || status === 500
  return isVague ? (told ?? status) : status
}

/** Why Gemini blocks a prompt or stops an answer. */
const BLOCKING_REASONS = [
  'safety',
  'prohibited_content',
  'blocklist',
  'spii',
  'recitation',
  'image_safety',
]

/** Words with one meaning, whatever the status. */
const WORDS = meanings({
  ...all('quota', [
    'insufficient_quota',
    'billing_hard_limit_reached',
    'billing_not_active',
    'billing_error',
    'exceeded_current_quota',
    'arrearage',
    'quota_exceeded',
    'usage_limit_reached',
    'usage_limit_exceeded',
    'usage_not_included',
    'insufficient_credits',
    'insufficient_balance',
    'payment_required',
    'credits_exhausted',
    'spend_limit_exceeded',
    'budget_exceeded',
  ]),
  ...all('rate-limited', [
    'rate_limit_exceeded',
    'rate_limit_error',
    'rate_limit_reached',
    'too_many_requests',
    'requests_limit_exceeded',
    'tokens_limit_exceeded',
    'throttling',
    'throttling_user',
    'rate_limit',
    'rate_limited',
  ]),
  ...all('overloaded', [
    'overloaded',
    'server_is_overloaded',
    'engine_overloaded',
    'queue_exceeded',
    'model_busy',
    'model_overloaded',
    'slow_down',
    'service_unavailable',
    'unavailable',
    'model_not_ready',
    'capacity_exceeded',
    'server_overloaded',
  ]),
  ...all('context-overflow', [
    'context_length_exceeded',
    'context_window_exceeded',
    'model_context_window_exceeded',
    'string_above_max_length',
    'exceed_context_size',
    'model_max_prompt_tokens_exceeded',
    'context_size_exceeded',
    'max_context_length_exceeded',
    'prompt_too_long',
    'input_too_long',
  ]),
  ...all('model-not-found', [
    'model_not_found',
    'model_not_available',
    'invalid_model',
    'unsupported_model',
    'deployment_not_found',
    'model_not_supported',
    'model_deprecated',
    'model_decommissioned',
    'key_model_access_denied',
    'no_such_model',
    'unknown_model',
  ]),
  ...all('auth', [
    'invalid_api_key',
    'incorrect_api_key',
    'authentication',
    'auth',
    'permission',
    'unauthenticated',
    'unauthorized',
    'permission_denied',
    'api_key_invalid',
    'token_expired',
    'token_invalidated',
    'invalid_authentication',
    'account_deactivated',
    'organization_deactivated',
    'unsupported_country_region_territory',
    'access_terminated',
    'access_denied',
    'expired_token',
    'unrecognized_client',
    'forbidden',
  ]),
  ...all('content-filter', [
    'content_filter',
    'content_policy_violation',
    'responsible_ai_policy_violation',
    'data_inspection_failed',
    'invalid_prompt',
    'moderation_blocked',
    'cyber_policy',
    'bio_policy',
    ...BLOCKING_REASONS,
  ]),
  resource_exhausted: 'rate-limited',
})

/** Words that say less than a message may. */
const BROAD_WORDS = meanings({
  ...all('server-error', [
    'server_error',
    'api_error',
    'internal',
    'internal_server_error',
    'timeout',
    'deadline_exceeded',
    'unknown',
    'bad_gateway',
    'gateway_timeout',
  ]),
  ...all('bad-request', [
    'invalid_request',
    'invalid_argument',
    'failed_precondition',
    'invalid_value',
    'invalid_type',
    'unknown_parameter',
    'unsupported_parameter',
    'unsupported_value',
    'missing_required_parameter',
    'request_too_large',
    'out_of_range',
    'not_found',
  ]),
})

// The words come from outside: one could be `constructor`.
function meanings(words: Record<string, CauseCode>, keyOf = plain): ReadonlyMap<string, CauseCode> {
  return new Map(Object.entries(words).map(([word, meant]) => [keyOf(word), meant]))
}

function all(meant: CauseCode, words: readonly string[]): Record<string, CauseCode> {
  return Object.fromEntries(words.map((word) => [word, meant]))
}

// Gemini has one word for the rate per minute and for the quota of a day or a plan; so has OpenAI's
// old one. And too high a rate is sometimes that of the engine, not of the client.
function sharper(meant: CauseCode, message: string): CauseCode {
  // Google says that something it does not show "may not exist".
  const isUnseen = /\bmay not exist\b/.test(message)
  if (meant === 'auth' && !isUnseen && NO_MODEL.test(message)) return 'model-not-found'
  if (meant !== 'rate-limited') return meant
  if (/usage limit|(session|weekly|plan) limit\b|quota will reset/i.test(message)) return 'quota'
  if (/per.?day|check your plan and billing|billing details/i.test(message)) {
    return /per.?minute|try again in|retry in/i.test(message) ? 'rate-limited' : 'quota'
  }
  return CROWDED.test(message) ? 'overloaded' : meant
}

const OVERFLOW = anyOf(
  'maximum (?:context|prompt|input) length|context (?:window|length|size|limit)|too many (?:input )?tokens|longer than the maximum model length|less than \\d+ tokens|range of input length|expected maxlength|max message tokens',
  '超长|上下文|输入长度|超过模型最大',
)
const TOO_MUCH = both(
  String.raw`\btokens?\b|\b(?:prompt|input|context|conversation|chat history)\b|length of (?:the|your) (?:messages|prompt|input)`,
  String.raw`too (?:long|large|big|many)|\bexceed|(?:larger|longer|greater|more) than|must be <=|\breduce\b|while the (?:model|limit)|\baccepts\b`,
)
/** A request can have too many of these, or too long ones; they are not its conversation. */
const OF_ELSE =
  /max_(?:completion_|output_)?tokens|(?:output|completion) tokens|image|bytes|\b[MK]i?B\b|\bfiles?\b|\barray\b|\bstring\b|schema|\btools\b/i
const NO_CREDIT = anyOf(
  String.raw`exceeded your current quota|out of .{0,30}quota|quota will|(?:usage|spend(?:ing)?|billing|budget) (?:limits?|cap)\b`,
  String.raw`(?:session|weekly|daily|monthly|plan) limit\b|good standing|upgrade your plan|欠费|余额|额度不足|充值|使用上限|限额`,
)
const NO_MONEY = both(
  String.raw`\b(?:credits?|payment|billing|balance|funds|budget|trial|allowance|subscription|invoice|free requests)\b|insufficient quota`,
  String.raw`run out|used (?:up|all)|unpaid|out of|\bno\b|not enough|insufficient|exhausted|exceeded|expired|\bended\b|too low|requires?\b|please add|reached`,
)
const NO_MODEL = anyOf(
  String.raw`\bmodels?\b(?:[^.]|\.(?=\w)){0,160}(?:does not exist|not found|is not available|not supported|not exist|no access|been (?:deprecated|retired|removed|sunset)|decommissioned|is invalid|reached (?:the )?end of (?:its )?life)`,
  String.raw`^model: |(?:unknown|invalid|unsupported) model\b|no such model|not a valid model|no models? (?:is |are )?loaded|could not resolve the .{0,20}\bmodel`,
  String.raw`access to (?:the )?model\b|allowed to \w+ (?:from )?(?:this |the )?model\b|no endpoints found for|invocation of model id|模型.{0,12}(?:不存在|未找到|不支持|无权)`,
)
const NO_KEY = both(
  String.raw`\bapi[- _]?key|(?:access|auth\w*|bearer|oauth|security|server) ?token|x-api-key|\bcredentials?\b|invalid_grant|authentication`,
  String.raw`\bnot\b|\bno\b|only authorized|invalid|incorrect|expired|revoked|missing|malformed|disabled|blocked|error|failed|provide\b`,
)
const NOT_ADMITTED =
  /(?:organization|account|workspace|project) has been (?:disabled|deactivated|suspended)|location is not supported|country, region,? or territory|身份验证|鉴权|token非法/i
const CROWDED =
  /overloaded|at capacity|capacity (is )?(exceeded|exhausted)|high (demand|traffic)|(server|service|engine) (is )?(too )?busy|no (healthy|available) \w+|scaling up|heavy load|is (currently )?loading|(服务|请求量).{0,6}(繁忙|过载|过高|过大)/i
const RATE =
  /rate[- ](limit|exceeded)|too many (concurrent )?requests|please wait before trying again|flow control|速率限制|请求.{0,4}频|并发/i
const FILTERED = anyOf(
  'content[- ](?:filter|management policy|policy)|flagged (?:by|as|for)|was flagged\\b|usage (?:polic(?:y|ies)|guidelines)|(?:safety|moderation) (?:system|filter|policy)',
  'guardrail|inappropriate content|content exists risk|敏感|违规|内容安全',
)
const UNSAFE = both(
  String.raw`\bsafety\b|moderation|usage guidelines|harmful|prohibited content`,
  String.raw`blocked|rejected|flagged|violat\w+|denied|refused|detected`,
)

function anyOf(...words: string[]): RegExp {
  return new RegExp(words.join('|'), 'i')
}

// Only if the API refused the request: a message by the model itself is none of these.
function saidBy(message: string, status: number | undefined): CauseCode | undefined {
  if (status !== undefined && status >= 500) {
    if (UNREACHED.test(message)) return 'unreachable'
    if (CROWDED.test(message)) return 'overloaded'
    if (BEHIND_IT.test(message)) return 'server-error'
    return TOO_LONG.test(message) ? 'context-overflow' : undefined
  }
  if (NO_CREDIT.test(message) || NO_MONEY.test(message)) return 'quota'
  if (CROWDED.test(message)) return 'overloaded'
  if (status === 429 || RATE.test(message)) return 'rate-limited'
  if (OVERFLOW.test(message)) return 'context-overflow'
  if (NO_KEY.test(message) || NOT_ADMITTED.test(message)) return 'auth'
  if (NO_MODEL.test(message)) return 'model-not-found'
  if (FILTERED.test(message) || UNSAFE.test(message)) return 'content-filter'
  if (TOO_MUCH.test(message) && !OF_ELSE.test(message)) return 'context-overflow'
  return undefined
}

// The page of a proxy that cannot reach the server (Squid).
const UNREACHED = /requested URL could not be retrieved/i
// From Envoy, in a gateway or a mesh: what is behind it did not answer.
const BEHIND_IT = /upstream connect error|disconnect\/reset before headers/i
// A gateway passes on what it was told as 500.
const TOO_LONG = /maximum context length|input length.{0,40}exceeds?|prompt is too long/i

function byStatus(status: number): CauseCode | undefined {
  if (status === 401 || status === 403 || status === 407) return 'auth'
  if (status === 402) return 'quota'
  if (status === 429) return 'rate-limited'
  // OpenAI: "The engine is currently overloaded" and "Slow Down" are 503; Anthropic uses 529. Groq
  // uses 498 if its flexible tier is full.
  if (status === 503 || status === 529 || status === 498) return 'overloaded'
  // A time-out waiting for the request (408) or a failed dependency (424) is not the fault of the
  // request.
  if (status >= 500 || status === 408 || status === 424) return 'server-error'
  return status >= 400 ? 'bad-request' : undefined
}

/** Returns what the API means when it ends an answer early, from its finish reason. */
export function finishCode(reason: string): CauseCode | undefined {
  return FINISHES.get(reason.toLowerCase())
}

// Responses: `incomplete_details.reason`; Chat Completions: `finish_reason`; Messages: `stop_reason`;
// Gemini: `finishReason` and `promptFeedback.blockReason`.
const FINISHES = meanings(
  {
    ...all('output-truncated', ['max_output_tokens', 'length', 'max_tokens', 'model_length']),
    ...all('content-filter', [
      'content_filter',
      ...BLOCKING_REASONS,
      'image_prohibited_content',
      'image_recitation',
      'language',
      'model_armor',
      // Bedrock, and Chinese models.
      'guardrail_intervened',
      'content_filtered',
      'sensitive',
    ]),
    insufficient_system_resource: 'overloaded',
    error: 'server-error',
    ...all('malformed-stream', [
      'malformed_function_call',
      'malformed_response',
      'unexpected_tool_call',
      'too_many_tool_calls',
    ]),
    refusal: 'refusal',
    model_context_window_exceeded: 'context-overflow',
  },
  (reason) => reason,
)
