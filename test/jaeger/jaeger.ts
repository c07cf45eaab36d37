import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { programPath } from '../host/index.js'
import { freePorts, Service } from './service.js'

/** The real Jaeger, on ports of its own. Leaving the scope of `await using` ends it. */
export type Jaeger = {
  /** `127.0.0.1:PORT`. */
  grpcEndpoint: string
  /** `http://127.0.0.1:PORT`, without `/v1/traces`. */
  httpEndpoint: string
  /** The address of the page and the query API: `http://127.0.0.1:PORT`. */
  url: string
  service: Service
  [Symbol.asyncDispose](): Promise<void>
}

export type JaegerOptions = {
  /** Whether traces survive its end: they are then in files (Badger) and not in memory. */
  isDurable?: boolean
  /** Whether the test starts it, with `service.start()`. */
  isDown?: boolean
}

/**
 * Starts one.
 *
 * @example
 * await using jaeger = await startJaeger()
 * await fetch(`${jaeger.httpEndpoint}/v1/traces`, { method: 'POST', headers, body })
 */
export async function startJaeger(options: JaegerOptions = {}): Promise<Jaeger> {
  const program = await programPath('jaeger')
  const folder = await mkdtemp(join(tmpdir(), 'tacho-jaeger-'))
  const [grpc = 0, http = 0, page = 0, pageGrpc = 0, health = 0] = await freePorts(5)
  const config = join(folder, 'jaeger.json')
  const storage = options.isDurable
    ? { badger: badgerIn(folder) }
    : { memory: { max_traces: 1000 } }
  await writeFile(
    config,
    JSON.stringify(configuration({ grpc, http, page, pageGrpc, health, storage })),
  )
  const service = new Service({
    program,
    args: ['--config', config],
    env: { HOME: folder },
    healthUrl: `http://127.0.0.1:${health}/status`,
  })
  if (!options.isDown) await service.start()
  return {
    grpcEndpoint: `127.0.0.1:${grpc}`,
    httpEndpoint: `http://127.0.0.1:${http}`,
    url: `http://127.0.0.1:${page}`,
    service,
    async [Symbol.asyncDispose]() {
      await service[Symbol.asyncDispose]()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

type Places = {
  grpc: number
  http: number
  page: number
  pageGrpc: number
  health: number
  storage: object
}

// JSON is YAML. The names are Jaeger's. Without the batch processor of its default configuration:
// whatever it has accepted is stored, so that a test that kills it knows what to expect.
function configuration({ grpc, http, page, pageGrpc, health, storage }: Places): object {
  const at = (port: number) => ({ endpoint: `127.0.0.1:${port}` })
  return {
    service: {
      extensions: ['jaeger_storage', 'jaeger_query', 'healthcheckv2'],
      pipelines: { traces: { receivers: ['otlp'], exporters: ['jaeger_storage_exporter'] } },
      telemetry: { metrics: { level: 'none' }, logs: { level: 'warn' } },
    },
    extensions: {
      jaeger_storage: { backends: { store: storage } },
      jaeger_query: { storage: { traces: 'store' }, http: at(page), grpc: at(pageGrpc) },
      healthcheckv2: { use_v2: true, http: at(health) },
    },
    receivers: { otlp: { protocols: { grpc: at(grpc), http: at(http) } } },
    exporters: { jaeger_storage_exporter: { trace_storage: 'store' } },
  }
}

function badgerIn(folder: string): object {
  const directory = join(folder, 'badger')
  return { directories: { keys: directory, values: directory }, ephemeral: false }
}
