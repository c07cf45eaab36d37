import { cut } from '@tacho/format'
import { FaultBarrier, type Recording } from '@tacho/recorder'
import type { NoTap } from '../../taps/no-tap.js'
import type { LogExport } from '../../taps/otlp/log-export.js'
import type { LogRecord } from '../../taps/otlp/log-record.js'
import type { SpanRecord } from '../../taps/otlp/span-record.js'
import { telemetrySettings } from './settings.js'
import { has } from './subcommand.js'

export type TelemetryOptions = {
  args: readonly string[]
  cwd: string
  environment: NodeJS.ProcessEnv
  /** Returns the session of the run, if known. */
  sessionId: () => string | undefined
}

/**
 * Returns how Gemini CLI's telemetry (0.61) reaches Tacho in a run, by variables alone. It has one
 * endpoint for all signals: if the user has set one, or writes it to a file, everything stays
 * there.
 */
export function telemetryFor(options: TelemetryOptions): LogExport | NoTap {
  const { args, cwd, environment, sessionId } = options
  const isOwn =
    Object.keys(environment).some((name) => name.startsWith('GEMINI_TELEMETRY_')) ||
    ['--telemetry', '--telemetry-otlp-endpoint'].some((name) => has(args, name)) ||
    Object.keys(telemetrySettings(cwd, environment)).length > 0
  if (isOwn) return { reason: 'its telemetry goes where its settings send it, and stays there' }
  const calls = new ToolCalls(sessionId)
  return {
    redirect: (endpoint) => (start) => ({
      ...start,
      environment: {
        ...start.environment,
        GEMINI_TELEMETRY_ENABLED: 'true',
        GEMINI_TELEMETRY_TARGET: 'local',
        GEMINI_TELEMETRY_OTLP_PROTOCOL: 'http',
        GEMINI_TELEMETRY_OTLP_ENDPOINT: endpoint.replace(/\/v1\/logs$/, ''),
        GEMINI_TELEMETRY_LOG_PROMPTS: 'false',
        // For spans only: nothing makes it export log events more often than every five seconds.
        OTEL_BSP_SCHEDULE_DELAY: environment.OTEL_BSP_SCHEDULE_DELAY ?? SPAN_MILLISECONDS,
      },
    }),
    sendsMetrics: true,
    onLogs: (records, recording) => calls.take(records, recording),
    onSpans: (spans, recording) => calls.takeSpans(spans, recording),
  }
}

const SPAN_MILLISECONDS = '100'

/**
 * Records what Gemini CLI's telemetry reports about tool calls: when they ran, and what was
 * decided.
 */
class ToolCalls {
  readonly #sessionId: () => string | undefined
  #barrier: FaultBarrier | undefined

  constructor(sessionId: () => string | undefined) {
    this.#sessionId = sessionId
  }

  take(records: readonly LogRecord[], recording: Recording): void {
    for (const { at, attributes } of records) {
      const name = attributes.get('event.name')
      if (name === DECIDED) this.#record({ at, name, attributes }, recording)
    }
  }

  takeSpans(spans: readonly SpanRecord[], recording: Recording): void {
    for (const { name, startedAt, endedAt, attributes } of spans) {
      if (!SPANS.has(name) || endedAt < startedAt) continue
      const all = new Map([...attributes, ['duration_ms', (endedAt - startedAt) / 1000] as const])
      this.#record({ at: endedAt, name, attributes: all }, recording)
    }
  }

  #record({ at, name, attributes }: LogRecord & { name: string }, recording: Recording): void {
    this.#barrier ??= new FaultBarrier((part, cause) =>
      recording.log('error', 'tacho', `${part}: ${String(cause)}`),
    )
    this.#barrier.do('the OTLP receiver', () => {
      const sessionId = this.#sessionId()
      if (sessionId === undefined) return
      const kept = [...attributes].flatMap(([long, value]) => {
        // OpenTelemetry's `gen_ai.` names are recorded without the prefix.
        const key = long.replace(/^gen_ai\./, '')
        if (!KEPT_ATTRIBUTES.has(key) || value === '') return []
        return [[key, typeof value === 'string' ? scrubbed(value, recording) : value] as const]
      })
      recording.session(sessionId).event({
        ...{ kind: 'log-event', name },
        ...(at > 0 && { happenedAt: at }),
        attributes: Object.fromEntries(kept),
      })
    })
  }
}

// Scrubbed before it is cut, because half of a secret would not be recognized.
function scrubbed(text: string, { scrubber }: Recording): string {
  return cut(scrubber.text(text), VALUE_CHARACTERS)
}

/** A log event: a call has ended, so it was decided. */
const DECIDED = 'gemini_cli.tool_call'

/**
 * The first: a tool has run. The second: all calls of an answer have ended, whether or not their
 * tools ran.
 */
const SPANS = new Set(['tool_call', 'schedule_tool_calls'])

const KEPT_ATTRIBUTES = new Set([
  ...['function_name', 'decision', 'success', 'duration_ms', 'prompt_id', 'error', 'error_type'],
  ...['tool.name', 'tool.call_id', 'session.id', 'conversation.id'],
])

const VALUE_CHARACTERS = 4096
