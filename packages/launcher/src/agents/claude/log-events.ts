import { cut, isUuid, type SeenEvent } from '@tacho/format'
import { FaultBarrier, type Recording } from '@tacho/recorder'
import type { LogRecord } from '../../taps/otlp/log-record.js'
import type { SpanRecord } from '../../taps/otlp/span-record.js'

/** Records Claude Code's own log events, in the session that they name. Never throws. */
export class LogEvents {
  readonly #recording: Recording
  readonly #barrier: FaultBarrier

  constructor(recording: Recording) {
    this.#recording = recording
    this.#barrier = new FaultBarrier((part, cause) =>
      recording.log('error', 'tacho', `${part}: ${String(cause)}`),
    )
  }

  /** Records the events of one export, in order. */
  take(events: readonly LogRecord[]): void {
    for (const event of events) this.#barrier.do('the OTLP receiver', () => this.#takeOne(event))
  }

  /** Records from the spans of one export how long Claude Code waited for the user. */
  takeSpans(spans: readonly SpanRecord[]): void {
    for (const { name, startedAt, endedAt, attributes } of spans) {
      if (name !== WAITED || endedAt < startedAt) continue
      const duration = (endedAt - startedAt) / 1000
      const told = new Map([...attributes, ['event.name', name], ['duration_ms', duration]])
      this.#barrier.do('the OTLP receiver', () => this.#takeOne({ at: endedAt, attributes: told }))
    }
  }

  #takeOne({ at, attributes }: LogRecord): void {
    const [name, sessionId] = [attributes.get('event.name'), attributes.get('session.id')]
    if (typeof name !== 'string' || typeof sessionId !== 'string' || !isUuid(sessionId)) return
    if (!KEPT_EVENTS.has(name)) return
    const seen: SeenEvent = {
      kind: 'log-event',
      name,
      ...(at > 0 && { happenedAt: at }),
      attributes: this.#kept(attributes),
    }
    this.#recording.log('debug', 'claude', `${name} ${String(attributes.get('tool_name') ?? '')}`)
    this.#recording.session(sessionId).event(seen)
  }

  #kept(attributes: LogRecord['attributes']): Record<string, string | number | boolean> {
    const all: Record<string, string | number | boolean> = {}
    for (const [name, value] of attributes) {
      if (!KEPT_ATTRIBUTES.has(name) || value === '') continue
      // Scrubbed before it is cut, because half of a secret would not be recognized.
      all[name] =
        typeof value === 'string'
          ? cut(this.#recording.scrubber.text(value), VALUE_CHARACTERS)
          : value
    }
    return all
  }
}

// A span, but recorded as an event: only its start and end matter.
const WAITED = 'claude_code.tool.blocked_on_user'

// The raw log has questions and answers; log events need not repeat what a user typed.
const KEPT_EVENTS = new Set([
  'tool_decision',
  'tool_result',
  'subagent_completed',
  'api_error',
  WAITED,
])

const KEPT_ATTRIBUTES = new Set([
  ...['session.id', 'prompt.id', 'agent_id', 'agent_type', 'request_id', 'event.sequence'],
  ...['tool_name', 'tool_use_id', 'tool_source', 'mcp_server_scope', 'permission_mode'],
  ...['decision', 'source', 'success', 'error', 'error_type', 'duration_ms', 'status_code'],
])

const VALUE_CHARACTERS = 4096
