import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'
import { replyOf, responsesEvents, type Spoken } from '../scripted-model/index.js'

/** A model that answers over WebSockets, and over nothing else. */
export type WebSocketModel = {
  baseUrl: string
  /** The texts of the requests, oldest first. */
  requests: string[]
  [Symbol.asyncDispose](): Promise<void>
}

/** `half`: no more than half of the answer's events come; `breaks`: and then the socket closes. */
export type Said = Spoken & { stops?: 'half' | 'breaks' }

/**
 * Starts one. Prewarms are answered with nothing.
 *
 * @param answers what is said to each other request, in order.
 */
export async function startWebSocketModel(answers: Said[]): Promise<WebSocketModel> {
  const requests: string[] = []
  const left = [...answers]
  const server = createServer((_, response) => response.writeHead(404).end())
  const sockets = new WebSocketServer({ server })
  sockets.on('connection', (socket) => {
    socket.on('message', (message) => {
      requests.push(message.toString())
      const asked = JSON.parse(message.toString())
      const said = asked.generate === false ? {} : (left.shift() ?? { text: 'Nothing more.' })
      say(socket, said, String(requests.length), asked)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    requests,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets.clients) socket.terminate()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function say(socket: WebSocket, said: Said, key: string, asked: Record<string, unknown>): void {
  const events = [...responsesEvents(replyOf(said, key, asked))]
  const sent = said.stops !== undefined ? events.slice(0, Math.ceil(events.length / 2)) : events
  socket.ping('there?')
  for (const { json } of sent) socket.send(json)
  if (said.stops === 'breaks') socket.close(1011, 'restarting')
}
