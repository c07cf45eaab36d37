import { jsonText } from './json-text.js'
import type { JsonPath, ModelRequest } from './model-request.js'

/** The kinds of parts in a prompt, in the order in which APIs assemble it. */
export const SEGMENT_KINDS = ['model', 'parameter', 'tool', 'instructions', 'message'] as const

export type SegmentKind = (typeof SEGMENT_KINDS)[number]

/** A piece of what a model is given, as JSON. */
export type Segment = {
  kind: SegmentKind
  /** Of a parameter or a tool. */
  name?: string
  /** Of a tool, instructions or a message: its position, starting at 1. */
  number?: number
  /** Of instructions or a message. */
  role?: string
  text: string
  path?: JsonPath
}

/**
 * Returns what a request gives its model, in the order in which a prompt cache compares it. OpenAI
 * and Anthropic both put tools and instructions before the messages, whatever the order in the body
 * (https://platform.openai.com/docs/guides/prompt-caching,
 * https://docs.anthropic.com/en/docs/build-with-claude/prompt-caching). Parameters that do not
 * shape the prompt are left out.
 */
export function segmentsOf(request: ModelRequest): Segment[] {
  const { model, parameters, tools, instructions, messages } = request
  const shaping = parameters.filter(({ name }) => shapesPrompt(name))
  return [
    ...(model === undefined ? [] : [{ kind: 'model' as const, text: jsonText(model) }]),
    ...[...shaping]
      .sort((one, other) => (one.name < other.name ? -1 : 1))
      .map(({ name, value, path }) => {
        return { kind: 'parameter' as const, name, text: jsonText(value), path }
      }),
    ...tools.map(({ name, value, path }, index) => {
      return { kind: 'tool' as const, name, number: index + 1, text: jsonText(value), path }
    }),
    ...instructions.map((message, index) => segment('instructions', message, index + 1)),
    ...messages.map((message, index) => segment('message', message, index + 1)),
  ]
}

function segment(
  kind: 'instructions' | 'message',
  { role, value, given = value, path }: ModelRequest['messages'][number],
  number: number,
): Segment {
  return { kind, number, role, text: jsonText(given), ...(path !== undefined && { path }) }
}

/**
 * Returns whether a parameter changes what a model reads, or where its API looks for a cached
 * prompt.
 */
export function shapesPrompt(parameter: string): boolean {
  return !BESIDE.has(parameter)
}

// These are about the answer (its length, randomness, transport), billing and logging.
const BESIDE = new Set([
  ...[
    'stream',
    'stream_options',
    'store',
    'background',
    'include',
    'n',
    'logprobs',
    'top_logprobs',
  ],
  ...['max_tokens', 'max_output_tokens', 'max_completion_tokens', 'max_tool_calls'],
  ...['temperature', 'top_p', 'top_k', 'seed', 'stop', 'stop_sequences', 'logit_bias'],
  ...['presence_penalty', 'frequency_penalty', 'generate', 'generationConfig', 'truncation'],
  ...['metadata', 'client_metadata', 'user', 'safety_identifier', 'service_tier', 'user_prompt_id'],
  ...[
    'session_id',
    'labels',
    'previous_response_id',
    'prompt_cache_retention',
    'parallel_tool_calls',
  ],
])
