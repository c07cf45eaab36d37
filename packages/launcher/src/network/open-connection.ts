import { connect, type Socket } from 'node:net'
import { connect as connectTls, type TLSSocket } from 'node:tls'

export type Network = object
export type Opened = {
  socket: Socket | TLSSocket
  form: 'origin' | 'absolute'
  proxyAuthorization?: string
}
export function openConnection(
  _network: Network,
  target: URL,
  signal?: AbortSignal,
): Promise<Opened> {
  return new Promise((resolve, reject) => {
    const isTls = target.protocol === 'https:'
    const port = Number(target.port) || (isTls ? 443 : 80)
    const socket = isTls
      ? connectTls({
          host: target.hostname,
          port,
          servername: target.hostname,
          ALPNProtocols: ['http/1.1'],
          allowHalfOpen: true,
        } as never)
      : connect({ host: target.hostname, port, allowHalfOpen: true, noDelay: true })
    signal?.addEventListener('abort', () => socket.destroy(new Error('aborted')))
    socket.once('error', reject)
    socket.once(isTls ? 'secureConnect' : 'connect', () => {
      socket.off('error', reject)
      resolve({ socket, form: 'origin' })
    })
  })
}

export function networkOf(_environment: NodeJS.ProcessEnv): Network {
  return {}
}
export function basicAuthorization(_url: URL | undefined): string | undefined {
  return undefined
}
