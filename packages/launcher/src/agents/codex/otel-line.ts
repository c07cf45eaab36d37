import { cut } from '@tacho/format'
import type { LogRecord } from '../../taps/otlp/log-record.js'

// What is written of an event: numbers, names and states. Never prompts, answers, arguments or
// outputs, whatever a later Codex calls them.
const ATTRIBUTES = [
  ...['tool_name', 'call_id', 'decision', 'source', 'success', 'outcome', 'mcp_server'],
  ...['duration_ms', 'initial_duration_ms', 'escalated_duration_ms', 'ttft_ms', 'attempt'],
  ...['endpoint', 'http.response.status_code', 'error.message', 'event.kind', 'model'],
  ...['input_token_count', 'output_token_count', 'cached_token_count', 'reasoning_token_count'],
  ...['startup.phase', 'startup.status', 'prompt_length', 'provider_name', 'approval_policy'],
  ...['sandbox_policy', 'mcp_servers', 'conversation.id'],
]

const VALUE_CHARACTERS = 200

/** Formats an event of Codex's for the debug log: its name and a few attributes. */
export function eventLine({ attributes }: LogRecord): string {
  const words = ATTRIBUTES.flatMap((name) => {
    const value = attributes.get(name)
    return value === undefined || value === ''
      ? []
      : [`${name}=${cut(String(value), VALUE_CHARACTERS)}`]
  })
  const name = String(attributes.get('event.name') ?? 'an event without a name')
  return [cut(name, VALUE_CHARACTERS), ...words].join(' ')
}
