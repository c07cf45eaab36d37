import type { Duplex } from 'node:stream'
import type { Dispatcher } from 'undici'
import { dispatcherOf } from '../../network/dispatcher.js'
import type { Network } from '../../network/network.js'
import { Http2Bridge } from './http2-bridge.js'

/** One client per network: an HTTP/2 connection carries many requests. */
const dispatchers = new WeakMap<Network, Dispatcher>()

/** Opens a stand-in for a connection to an API that speaks only HTTP/2. */
export function openHttp2Bridge(
  network: Network,
  origin: string,
  send: (work: () => void) => void,
): Duplex {
  const dispatcher = dispatchers.get(network) ?? dispatcherOf(network, { http2: true })
  dispatchers.set(network, dispatcher)
  return new Http2Bridge({ dispatcher, origin, send })
}
