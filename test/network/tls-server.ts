import { createServer, type TLSSocket, type TlsOptions } from 'node:tls'
import type { Identity } from './certificates.js'
import { type Listening, listen } from './listen.js'

export type TlsServer = Listening & {
  /** The server name in each client's handshake. */
  clients: { serverName: string | false; protocol: string | false | null }[]
  /** The error codes of failed handshakes. */
  failures: (string | undefined)[]
}

/** A TLS server. @param serve what it does with a client; default: says `hello` and hangs up. */
export async function startTlsServer(
  identity: Identity,
  options: TlsOptions & { host?: string } = {},
  serve: (socket: TLSSocket) => void = (socket) => socket.end('hello'),
): Promise<TlsServer> {
  const { host, ...own } = options
  const clients: TlsServer['clients'] = []
  const failures: TlsServer['failures'] = []
  const server = createServer(
    { cert: identity.certificate, key: identity.key, ...own },
    (socket) => {
      socket.on('error', () => {})
      clients.push({ serverName: (socket as Named).servername, protocol: socket.alpnProtocol })
      serve(socket)
    },
  )
  server.on('tlsClientError', (error: NodeJS.ErrnoException) => failures.push(error.code))
  return { ...(await listen(server, host)), clients, failures }
}

type Named = { servername: string | false }
