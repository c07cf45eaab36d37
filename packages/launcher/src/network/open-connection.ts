import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { connectTcp } from './connect-tcp.js'
import { openHttpTunnel } from './http-tunnel.js'
import { isSecure, type Network, transportTo } from './network.js'
import { NetworkError } from './problem.js'
import { portOf } from './proxies.js'
import { type ProxyServer, proxyAuthorization } from './proxy-server.js'
import { openSocksTunnel } from './socks.js'
import { startTls } from './start-tls.js'

/** A connection that a request can be sent on. */
export type Opened = {
  /** Connected, handshakes done, paused, may be half-open, without listeners of ours. */
  socket: Socket | TLSSocket
  /** The form of a request's target: `absolute` for a plain HTTP proxy. */
  form: 'origin' | 'absolute'
  /** For `Proxy-Authorization`, if `form` is `absolute` and the proxy's URL names a user. */
  proxyAuthorization?: string
}

/**
 * Opens the connection that the agent would have opened, the same way: directly, through a tunnel,
 * or to a plain HTTP proxy. It waits as long as the system does: timeouts are up to the agent.
 *
 * @param target for a request `http:` or `https:`, for a WebSocket `ws:` or `wss:`.
 * @param protocols offered to a TLS target instead of HTTP/1.1: after `HTTP2_ONLY`, `h2`.
 * @throws an Error with a `code`: the system's, OpenSSL's, one of {@link NetworkError}, or
 * `ABORT_ERR`.
 */
export async function openConnection(
  network: Network,
  target: URL,
  signal?: AbortSignal,
  protocols?: string[],
): Promise<Opened> {
  const route = network.routeTo(target)
  if (route.kind === 'closed') throw new NetworkError('PROXY_UNUSABLE', route.problem.message)
  if (route.kind === 'proxy') return openThrough(network, route.proxy, target, signal, protocols)
  const socket = await connectSocket(hostOf(target), portOf(target), signal)
  if (!isSecure(target)) return { socket, form: 'origin' }
  return opening(socket, signal, () => toTarget(network, socket, target, protocols))
}

async function openThrough(
  network: Network,
  proxy: ProxyServer,
  target: URL,
  signal: AbortSignal | undefined,
  protocols: string[] | undefined,
): Promise<Opened> {
  const socket = await connectSocket(proxy.host, proxy.port, signal)
  return opening(socket, signal, async () => {
    if (target.protocol === 'http:') return toProxy(network, socket, proxy)
    const tunnel = await openTunnel(network, socket, proxy, target)
    if (!isSecure(target)) return { socket: tunnel, form: 'origin' }
    return toTarget(network, tunnel, target, protocols)
  })
}

async function toTarget(
  network: Network,
  socket: Socket,
  target: URL,
  protocols: string[] | undefined,
): Promise<Opened> {
  const rules = await network.trust.rulesFor(transportTo(target))
  const own = protocols === undefined ? rules : { ...rules, protocols }
  return { socket: await startTls(socket, hostOf(target), own), form: 'origin' }
}

async function toProxy(network: Network, socket: Socket, proxy: ProxyServer): Promise<Opened> {
  const authorization = proxyAuthorization(proxy)
  return {
    socket: await secureProxy(network, socket, proxy, 'absolute'),
    form: 'absolute',
    ...(authorization !== undefined && { proxyAuthorization: authorization }),
  }
}

async function openTunnel(
  network: Network,
  socket: Socket,
  proxy: ProxyServer,
  target: URL,
): Promise<Socket> {
  const end = { host: hostOf(target), port: portOf(target) }
  if (proxy.protocol === 'socks5') {
    await openSocksTunnel(socket, proxy, end)
    return socket
  }
  const secured = await secureProxy(network, socket, proxy, 'origin')
  await openHttpTunnel(secured, proxy, end, transportTo(target))
  return secured
}

/**
 * Starts TLS to the proxy itself. Codex uses such a proxy only for HTTP, and offers no protocols
 * when it asks for a tunnel.
 */
async function secureProxy(
  network: Network,
  socket: Socket,
  proxy: ProxyServer,
  use: Opened['form'],
): Promise<Socket> {
  if (proxy.protocol !== 'https') return socket
  const { protocols, ...rules } = await network.trust.rulesFor('http')
  const offered = use === 'absolute' && protocols !== undefined
  return startTls(socket, proxy.host, { ...rules, ...(offered && { protocols }) })
}

function connectSocket(
  host: string,
  port: number,
  signal: AbortSignal | undefined,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(abortError())
      return
    }
    const abort = () => {
      stop()
      reject(abortError())
    }
    signal?.addEventListener('abort', abort)
    const stop = connectTcp(host, port, (error, socket) => {
      signal?.removeEventListener('abort', abort)
      if (socket !== undefined) resolve(socket)
      else reject(error)
    })
  })
}

/** Destroys the socket if opening fails or is aborted. */
async function opening(
  socket: Socket,
  signal: AbortSignal | undefined,
  open: () => Promise<Opened>,
): Promise<Opened> {
  const abort = () => socket.destroy()
  // Between two steps there is no other listener.
  socket.on('error', abort)
  signal?.addEventListener('abort', abort)
  try {
    if (signal?.aborted) throw abortError()
    return await open()
  } catch (error) {
    socket.destroy()
    throw signal?.aborted ? abortError() : error
  } finally {
    socket.off('error', abort)
    signal?.removeEventListener('abort', abort)
  }
}

function hostOf({ hostname }: URL): string {
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname
}

function abortError(): Error {
  return Object.assign(new Error('the connection attempt was abandoned'), { code: 'ABORT_ERR' })
}
