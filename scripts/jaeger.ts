import { ProgramError } from './programs/index.js'
import { findJaeger } from './servers/find-jaeger.js'
import { runServer } from './servers/run-server.js'

const PAGE = 'http://127.0.0.1:16686'

process.exitCode = await main()

/** `npm run jaeger`: a Jaeger to experiment with, on the default ports. */
async function main(): Promise<number> {
  try {
    const program = await findJaeger(process.env)
    return await runServer({
      name: 'Jaeger',
      command: [program],
      // Otherwise it traces its own queries, appears in the list of services, and at its end waits
      // 10 s for the receiver that it has just closed.
      env: { OTEL_TRACES_SAMPLER: 'always_off' },
      ports: [4317, 4318, 16686],
      readyUrl: `${PAGE}/api/services`,
      onReady: () => sayHow(program),
    })
  } catch (cause) {
    if (!(cause instanceof ProgramError)) throw cause
    process.stderr.write(`${cause.message}\n`)
    return 1
  }
}

async function sayHow(program: string): Promise<void> {
  process.stdout.write(`
Jaeger runs until Ctrl-C, and keeps what it is sent in memory until then.

  spans over HTTP   http://127.0.0.1:4318
  spans over gRPC   http://127.0.0.1:4317
  its page          ${PAGE}

Now, in another terminal:

  export OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318
  tacho codex --persist-session
  tacho show last   # prints the address of the trace
${(await isPlaceholder()) ? placeholder(program) : ''}`)
}

/** Whether its page is only the placeholder of a Jaeger that was built without its assets. */
async function isPlaceholder(): Promise<boolean> {
  const page = await fetch(PAGE)
  return (await page.text()).includes('placeholder for the Jaeger UI')
}

function placeholder(program: string): string {
  return `
This Jaeger has no page, for it was built from its Go module; a placeholder stands in. What it
answers to programs is whole:

  curl ${PAGE}/api/services
  curl ${PAGE}/api/traces/<session id without its dashes>

For the page, put a released jaeger on PATH or name it: TACHO_JAEGER=… npm run jaeger
(docs/jaeger.md says where to get it). This one is ${program}
`
}
