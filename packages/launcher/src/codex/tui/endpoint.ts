import { randomBytes, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'

/** Where the TUI finds us. */
export type Endpoint = {
  /** `ws://127.0.0.1:PORT` */
  address: string
  /** What it has to show: `Authorization: Bearer <token>`. */
  token: string
  /** Ends every connection and lets no more in. */
  close(): void
}

/**
 * Listens for the TUI, and for nobody else, on a loopback port: unlike the socket file of the other
 * way there is nothing to leave behind when we are killed.
 *
 * @throws where no port can be had.
 */
export async function openEndpoint(onClient: (socket: WebSocket) => void): Promise<Endpoint> {
  const token = randomBytes(32).toString('base64url')
  const server = createServer((_request, response) => response.writeHead(404).end())
  // A message holds a whole history, and no limit of ours may end a session.
  const sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: 0,
    skipUTF8Validation: true,
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  server.on('upgrade', (request, socket, head) => {
    if (mayEnter(request, host, token)) sockets.handleUpgrade(request, socket, head, onClient)
    else socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n')
  })
  return {
    address: `ws://${host}`,
    token,
    close() {
      server.close()
      for (const socket of sockets.clients) socket.terminate()
    },
  }
}

// Other users of the machine reach the port too, and so does a web page in the user's browser.
function mayEnter({ headers }: IncomingMessage, host: string, token: string): boolean {
  return (
    headers.host === host &&
    headers.origin === undefined &&
    isEqual(headers.authorization ?? '', `Bearer ${token}`)
  )
}

function isEqual(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)]
  return left.length === right.length && timingSafeEqual(left, right)
}
