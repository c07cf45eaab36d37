import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'

/** A listener that runs until it is closed. */
export type UserListener = { port: number; close(): void }

/** The most connections from one user, admitted or not yet checked: a browser opens six. */
const CONNECTIONS = 64

/**
 * Listens on 127.0.0.1 for this machine's user. On Linux a connection from another user is closed
 * before any of it is read; elsewhere a secret must keep others out.
 *
 * @param port 0 for one that the system chooses.
 * @param onConnection receives each connection paused and unread.
 * @throws the system's error if the port is not available.
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
