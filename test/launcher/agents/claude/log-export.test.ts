import { describe, expect, test } from 'vitest'
import { logExportFor } from '../../../../packages/launcher/src/agents/claude/log-export.js'
import { RunSettings } from '../../../../packages/launcher/src/agents/claude/settings.js'

type Variables = Record<string, string>

function exported(environment: Variables) {
  const tap = logExportFor(environment, new RunSettings([], '/'))
  if ('reason' in tap) return { reason: tap.reason }
  const { args } = tap.redirect(
    'http://tap',
    'http://spans',
  )({ command: 'claude', args: [] } as never)
  const { env } = JSON.parse(args?.[1] ?? '') as { env: Variables }
  return { env, own: tap.own?.endpoint.href }
}

const OURS = { OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: 'http://tap', OTEL_LOGS_EXPORT_INTERVAL: '100' }
const ON = { CLAUDE_CODE_ENABLE_TELEMETRY: '1' }
const LOGS = { ...ON, OTEL_LOGS_EXPORTER: 'otlp' }
const HTTP = { ...LOGS, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf' }
const AT_A_GATEWAY = { ANTHROPIC_BASE_URL: 'http://gateway.test' }
const JSON_LOGS = { OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: 'http/json' }

describe("log events come to us, and go on to the user's endpoint as they were:", () => {
  test.each<[what: string, environment: Variables, env: Variables, own: string | undefined]>([
    [
      'without telemetry of the user, no metrics, nor spans, which its requests to Anthropic would name',
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://own.test' },
      { ...LOGS, ...JSON_LOGS, OTEL_METRICS_EXPORTER: 'none' },
      undefined,
    ],
    [
      'nor where all requests are to name them',
      { ...AT_A_GATEWAY, CLAUDE_CODE_PROPAGATE_TRACEPARENT: '1' },
      { ...LOGS, ...JSON_LOGS, OTEL_METRICS_EXPORTER: 'none' },
      undefined,
    ],
    [
      'at a gateway its spans come too',
      AT_A_GATEWAY,
      {
        ...LOGS,
        ...JSON_LOGS,
        OTEL_METRICS_EXPORTER: 'none',
        CLAUDE_CODE_ENHANCED_TELEMETRY_BETA: '1',
        OTEL_TRACES_EXPORTER: 'otlp',
        OTEL_TRACES_EXPORT_INTERVAL: '100',
        OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json',
        OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://spans',
      },
      undefined,
    ],
    [
      'metrics alone stay where they are',
      { ...ON, OTEL_METRICS_EXPORTER: 'otlp' },
      { OTEL_LOGS_EXPORTER: 'otlp', ...JSON_LOGS },
      undefined,
    ],
    [
      'log events on the console stay there too',
      { ...ON, OTEL_LOGS_EXPORTER: 'console' },
      { OTEL_LOGS_EXPORTER: 'console,otlp', ...JSON_LOGS },
      undefined,
    ],
    ['to the usual endpoint', HTTP, {}, 'http://localhost:4318/v1/logs'],
    [
      'to an endpoint for all signals',
      { ...HTTP, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://own.test/otlp/' },
      {},
      'http://own.test/otlp/v1/logs',
    ],
    [
      'to one for log events',
      { ...HTTP, OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: 'http://own.test/x' },
      {},
      'http://own.test/x',
    ],
  ])('%s', (_, environment, env, own) => {
    expect(exported(environment)).toEqual({ env: { ...env, ...OURS }, own })
  })
})

describe('log events stay where they go, and one line says why:', () => {
  test.each<[what: string, environment: Variables, reason: RegExp]>([
    ['over gRPC, the default', LOGS, /over gRPC/],
    ['over gRPC', { ...LOGS, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, /over grpc/],
    [
      'with a client certificate',
      { ...HTTP, OTEL_EXPORTER_OTLP_CLIENT_KEY: '/key.pem' },
      /client certificate/,
    ],
    ['to what is not a URL', { ...HTTP, OTEL_EXPORTER_OTLP_ENDPOINT: 'own' }, /not a URL/],
  ])('%s', (_, environment, reason) => {
    expect(exported(environment).reason).toMatch(reason)
  })
})
