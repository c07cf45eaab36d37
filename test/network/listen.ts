import { once } from 'node:events'
import type { AddressInfo, Server, Socket } from 'node:net'

/** A test's server on the loopback, closed with all its connections at the end. */
export type Listening = AsyncDisposable & { port: number; connections: Set<Socket> }

/** @param host default `127.0.0.1`. */
export async function listen(server: Server, host = '127.0.0.1'): Promise<Listening> {
  const connections = new Set<Socket>()
  server.on('connection', (socket) => {
    connections.add(socket)
    // Whatever is tested may hang up at any time.
    socket.on('error', () => {}).on('close', () => connections.delete(socket))
  })
  server.listen(0, host)
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    connections,
    async [Symbol.asyncDispose]() {
      for (const socket of connections) socket.destroy()
      if (!server.listening) return
      server.close()
      await once(server, 'close')
    },
  }
}
