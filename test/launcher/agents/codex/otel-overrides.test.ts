import { parse } from 'smol-toml'
import { describe, expect, test } from 'vitest'
import {
  asksForCosts,
  logExportOf,
} from '../../../../packages/launcher/dist/agents/codex/otel-overrides.js'

const OURS = 'http://127.0.0.1:1/secret/v1/logs'
const ENDPOINT = ['-c', `otel.exporter.otlp-http.endpoint="${OURS}"`]
const PROTOCOL = ['-c', 'otel.exporter.otlp-http.protocol="json"']
const SILENT = '[analytics]\nenabled = false'

describe('the log exporter of a configuration', () => {
  for (const [toml, options, own] of [
    ['', [...ENDPOINT, ...PROTOCOL], undefined],
    ['[otel]\nlog_user_prompt = true', [...ENDPOINT, ...PROTOCOL], undefined],
    ['[otel]\ntrace_exporter = "none"', [...ENDPOINT, ...PROTOCOL], undefined],
    [`model_provider = "mine"\n${SILENT}`, [...ENDPOINT, ...PROTOCOL], undefined],
    [exporter('otlp-http', 'protocol = "binary"'), ENDPOINT, undefined],
    [exporter('otlp-http', 'tls = { ca-certificate = "/ca.pem" }'), ENDPOINT, '/ca.pem'],
  ] as const) {
    test(`${JSON.stringify(toml)} is made to export to us`, () => {
      const logExport = logExportOf(parse(toml))
      if ('reason' in logExport) throw new Error(logExport.reason)
      expect(logExport.redirect(OURS)).toEqual(options)
      expect(logExport.own?.endpoint.href).toBe(
        toml.includes('endpoint') ? 'https://collector.example/v1/logs' : undefined,
      )
      expect(logExport.own?.caCertificate).toBe(own)
    })
  }

  for (const [toml, reason] of [
    [SILENT, 'analytics.enabled'],
    [`model_provider = "openai"\n${SILENT}`, 'analytics.enabled'],
    ['[otel]\nexporter = "none"', 'otel.exporter is "none"'],
    ['[otel]\nexporter = "statsig"', 'otel.exporter is "statsig"'],
    [exporter('otlp-grpc', ''), 'otel.exporter is "otlp-grpc"'],
    [`${exporter('otlp-grpc', '')}\n[otel.exporter.otlp-http]`, 'otel.exporter is'],
    ['[otel.exporter.otlp-http]\nendpoint = "file:///etc/passwd"', 'not an HTTP URL'],
    ['[otel.exporter.otlp-http]\nendpoint = "http://"', 'not an HTTP URL'],
    ['[otel.exporter.otlp-http]\nprotocol = "json"', 'not an HTTP URL'],
    [exporter('otlp-http', 'tls = { client-certificate = "/me.pem" }'), 'client certificate'],
  ] as const) {
    test(`${JSON.stringify(toml)} stays as it is`, () => {
      expect(logExportOf(parse(toml))).toEqual({ reason: expect.stringContaining(reason) })
    })
  }
})

for (const [toml, asks] of [
  ['', false],
  ['[otel]\nexporter = "none"\nmetrics_exporter = "statsig"', false],
  [exporter('otlp-http', ''), true],
  [exporter('otlp-grpc', ''), true],
  [exporter('otlp-http', '').replace('exporter', 'metrics_exporter'), true],
  [exporter('otlp-http', '').replace('exporter', 'trace_exporter'), false],
] as const) {
  test(`Codex asks for its costs ${asks ? 'anyhow' : 'only because of us'}: ${JSON.stringify(toml)}`, () => {
    expect(asksForCosts(parse(toml))).toBe(asks)
  })
}

function exporter(kind: string, more: string): string {
  return `[otel.exporter.${kind}]\nendpoint = "https://collector.example/v1/logs"\n${more}`
}
