import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

/** An export that reached a collector. */
export type Collected = { path: string; headers: IncomingHttpHeaders; body: Buffer }

/** Stands in for a user's collector: it keeps what it receives. */
export type Collector = {
  url: string
  exports: Collected[]
  /** Releases what was held. */
  release(): void
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * Starts one on 127.0.0.1.
 *
 * @param options.status its answer; default: 200.
 * @param options.isHeld it does not answer before it is released.
 */
export async function startCollector(
  options: { status?: number; isHeld?: boolean } = {},
): Promise<Collector> {
  const exports: Collected[] = []
  let release = () => {}
  const released = options.isHeld
    ? new Promise<void>((resolve) => {
        release = resolve
      })
    : Promise.resolve()
  const server = createServer(async (request, response) => {
    const { url = '', headers } = request
    exports.push({ path: url, headers, body: await buffer(request) })
    await released
    response.writeHead(options.status ?? 200).end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    exports,
    release: () => release(),
    async [Symbol.asyncDispose]() {
      release()
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
