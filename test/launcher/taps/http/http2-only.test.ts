import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { request } from 'node:http'
import { createSecureServer } from 'node:http2'
import { expect, test } from 'vitest'
import { attribute } from '../../../agents/session-on-disk.js'
import { createCertificateAuthority, listen } from '../../../network/index.js'
import { tapBefore } from './tap-before.js'

test('an API that speaks HTTP/2 only is spoken to by undici, and is recorded as any other', async () => {
  await using authority = createCertificateAuthority('HTTP 2')
  const { certificate: cert, key } = authority.issue()
  const server = createSecureServer({ cert, key }, (asked, response) => {
    const parts: Buffer[] = []
    asked.on('data', (bytes: Buffer) => parts.push(bytes))
    asked.on('end', () => {
      response.writeHead(200, {
        'content-type': 'text/event-stream',
        'x-version': asked.httpVersion,
      })
      response.write('data: {"type":"response.created"}\n\n')
      response.end(`data: ${Buffer.concat(parts)}\n\n`)
    })
  })
  await using upstream = await listen(server)
  await using before = await tapBefore(`https://127.0.0.1:${upstream.port}/v1`, {
    environment: { TEST_CERTIFICATE: authority.file },
  })
  const session = '01a20653-df5e-7e73-9ac4-a9965ff0ba3d'
  for (const body of ['{"model":"m"}', '{"model":"n"}']) {
    const asking = request(`${before.baseUrl}/responses`, {
      method: 'POST',
      headers: { 'session-id': session, authorization: 'Bearer some-key-0123456789' },
    })
    asking.end(body)
    const [got] = (await once(asking, 'response')) as [IncomingMessage]
    let text = ''
    for await (const bytes of got) text += bytes
    expect([got.statusCode, got.headers['x-version']]).toEqual([200, '2.0'])
    expect(text).toBe(`data: {"type":"response.created"}\n\ndata: ${body}\n\n`)
  }
  const recorded = await before.recorded()
  expect(recorded.ends).toMatchObject([{ state: 'completed' }, { state: 'completed' }])
  const spans = recorded.spans.filter(({ name }) => name === 'POST')
  expect(spans).toHaveLength(2)
  // By @opentelemetry/instrumentation-undici, below the exchange's span.
  expect(spans.map(({ parentSpanId }) => parentSpanId)).toEqual(
    recorded.exchanges.map(({ exchange }) => exchange),
  )
  for (const span of spans) {
    expect(attribute(span, 'http.response.status_code')).toBe(200)
    expect(attribute(span, 'network.protocol.version')).toBe('2')
  }
})
