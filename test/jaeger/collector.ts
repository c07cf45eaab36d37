import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { programPath, repositoryRoot } from '../host/index.js'
import { freePorts, Service } from './service.js'

/** The real Collector with the real `otel-collector.yaml`. */
export type Collector = {
  /** `127.0.0.1:PORT`. */
  grpcEndpoint: string
  /** `http://127.0.0.1:PORT`, without `/v1/traces`. */
  httpEndpoint: string
  /** The address of its own metrics, in Prometheus's text format. */
  metricsUrl: string
  /** The folder of its queue. */
  state: string
  service: Service
  [Symbol.asyncDispose](): Promise<void>
}

export type CollectorOptions = {
  /** Where spans go: the gRPC endpoint of a Jaeger. */
  jaeger: string
  /** Variables that `otel-collector.yaml` reads. */
  environment?: Record<string, string>
  /** Prefixes its command line. */
  under?: readonly string[]
}

/** The file under test. */
export const COLLECTOR_YAML = join(repositoryRoot, 'otel-collector.yaml')

/**
 * Starts one. Leaving the scope of `await using` ends it.
 *
 * @example
 * await using collector = await startCollector({ jaeger: jaeger.grpcEndpoint })
 */
export async function startCollector(options: CollectorOptions): Promise<Collector> {
  const folder = await mkdtemp(join(tmpdir(), 'tacho-collector-'))
  const [grpc, http, health, metrics] = await freePorts(4)
  const state = join(folder, 'state')
  const [program = '', ...args] = [
    ...(options.under ?? []),
    await programPath('collector'),
    ...['--config', COLLECTOR_YAML],
  ]
  const service = new Service({
    program,
    args,
    env: {
      HOME: folder,
      PATH: process.env.PATH ?? '/usr/bin:/bin',
      TACHO_COLLECTOR_GRPC_PORT: String(grpc),
      TACHO_COLLECTOR_HTTP_PORT: String(http),
      TACHO_COLLECTOR_HEALTH_PORT: String(health),
      TACHO_COLLECTOR_METRICS_PORT: String(metrics),
      TACHO_COLLECTOR_STATE: state,
      TACHO_JAEGER_ENDPOINT: options.jaeger,
      // The sampling decision comes as soon as a test has sent its spans.
      TACHO_SAMPLING_WAIT: '1s',
      ...options.environment,
    },
    healthUrl: `http://127.0.0.1:${health}/`,
  })
  await service.start()
  return {
    grpcEndpoint: `127.0.0.1:${grpc}`,
    httpEndpoint: `http://127.0.0.1:${http}`,
    metricsUrl: `http://127.0.0.1:${metrics}/metrics`,
    state,
    service,
    async [Symbol.asyncDispose]() {
      await service[Symbol.asyncDispose]()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Its log lines above `info`. */
export function complaints({ service }: Collector): string[] {
  return service.output.split('\n').filter((line) => /\t(warn|error|fatal)\t/.test(line))
}

/** One of its own metrics, summed over all labels; 0 if it has not been counted yet. */
export async function figure({ metricsUrl }: Collector, name: string): Promise<number> {
  const text = await (await fetch(metricsUrl)).text()
  return text
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0)
}
