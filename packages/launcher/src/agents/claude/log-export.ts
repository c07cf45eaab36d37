import type { Recording } from '@tacho/recorder'
import type { NoTap } from '../../taps/no-tap.js'
import type { LogExport } from '../../taps/otlp/log-export.js'
import type { SpanRecord } from '../../taps/otlp/span-record.js'
import { basePath } from '../base-path.js'
import { LogEvents } from './log-events.js'
import type { RunSettings, Settings } from './settings.js'
import { isOn, namesSpans } from './upstream.js'

/** How often Claude Code sends its log events, in milliseconds; its default is five seconds. */
const INTERVAL = '100'

/**
 * Returns how Claude Code's log events (2.1.332) reach Tacho in a run, by variables alone. A user's
 * own endpoint still gets what it got; if there is none, only log events are switched on.
 *
 * @param environment the variables as Claude Code sees them.
 */
export function logExportFor(
  environment: NodeJS.ProcessEnv,
  settings: RunSettings,
): LogExport | NoTap {
  const own = ownExport(environment)
  if ('reason' in own) return own
  let events: LogEvents | undefined
  return {
    redirect: (endpoint, forSpans) =>
      settings.adding({
        env: {
          ...own.env,
          OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: endpoint,
          OTEL_LOGS_EXPORT_INTERVAL: INTERVAL,
          ...(own.tellsSpans && { ...SPANS, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: forSpans }),
        },
      }),
    ...(own.endpoint !== undefined && {
      own: { endpoint: own.endpoint, certificate: environment.OTEL_EXPORTER_OTLP_CERTIFICATE },
    }),
    onLogs(records, recording) {
      events ??= new LogEvents(recording)
      events.take(records)
    },
    ...(own.tellsSpans && {
      onSpans(spans: readonly SpanRecord[], recording: Recording) {
        events ??= new LogEvents(recording)
        events.takeSpans(spans)
      },
    }),
  }
}

type OwnExport = {
  endpoint?: URL
  env?: NonNullable<Settings['env']>
  /** Whether its spans come to Tacho too, because they go nowhere else. */
  tellsSpans?: boolean
}

/** Makes Claude Code export spans, which is a beta feature. */
const SPANS = {
  CLAUDE_CODE_ENHANCED_TELEMETRY_BETA: '1',
  OTEL_TRACES_EXPORTER: 'otlp',
  OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json',
  OTEL_TRACES_EXPORT_INTERVAL: INTERVAL,
}

const OURS = { OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: 'http/json' }

function ownExport(environment: NodeJS.ProcessEnv): OwnExport | NoTap {
  if (!isOn(environment.CLAUDE_CODE_ENABLE_TELEMETRY)) {
    // OpenTelemetry's variables may be set for other programs: on their own they switch on nothing
    // here.
    const env = {
      CLAUDE_CODE_ENABLE_TELEMETRY: '1',
      OTEL_LOGS_EXPORTER: 'otlp',
      OTEL_METRICS_EXPORTER: 'none',
      ...OURS,
    }
    // Spans are added only if the API's requests stay the same.
    return { env, tellsSpans: !namesSpans(environment) }
  }
  const exporters = (environment.OTEL_LOGS_EXPORTER ?? '').split(',').map((one) => one.trim())
  if (!exporters.includes('otlp')) {
    const all = [...exporters.filter((one) => one !== '' && one !== 'none'), 'otlp']
    return { env: { OTEL_LOGS_EXPORTER: all.join(','), ...OURS } }
  }
  return ownEndpoint(environment)
}

function ownEndpoint(environment: NodeJS.ProcessEnv): OwnExport | NoTap {
  const own = (name: string) =>
    environment[`OTEL_EXPORTER_OTLP_LOGS_${name}`] || environment[`OTEL_EXPORTER_OTLP_${name}`]
  const protocol = own('PROTOCOL')
  if (protocol === undefined || !protocol.startsWith('http/'))
    return { reason: `they go to an endpoint of yours over ${protocol ?? 'gRPC'}, and stay there` }
  if (own('CLIENT_KEY') !== undefined)
    return { reason: 'they go to an endpoint of yours with a client certificate' }
  const { OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: whole, OTEL_EXPORTER_OTLP_ENDPOINT: base } = environment
  const text = whole || `${basePath(base || 'http://localhost:4318')}/v1/logs`
  if (!URL.canParse(text)) return { reason: 'their endpoint is not a URL' }
  return { endpoint: new URL(text), env: {} }
}
