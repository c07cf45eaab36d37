import { createServer } from 'node:http'
import { createSecureServer } from 'node:http2'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { dispatcherOf, requestTo } from '../../../packages/launcher/dist/network/dispatcher.js'
import { type Network, networkOf } from '../../../packages/launcher/dist/network/network.js'
import {
  type CertificateAuthority,
  createCertificateAuthority,
  listen,
  startHttpProxy,
} from '../../network/index.js'

let authority: CertificateAuthority

beforeAll(() => {
  authority = createCertificateAuthority('dispatcher')
})

afterAll(() => authority[Symbol.asyncDispose]())

function network(environment: NodeJS.ProcessEnv): Network {
  return networkOf(environment, { certificateVariable: 'CODEX_CA_CERTIFICATE' })
}

test('a request to a plain server goes through the proxy in absolute form, and says who asks', async () => {
  await using server = await listen(createServer((request, response) => response.end(request.url)))
  const authorization = `Basic ${Buffer.from('ada:pw').toString('base64')}`
  await using proxy = await startHttpProxy({ authorization, leadTo: '127.0.0.1' })
  const through = network({ HTTP_PROXY: `http://ada:pw@127.0.0.1:${proxy.port}` })
  const target = new URL(`http://collector.internal.test:${server.port}/v1/logs?key=1`)
  const dispatcher = dispatcherOf(through)
  const answer = await dispatcher.request({ ...requestTo(through, target), method: 'GET' })
  expect(await answer.body.text()).toBe('/v1/logs?key=1')
  expect(proxy.heads[0]).toContain(`GET ${target.href} HTTP/1.1`)
  await dispatcher.destroy()
})

test('HTTP/2 is spoken where it is wanted, also through a tunnel', async () => {
  const { certificate, key } = authority.issue()
  const both = createSecureServer({ cert: certificate, key }, (request, response) =>
    response.end(request.httpVersion),
  )
  await using server = await listen(both)
  await using proxy = await startHttpProxy()
  for (const environment of [{}, { HTTPS_PROXY: proxy.url }]) {
    const through = network({ SSL_CERT_FILE: authority.file, ...environment })
    const target = requestTo(through, new URL(`https://localhost:${server.port}/`))
    const http2 = dispatcherOf(through, { http2: true })
    const answer = await http2.request({ ...target, method: 'GET' })
    expect(await answer.body.text()).toBe('2.0')
    await http2.destroy()
    const http1 = dispatcherOf(through)
    await expect(http1.request({ ...target, method: 'GET' })).rejects.toMatchObject({
      code: 'HTTP2_ONLY',
    })
    await http1.destroy()
  }
  expect(proxy.heads).toHaveLength(2)
})
