import { isCanonicalUuid, traceIdOfUuid } from '@tacho/format'
import { type Environment, otlpSettings, WrongOtlpSetting } from '@tacho/otlp'
import { lastEndpoint } from '@tacho/reader'

/** The default port of Jaeger's page. */
const JAEGER_PORT = 16686

/**
 * Returns where Jaeger shows the trace of a session: at TACHO_JAEGER_URL, or on the machine that
 * spans are sent to according to the environment, else to the session's folder.
 *
 * @returns undefined if it was not sent and will not be.
 */
export function traceUrl(
  { id, folder }: { id: string; folder: string },
  environment: Environment,
): string | undefined {
  if (!isCanonicalUuid(id)) return undefined
  const base = environment.TACHO_JAEGER_URL || jaegerAt(endpointOf(folder, environment))
  return base === undefined
    ? undefined
    : `${base.replace(/(?<!\/)\/+$/, '')}/trace/${traceIdOfUuid(id)}`
}

function endpointOf(folder: string, environment: Environment): string | undefined {
  try {
    const settings = otlpSettings('traces', environment)
    if (settings !== undefined) return settings.endpoint
  } catch (error) {
    if (!(error instanceof WrongOtlpSetting)) throw error
  }
  return lastEndpoint(folder)
}

function jaegerAt(endpoint: string | undefined): string | undefined {
  if (endpoint === undefined) return undefined
  const url = endpoint.includes('://') ? endpoint : `grpc://${endpoint}`
  if (!URL.canParse(url)) return undefined
  return `http://${new URL(url).hostname}:${JAEGER_PORT}`
}
