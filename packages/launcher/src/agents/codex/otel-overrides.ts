import type { TomlTable } from 'smol-toml'
import { tableAt, textAt } from './config.js'

/** What happens to Codex's log exporter in a run. */
export type LogExport = {
  /** Returns the Codex options that make it export to Tacho. */
  redirect: (endpoint: string) => string[]
  /** The user's own endpoint, which still receives everything. */
  own?: { endpoint: URL; caCertificate: string | undefined }
}

/** Why Codex's log events cannot come to Tacho without a change for the user. */
export type NoLogExport = { reason: string }

/**
 * Returns how to make Codex 0.169 export its log events to Tacho. An option is merged into the
 * configuration's tables: a user's headers and protocol stay, and come with each export.
 */
export function logExportOf(config: TomlTable): LogExport | NoLogExport {
  const otel = tableAt(config, 'otel')
  const { exporter } = otel
  if (exporter === undefined) return hasSilenced(config) ? { reason: SILENCED } : ONLY_OURS
  const kinds = typeof exporter === 'string' ? [exporter] : Object.keys(tableAt(otel, 'exporter'))
  if (kinds.length !== 1 || kinds[0] !== HTTP) {
    return { reason: `otel.exporter is ${JSON.stringify(kinds.join(', '))}, which stays as it is` }
  }
  return beside(tableAt(tableAt(otel, 'exporter'), HTTP))
}

/**
 * Whether the user has an exporter for logs or metrics. With either, Codex 0.169 asks its provider
 * for the cost of each turn, with the user's key (`…/analytics/codex/turn-costs`).
 */
export function asksForCosts(config: TomlTable): boolean {
  const otel = tableAt(config, 'otel')
  return ['exporter', 'metrics_exporter'].some((name) =>
    ['otlp-http', 'otlp-grpc'].some((kind) => Object.hasOwn(tableAt(otel, name), kind)),
  )
}

const HTTP = 'otlp-http'

const SILENCED =
  'exporting them would also make Codex report to OpenAI, which analytics.enabled = false rules out'

// Seen on Codex 0.169: with a log exporter, turns of the built-in provider are reported to OpenAI,
// past any base URL and Tacho, and Codex waits for that when it ends, for 5 seconds if offline.
function hasSilenced(config: TomlTable): boolean {
  const isBuiltIn = (textAt(config, 'model_provider') ?? 'openai') === 'openai'
  return isBuiltIn && tableAt(config, 'analytics').enabled === false && !asksForCosts(config)
}

const ONLY_OURS: LogExport = {
  redirect: (endpoint) => [
    ...endpointOption(endpoint),
    '-c',
    `otel.exporter.${HTTP}.protocol="json"`,
  ],
}

function beside(settings: TomlTable): LogExport | NoLogExport {
  const endpoint = textAt(settings, 'endpoint') ?? ''
  const tls = tableAt(settings, 'tls')
  if (!/^https?:/i.test(endpoint) || !URL.canParse(endpoint)) {
    return { reason: 'the endpoint of otel.exporter is not an HTTP URL' }
  }
  // With a certificate of its own, Codex would refuse to talk to Tacho, which speaks plain HTTP.
  if (textAt(tls, 'client-certificate') !== undefined) {
    return { reason: 'otel.exporter shows a client certificate, which only Codex can do' }
  }
  return {
    redirect: endpointOption,
    own: { endpoint: new URL(endpoint), caCertificate: textAt(tls, 'ca-certificate') },
  }
}

function endpointOption(endpoint: string): string[] {
  return ['-c', `otel.exporter.${HTTP}.endpoint=${JSON.stringify(endpoint)}`]
}
