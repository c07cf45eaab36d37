import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TapBefore, type TapBeforeOptions, tapBefore } from './tap-before.js'

/** A real HTTP tap in this process, in front of an upstream that the test writes. */
export type TapBetween = TapBefore & {
  upstream: Server
  upstreamUrl: URL
  close(): Promise<void>
}

/**
 * Starts one. Only one at a time: OpenTelemetry's provider is global to the process.
 *
 * @param path of the upstream's base URL.
 */
export async function tapBetween(
  listener: RequestListener,
  path = '/v1',
  options: TapBeforeOptions = {},
): Promise<TapBetween> {
  const upstream = createServer(listener)
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve))
  const { port } = upstream.address() as AddressInfo
  const upstreamUrl = new URL(`http://127.0.0.1:${port}${path}`)
  const before = await tapBefore(upstreamUrl.href, options)
  return {
    ...before,
    upstream,
    upstreamUrl,
    async close() {
      await before[Symbol.asyncDispose]()
      upstream.closeAllConnections()
      await new Promise((resolve) => upstream.close(resolve))
    },
  }
}
