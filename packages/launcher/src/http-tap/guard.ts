import { timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** What a request to the tap is, before anything else is done with it. */
export type Admission = { path: string } | { refusal: 403 | 404 }

/**
 * Lets in the recorded host and nobody else: a web page in the user's browser reaches loopback
 * ports too. `Host` is compared as text, for URL parsing takes `127.1` and `0x7f.1`; the path
 * begins with a secret that only the recorded host was told.
 *
 * @param prefix `/<secret>/<upstream's host>`, what the upstream's path stands behind.
 */
export function admit(request: IncomingMessage, port: number, prefix: string): Admission {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`]
  if (!hosts.includes(request.headers.host ?? '')) return { refusal: 403 }
  const url = request.url ?? ''
  const rest = url.slice(prefix.length)
  const isOurs = isEqual(url.slice(0, prefix.length), prefix) && (rest === '' || /^[/?]/.test(rest))
  return isOurs ? { path: rest.startsWith('/') ? rest : `/${rest}` } : { refusal: 404 }
}

function isEqual(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)]
  return left.length === right.length && timingSafeEqual(left, right)
}
