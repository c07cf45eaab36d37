import type { AnswerEnd } from './answer-facts.js'

/** Returns how an answer ended, from the API's finish reasons; undefined if there are none. */
export function finishOf(reasons: readonly string[]): AnswerEnd | undefined {
  if (reasons.length === 0) return undefined
  if (reasons.includes('failed')) return 'failed'
  return reasons.some((reason) => EARLY.has(reason)) ? 'incomplete' : 'completed'
}

// Responses, Chat Completions, Messages, Gemini. A refusal is an answer stopped midway.
const EARLY = new Set([
  ...['incomplete', 'cancelled', 'max_output_tokens', 'content_filter'],
  ...['length', 'content_filter', 'error'],
  // DeepSeek's, Mistral's, Zhipu's, Bedrock's.
  ...['insufficient_system_resource', 'model_length', 'sensitive'],
  ...['content_filtered', 'guardrail_intervened'],
  ...['max_tokens', 'model_context_window_exceeded', 'refusal'],
  ...['MAX_TOKENS', 'SAFETY', 'RECITATION', 'LANGUAGE', 'OTHER', 'BLOCKLIST', 'PROHIBITED_CONTENT'],
  ...['SPII', 'MALFORMED_FUNCTION_CALL', 'IMAGE_SAFETY', 'IMAGE_PROHIBITED_CONTENT', 'NO_IMAGE'],
  ...[
    'IMAGE_RECITATION',
    'IMAGE_OTHER',
    'UNEXPECTED_TOOL_CALL',
    'TOO_MANY_TOOL_CALLS',
    'MODEL_ARMOR',
    'MALFORMED_RESPONSE',
  ],
])
