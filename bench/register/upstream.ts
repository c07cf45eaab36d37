import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

// A model API in a separate process: the cost of answering must not count as the host's.

const EVENTS = 10_000
const MEBIBYTE = 1024 * 1024

const event = (index: number) =>
  `data: ${JSON.stringify({ type: 'response.output_text.delta', item_id: 'msg_1', delta: `word ${index} ` })}\n\n`
const last = `data: ${JSON.stringify({ type: 'response.completed', response: { id: 'r', output: [] } })}\n\n`
const answer = JSON.stringify({
  id: 'r',
  object: 'response',
  output: [],
  text: 'word '.repeat(800),
})

const server = createServer(async (request, response) => {
  for await (const _ of request);
  const [, what = ''] = /\?(\w+)$/.exec(request.url ?? '') ?? []
  if (what === 'sse') await stream(response, EVENTS, 0)
  else if (what === 'paced') await stream(response, 50, 10)
  else if (what === 'first') await stream(response, 3, 0)
  else if (what === 'large') await large(response, 256 * MEBIBYTE)
  else response.writeHead(200, { 'content-type': 'application/json' }).end(answer)
})
// A busy machine pauses for longer than the five seconds for which Node keeps an idle connection
// open.
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () =>
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`),
)

async function stream(response: ServerResponse, events: number, pause: number): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  for (let index = 0; index < events; index += 1) {
    const isTaken = response.write(event(index))
    if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause))
    else if (!isTaken) await new Promise<void>((resolve) => response.once('drain', resolve))
  }
  response.end(last)
}

async function large(response: ServerResponse, bytes: number): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/octet-stream' })
  const part = Buffer.alloc(MEBIBYTE, 'Some text of an answer that goes on and on.\n')
  const isGone = once(response, 'close')
  for (let sent = 0; sent < bytes && !response.destroyed; sent += part.length) {
    if (!response.write(part)) await Promise.race([once(response, 'drain'), isGone])
  }
  response.end()
}
