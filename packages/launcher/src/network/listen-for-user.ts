import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'

/** What listens until it is closed. */
export type UserListener = { port: number; close(): void }

/** Connections of one user at a time, let in or not yet looked at: a browser opens six. */
const CONNECTIONS = 64

/**
 * Listens on 127.0.0.1 for this machine's user. On Linux a connection of another user is closed before
 * a byte of it is read; elsewhere a secret has to keep others out.
 *
 * @param port 0: one that the system chooses.
 * @param onConnection is given each connection paused, with nothing read.
 * @throws the system's error where the port is not available.
 */
export async function listenForUser(
  port: number,
  onConnection: (socket: Socket) => void,
): Promise<UserListener> {
  const { Peers } = await import('./peer.js')
  const peers = await Peers.open({ anyProcess: true })
  const open = new Set<Socket>()
  const server = createServer({ pauseOnConnect: true, noDelay: true }, (socket) => {
    if (open.size >= CONNECTIONS) {
      socket.destroy()
      return
    }
    open.add(socket)
    socket.once('close', () => open.delete(socket))
    socket.on('error', ignore)
    void peers.admits(socket).then((isAdmitted) => {
      if (isAdmitted && !socket.destroyed) onConnection(socket)
      else socket.destroy()
    })
  })
  server.listen(port, '127.0.0.1')
  try {
    await once(server, 'listening')
  } catch (error) {
    peers.close()
    throw error
  }
  return {
    port: (server.address() as AddressInfo).port,
    close() {
      server.close()
      for (const socket of open) socket.destroy()
      peers.close()
    },
  }
}

function ignore(): void {}
