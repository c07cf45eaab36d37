import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { eventually } from '../../host/index.js'
import { hostPlace } from './host-place.js'

test('what a host has not sent when it exits is sent behind it', async () => {
  using place = hostPlace()
  const names = new Set<string>()
  const collector = createServer(async (request, response) => {
    let text = ''
    for await (const part of request.setEncoding('utf8')) text += part
    for (const [, name = ''] of text.matchAll(/"name":"(chat \w+|session \w+|POST)"/g))
      names.add(name)
    response.setHeader('content-type', 'application/json').end('{}')
  })
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve))
  try {
    const { port } = collector.address() as AddressInfo
    const url = `http://127.0.0.1:${port}`
    place.file(
      'agent.mjs',
      `await (await fetch('${url}/v1/messages', { method: 'POST', body: '{"model":"m"}' })).text()
       process.exit(4)`,
    )
    const recorded = await place.recorded('agent.mjs', {
      environment: { OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' },
    })
    expect([recorded.exitCode, recorded.stderr.toString()]).toEqual([4, ''])
    await eventually(() => expect(names).toContain('chat m'))
  } finally {
    collector.closeAllConnections()
    collector.close()
  }
})
