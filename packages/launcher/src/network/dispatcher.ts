import { Agent, type Dispatcher } from 'undici'
import type { Network } from './network.js'
import { openConnection } from './open-connection.js'
import { proxyAuthorization } from './proxy-server.js'

export type DispatcherOptions = {
  /** Aborts connections that are being opened. */
  signal?: AbortSignal
  /** For servers that speak only HTTP/2 (`HTTP2_ONLY`). */
  http2?: boolean
}

/**
 * Returns an undici client over this network: for Tacho's own requests, and where HTTP/2 is needed.
 * It waits as long as the caller.
 */
export function dispatcherOf(network: Network, options: DispatcherOptions = {}): Dispatcher {
  const { signal, http2 = false } = options
  return new Agent({
    headersTimeout: 0,
    bodyTimeout: 0,
    allowH2: http2,
    connect({ protocol, host }, done) {
      const target = new URL(`${protocol}//${host}`)
      openConnection(network, target, signal, http2 ? ['h2'] : undefined).then(
        ({ socket }) => done(null, socket),
        (error) => done(error, null),
      )
    },
  })
}

/** Returns a request's parameters for undici: for a plain HTTP proxy, the path is the whole URL. */
export function requestTo(
  network: Network,
  target: URL,
): { origin: string; path: string; headers: string[] } {
  const { origin, pathname, search } = target
  const route = network.routeTo(target)
  if (route.kind !== 'proxy' || target.protocol !== 'http:')
    return { origin, path: pathname + search, headers: [] }
  const authorization = proxyAuthorization(route.proxy)
  return {
    origin,
    path: origin + pathname + search,
    headers: authorization === undefined ? [] : ['proxy-authorization', authorization],
  }
}
