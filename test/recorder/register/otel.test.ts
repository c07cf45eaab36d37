import { symlinkSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { repositoryRoot } from '../../host/index.js'
import { hostPlace } from './host-place.js'

// A host with an OpenTelemetry of its own, registered behind us: we are a preload.
const HOST = `
import { createRequire } from 'node:module'
const require = createRequire(import.meta.url)
const { trace } = require('@opentelemetry/api')
const { NodeTracerProvider, SimpleSpanProcessor, InMemorySpanExporter } = require('@opentelemetry/sdk-trace-node')
const { UndiciInstrumentation } = require('@opentelemetry/instrumentation-undici')
const exporter = new InMemorySpanExporter()
const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
provider.register()
new UndiciInstrumentation().setTracerProvider(provider)
for (const path of ['/v1/chat/completions', '/other'])
  await trace.getTracer('host').startActiveSpan('work', async (span) => {
    const answer = await fetch(process.env.URL + path, { method: 'POST', body: '{}' })
    console.log(await answer.text())
    span.end()
  })
for (const { name, instrumentationScope, parentSpanContext, status } of exporter.getFinishedSpans())
  console.log(name, instrumentationScope.name, parentSpanContext !== undefined, status.code)
`

test("a host's own OpenTelemetry goes on as it was, and so does its propagation", async () => {
  using place = hostPlace()
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
  try {
    symlinkSync(join(repositoryRoot, 'node_modules'), join(place.folder, 'node_modules'))
    place.file('host.mjs', HOST)
    const { port } = server.address() as AddressInfo
    const environment = { URL: `http://127.0.0.1:${port}` }
    const alone = await place.alone('host.mjs', { environment })
    expect(alone.stdout.toString()).toMatch(/traceparent[\s\S]*POST .*undici true 0\nwork host/)
    const recorded = await place.recorded('host.mjs', { environment })
    expect(recorded).toEqual(alone)
    const names = place.session().spans.map(({ name }) => name)
    expect(names.sort()).toEqual(['POST', 'POST', 'chat', 'session'])
  } finally {
    server.close()
  }
})
