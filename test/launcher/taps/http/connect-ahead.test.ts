import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { request } from 'node:http'
import { createServer } from 'node:https'
import { createServer as createTcpServer, type Socket } from 'node:net'
import { expect, test } from 'vitest'
import { SessionOnDisk } from '../../../agents/session-on-disk.js'
import { eventually } from '../../../host/index.js'
import { createCertificateAuthority, listen } from '../../../network/index.js'
import { tapBefore } from './tap-before.js'

test('a request that waits for the connection made beforehand gets one of its own when that fails', async () => {
  await using authority = createCertificateAuthority('Ahead')
  const { certificate: cert, key } = authority.issue()
  const api = createServer({ cert, key }, (_, response) => response.end('answered'))
  const held: Socket[] = []
  const door = createTcpServer((socket) => {
    if (held.length === 0) held.push(socket)
    else api.emit('connection', socket)
  })
  await using upstream = await listen(door)
  const url = new URL(`https://127.0.0.1:${upstream.port}/v1`)
  await using before = await tapBefore(url.href, {
    environment: { TEST_CERTIFICATE: authority.file },
  })
  before.tap.connectAhead(url)
  await eventually(() => expect(held).toHaveLength(1))
  const asking = request(`${before.baseUrl}/responses`, { method: 'POST', agent: false })
  asking.end('{}')
  await eventually(() => {
    expect(new SessionOnDisk(before.recording.latest.folder).exchanges).toHaveLength(1)
  })
  held[0]?.destroy()
  const [got] = (await once(asking, 'response')) as [IncomingMessage]
  expect((await got.toArray()).join('')).toBe('answered')
})
