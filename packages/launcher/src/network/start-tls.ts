import { isIP, type Socket } from 'node:net'
import { connect, type TLSSocket } from 'node:tls'
import { NetworkError } from './problem.js'
import type { TlsRules } from './trust.js'

/**
 * Starts TLS over an open connection, and verifies the certificate against the rules and the host's
 * name.
 *
 * @param host without brackets; an address is verified, but not sent as the server name.
 */
export function startTls(
  socket: Socket,
  host: string,
  { secureContext, protocols, checkIdentity }: TlsRules,
): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const name = host.endsWith('.') ? host.slice(0, -1) : host
    // It may have ended while the certificates were being read: TLS would then wait for ever.
    if (socket.readableEnded || socket.destroyed) {
      reject(hungUp(host))
      return
    }
    const secured = connect({
      socket,
      host: name,
      secureContext,
      // NODE_TLS_REJECT_UNAUTHORIZED in the user's environment does not apply to Tacho.
      rejectUnauthorized: true,
      checkServerIdentity: checkIdentity,
      ...(isIP(name) === 0 && { servername: name }),
      ...(protocols && { ALPNProtocols: protocols }),
    })
    const onError = (error: NodeJS.ErrnoException) => {
      leave()
      // Ignores further errors as it ends.
      secured.on('error', () => {}).destroy()
      reject(speaksHttp2Only(error) ? http2Only(host, error) : error)
    }
    const onClose = () => onError(hungUp(host))
    const onSecure = () => {
      leave()
      resolve(secured)
    }
    const leave = () =>
      secured.off('secureConnect', onSecure).off('error', onError).off('close', onClose)
    secured.on('secureConnect', onSecure).on('error', onError).on('close', onClose)
  })
}

function hungUp(host: string): Error {
  return Object.assign(new Error(`${host} hung up`), { code: 'ECONNRESET' })
}

function speaksHttp2Only(error: NodeJS.ErrnoException): boolean {
  return error.code === 'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL'
}

function http2Only(host: string, cause: Error): NetworkError {
  return new NetworkError('HTTP2_ONLY', `${host} speaks no HTTP/1.1`, { cause })
}
