import type { Socket } from 'node:net'
import { NetworkError } from './problem.js'
import { type ProxyServer, proxyAuthorization } from './proxy-server.js'
import { readUntil } from './read-until.js'
import type { Transport } from './trust.js'

/** The limit of hyper and tungstenite too. */
const HEAD_BYTES = 8192

/**
 * Asks an HTTP proxy to connect to a target (`CONNECT`), with the same request as the agent's own
 * clients.
 *
 * @param host without brackets.
 */
export async function openHttpTunnel(
  socket: Socket,
  proxy: ProxyServer,
  target: { host: string; port: number },
  transport: Transport,
): Promise<void> {
  socket.write(connectRequest(proxy, target, transport))
  await readUntil(socket, (bytes) => {
    const head = headOf(bytes, proxy)
    if (head === undefined) return undefined
    const status = /^HTTP\/1\.[01] (\d{3})(?: |\r|$)/.exec(head)?.[1] ?? ''
    if (transport === 'http' ? status !== '200' : !status.startsWith('2'))
      throw refused(proxy, head)
    return head.length
  })
}

function connectRequest(
  proxy: ProxyServer,
  { host, port }: { host: string; port: number },
  transport: Transport,
): string {
  // tungstenite writes an IPv6 address without its brackets.
  const bare = host.includes(':') && transport === 'http' ? `[${host}]` : host
  const authorization = proxyAuthorization(proxy)
  const lines = [
    `CONNECT ${bare}:${port} HTTP/1.1`,
    `Host: ${bare}:${port}`,
    ...(transport === 'webSocket' ? ['Proxy-Connection: Keep-Alive'] : []),
    ...(authorization === undefined ? [] : [`Proxy-Authorization: ${authorization}`]),
  ]
  return `${lines.join('\r\n')}\r\n\r\n`
}

function headOf(bytes: Buffer, proxy: ProxyServer): string | undefined {
  const end = bytes.subarray(0, HEAD_BYTES).indexOf('\r\n\r\n')
  if (end !== -1) return bytes.toString('latin1', 0, end + 4)
  if (bytes.length >= HEAD_BYTES) throw refused(proxy, '')
  return undefined
}

function refused({ host, port }: ProxyServer, head: string): NetworkError {
  const [line = ''] = head.split('\r\n', 1)
  // Whatever answered may not be a proxy, and its answer goes to a log.
  const answer = /^HTTP\/1\.[01] \d{3}/.test(line)
    ? `answered ${line.slice(0, 60)}`
    : 'did not speak HTTP'
  return new NetworkError('PROXY_REFUSED', `the proxy ${host}:${port} ${answer}`)
}
