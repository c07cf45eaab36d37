import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ProgramError, programPath } from './programs/index.js'
import { runServer } from './servers/run-server.js'

// This runs from scripts/dist.
const CONFIG = join(dirname(fileURLToPath(import.meta.url)), '../../otel-collector.yaml')

process.exitCode = await main(process.env)

/** `npm run collector`: the Collector with `otel-collector.yaml`, in front of a Jaeger. */
async function main(environment: NodeJS.ProcessEnv): Promise<number> {
  const grpc = portIn(environment.TACHO_COLLECTOR_GRPC_PORT, 14317)
  const http = portIn(environment.TACHO_COLLECTOR_HTTP_PORT, 14318)
  const health = portIn(environment.TACHO_COLLECTOR_HEALTH_PORT, 14133)
  try {
    const program = await programPath('collector')
    return await runServer({
      name: 'The Collector',
      command: [program, '--config', CONFIG],
      ports: [grpc, http, health],
      readyUrl: `http://127.0.0.1:${health}/`,
      onReady: () =>
        void process.stdout.write(`
The Collector runs until Ctrl-C. It sends on to ${environment.TACHO_JAEGER_ENDPOINT ?? '127.0.0.1:4317'}; what cannot be sent waits on disk.

  spans over HTTP   http://127.0.0.1:${http}
  spans over gRPC   http://127.0.0.1:${grpc}
  is it well?       http://127.0.0.1:${health}/

Now, in another terminal:

  OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:${http} tacho codex --persist-session
`),
    })
  } catch (cause) {
    if (!(cause instanceof ProgramError)) throw cause
    process.stderr.write(`${cause.message}\n`)
    return 1
  }
}

function portIn(value: string | undefined, otherwise: number): number {
  return value === undefined || value === '' ? otherwise : Number(value)
}
