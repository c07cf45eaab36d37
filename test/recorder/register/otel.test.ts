import { symlinkSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { programPath, repositoryRoot } from '../../host/index.js'
import { hostPlace, recordersEnded, registerUrl } from './host-place.js'

// Hosts with an OpenTelemetry of their own.
const SETUP = `
import { createRequire } from 'node:module'
const require = createRequire(import.meta.url)
const { NodeTracerProvider, SimpleSpanProcessor, InMemorySpanExporter } = require(process.env.SDK)
const { UndiciInstrumentation } = require(process.env.UNDICI)
globalThis.exporter = new InMemorySpanExporter()
const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
provider.register()
new UndiciInstrumentation().setTracerProvider(provider)
`

const WORK = `
import { createRequire } from 'node:module'
const { trace } = createRequire(import.meta.url)('@opentelemetry/api')
for (const path of ['/v1/chat/completions', '/other'])
  await trace.getTracer('host').startActiveSpan('work', async (span) => {
    const answer = await fetch(process.env.URL + path, { method: 'POST', body: '{}' })
    console.log(await answer.text())
    span.end()
  })
for (const span of exporter.getFinishedSpans()) {
  // By the names in 2.x and in 1.x.
  const { name: scope } = span.instrumentationScope ?? span.instrumentationLibrary
  console.log(span.name, scope, (span.parentSpanContext ?? span.parentSpanId) !== undefined, span.status.code)
}
`

const SDKS = {
  '1.x': { sdk: 'otel-1', undici: 'otel-1-undici' },
  '2.x': { sdk: '@opentelemetry/sdk-trace-node', undici: '@opentelemetry/instrumentation-undici' },
} as const

for (const [version, { sdk, undici }] of Object.entries(SDKS))
  for (const order of ['before us', 'behind us'])
    test(`a host's own OpenTelemetry ${version}, set up ${order}, goes on as it was, and so does its propagation`, async () => {
      using place = hostPlace()
      const sdks = dirname(dirname(await programPath('sdks')))
      const packages = version === '1.x' ? sdks : join(repositoryRoot, 'node_modules')
      symlinkSync(packages, join(place.folder, 'node_modules'))
      const setup = pathToFileURL(place.file('setup.mjs', SETUP)).href
      place.file('work.mjs', WORK)
      place.file('host.mjs', "import './setup.mjs'\nawait import('./work.mjs')")
      const server = await startServer()
      try {
        const { port } = server.address() as AddressInfo
        const environment = { URL: `http://127.0.0.1:${port}`, SDK: sdk, UNDICI: undici }
        const alone = await place.alone('host.mjs', { environment })
        expect(alone.stdout.toString()).toMatch(/traceparent[\s\S]*POST.*undici true 0\nwork host/)
        const recorded =
          order === 'behind us'
            ? await place.recorded('host.mjs', { environment })
            : await place.alone('work.mjs', {
                environment: { ...environment, TACHO_PERSIST_SESSION: '1' },
                options: ['--import', setup, '--import', registerUrl],
              })
        expect(recorded).toEqual(alone)
        await recordersEnded(join(place.folder, 'sessions'))
        const names = place.session().spans.map(({ name }) => name)
        expect(names.sort()).toEqual(['POST', 'POST', 'chat', 'session'])
      } finally {
        server.close()
      }
    })

/** A server that answers with the names of the header fields that it received. */
async function startServer() {
  const server = createServer((request, response) => {
    request.resume()
    const fields = request.rawHeaders.filter((_, index) => index % 2 === 0)
    response.end(
      fields
        .map((name) => name.toLowerCase())
        .sort()
        .join(),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}
