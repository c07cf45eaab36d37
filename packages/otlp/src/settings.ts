import { cut } from '@tacho/format'
/** What is sent: spans, or lines of the debug log. */
export type OtlpSignal = 'traces' | 'logs'

/** OTLP's transports, as OpenTelemetry's variables name them. */
export const OTLP_PROTOCOLS = ['http/protobuf', 'http/json', 'grpc'] as const
export type OtlpProtocol = (typeof OTLP_PROTOCOLS)[number]

/** Where and how one signal is sent. */
export type OtlpSettings = {
  signal: OtlpSignal
  /** The URL for requests, with its path for HTTP. May hold a password. */
  url: string
  /** The same for people and files, without a password. */
  endpoint: string
  protocol: OtlpProtocol
}

export type Environment = Readonly<Record<string, string | undefined>>

/** An invalid setting. The message names it and lists the valid values. */
export class WrongOtlpSetting extends Error {
  override readonly name = 'WrongOtlpSetting'
  readonly code = 'wrong-otlp-setting'
}

/**
 * Returns where a signal is sent according to OpenTelemetry's variables
 * (https://opentelemetry.io/docs/specs/otel/protocol/exporter/), or undefined if it is not enabled.
 * Spans are enabled by an endpoint, or by `OTEL_TRACES_EXPORTER=otlp`. Log lines need an endpoint
 * of their own, or `OTEL_LOGS_EXPORTER=otlp`: the shared endpoint is usually Jaeger, which accepts
 * no logs.
 *
 * @throws WrongOtlpSetting
 */
export function otlpSettings(
  signal: OtlpSignal,
  environment: Environment,
): OtlpSettings | undefined {
  if (environment.OTEL_SDK_DISABLED?.trim().toLowerCase() === 'true') return undefined
  const exporter = exporterOf(signal, environment)
  const own = variable(environment, `OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_ENDPOINT`)
  const shared = variable(environment, 'OTEL_EXPORTER_OTLP_ENDPOINT')
  const isAskedFor =
    exporter === 'otlp' || own !== undefined || (signal === 'traces' && shared !== undefined)
  if (exporter === 'none' || !isAskedFor) return undefined
  return otlpSettingsFor(signal, environment)
}

/** The variable may list several exporters; the only one that Tacho has is OTLP. */
function exporterOf(signal: OtlpSignal, environment: Environment): 'otlp' | 'none' | undefined {
  const name = `OTEL_${signal.toUpperCase()}_EXPORTER`
  const value = variable(environment, name)
  if (value === undefined) return undefined
  const known = value.split(',').map((one) => one.trim())
  if (known.includes('otlp')) return 'otlp'
  if (known.every((one) => one === 'none')) return 'none'
  throw new WrongOtlpSetting(`${name} is ${JSON.stringify(value)}; Tacho knows otlp and none.`)
}

/**
 * Returns where an enabled signal is sent: from the options, else the variables, else
 * OpenTelemetry's default on this machine.
 *
 * @param options.endpoint like OTEL_EXPORTER_OTLP_ENDPOINT: for HTTP, the signal's path is
 * appended.
 * @throws WrongOtlpSetting
 */
export function otlpSettingsFor(
  signal: OtlpSignal,
  environment: Environment,
  options: { endpoint?: string | undefined; protocol?: string | undefined } = {},
): OtlpSettings {
  const protocol = protocolOf(signal, environment, options.protocol)
  const own =
    options.endpoint === undefined
      ? variable(environment, `OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_ENDPOINT`)
      : undefined
  const shared = options.endpoint ?? variable(environment, 'OTEL_EXPORTER_OTLP_ENDPOINT')
  if (protocol === 'grpc') return grpcSettings(signal, own ?? shared ?? 'http://localhost:4317')
  const url =
    own === undefined
      ? withPath(shared ?? 'http://localhost:4318', `v1/${signal}`)
      : httpUrl(own).href
  return { signal, protocol, url, endpoint: shown(url) }
}

function protocolOf(
  signal: OtlpSignal,
  environment: Environment,
  given: string | undefined,
): OtlpProtocol {
  const own = `OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_PROTOCOL`
  const name = variable(environment, own) === undefined ? 'OTEL_EXPORTER_OTLP_PROTOCOL' : own
  const protocol = given ?? variable(environment, name) ?? 'http/protobuf'
  const known = OTLP_PROTOCOLS.find((one) => one === protocol)
  if (known !== undefined) return known
  const who = given === undefined ? name : 'The protocol'
  throw new WrongOtlpSetting(
    `${who} is ${JSON.stringify(protocol)}; it is one of ${OTLP_PROTOCOLS.join(', ')}.`,
  )
}

// A gRPC endpoint can be just `host:port`; OTEL_EXPORTER_OTLP_INSECURE then decides on TLS.
function grpcSettings(signal: OtlpSignal, endpoint: string): OtlpSettings {
  if (/^[\w.-]+:\d{1,5}$/.test(endpoint)) {
    return { signal, protocol: 'grpc', url: endpoint, endpoint }
  }
  const { href, origin } = httpUrl(endpoint)
  return { signal, protocol: 'grpc', url: href, endpoint: origin }
}

function withPath(base: string, path: string): string {
  const url = httpUrl(base)
  url.pathname = `${url.pathname.replace(/\/$/, '')}/${path}`
  return url.href
}

function httpUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url !== undefined && /^https?:$/.test(url.protocol)) return url
  throw new WrongOtlpSetting(
    `${JSON.stringify(shownText(text))} is not an OTLP endpoint; one is http://127.0.0.1:4318, or https://… .`,
  )
}

function shown(url: string): string {
  const { origin, pathname } = new URL(url)
  return origin + pathname
}

// Even an invalid URL may contain a password.
function shownText(text: string): string {
  return cut(text.replace(/\/\/[^/]*@/, '//'), 200)
}

/** An empty variable counts as unset (OpenTelemetry's rule for all of them). */
function variable(environment: Environment, name: string): string | undefined {
  const value = environment[name]?.trim()
  return value === '' ? undefined : value
}
