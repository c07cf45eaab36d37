import { Agent, type Dispatcher } from 'undici'
import type { Network } from './network.js'
import { openConnection } from './open-connection.js'
import { proxyAuthorization } from './proxy-server.js'

/**
 * A client of undici over this network, for what we send ourselves. It waits as long as the caller.
 *
 * @param signal gives up connections that are being opened.
 */
export function dispatcherOf(network: Network, signal?: AbortSignal): Dispatcher {
  return new Agent({
    headersTimeout: 0,
    bodyTimeout: 0,
    connect({ protocol, host }, done) {
      openConnection(network, new URL(`${protocol}//${host}`), signal).then(
        ({ socket }) => done(null, socket),
        (error) => done(error, null),
      )
    },
  })
}

/** How undici is told of a request: to a plain HTTP proxy its path is the whole URL. */
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
