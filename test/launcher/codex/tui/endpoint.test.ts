import { EventEmitter, once } from 'node:events'
import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { openEndpoint } from '../../../../packages/launcher/dist/codex/tui/endpoint.js'
import { WebSocketLines } from '../../../../packages/launcher/dist/codex/tui/web-socket-lines.js'

test('the TUI with its token gets in, and each message is a line both ways', async () => {
  const heard: string[] = []
  const endpoint = await openEndpoint((socket) => {
    const lines = new WebSocketLines(socket)
    lines.on('data', (bytes: Buffer) => heard.push(bytes.toString()))
    // Half of a line, and then the rest of it with the next one.
    lines.write('{"id":1,')
    lines.write('"result":{}}\n{"method":"ä"}\n')
  })
  const client = connect(endpoint.address, { authorization: `Bearer ${endpoint.token}` })
  const messages: string[] = []
  client.on('message', (message) => messages.push(message.toString()))
  await once(client, 'open')
  client.send('{"method":"initialized"}')
  await expect.poll(() => messages).toEqual(['{"id":1,"result":{}}', '{"method":"ä"}'])
  await expect.poll(() => heard.join('')).toBe('{"method":"initialized"}\n')
  endpoint.close()
  await once(client, 'close')
})

test.each([
  ['no token', () => ({})],
  ['another token', () => ({ authorization: `Bearer ${'x'.repeat(43)}` })],
  ['a token without its scheme', (token: string) => ({ authorization: token })],
  ['a web page', (token: string) => ({ authorization: `Bearer ${token}`, origin: 'http://a.b' })],
  ['another host', (token: string) => ({ authorization: `Bearer ${token}`, host: 'localhost' })],
])('%s gets a 403 and no connection', async (_who, headers) => {
  const endpoint = await openEndpoint(() => expect.unreachable())
  const client = connect(endpoint.address, headers(endpoint.token))
  const [error] = await once(client, 'error')
  expect(String(error)).toContain('403')
  endpoint.close()
})

test('a connection ends with its stream', async () => {
  const endpoint = await openEndpoint((socket) => new WebSocketLines(socket).end('{"last":1}\n'))
  const client = connect(endpoint.address, { authorization: `Bearer ${endpoint.token}` })
  const message = once(client, 'message')
  await once(client, 'close')
  expect(String((await message)[0])).toBe('{"last":1}')
  endpoint.close()
})

test('a stream ends with its connection', async () => {
  const opened = new EventEmitter()
  const endpoint = await openEndpoint((socket) => opened.emit('open', new WebSocketLines(socket)))
  const client = connect(endpoint.address, { authorization: `Bearer ${endpoint.token}` })
  const [[lines]] = (await Promise.all([once(opened, 'open'), once(client, 'open')])) as [
    [WebSocketLines],
    unknown,
  ]
  lines.resume()
  client.terminate()
  await once(lines, 'end')
  endpoint.close()
})

function connect(address: string, headers: Record<string, string>): WebSocket {
  return new WebSocket(address, { headers })
}
