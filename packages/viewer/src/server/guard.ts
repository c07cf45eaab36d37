import { timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** The status with which a request is refused, without a body. */
export type Refusal = 401 | 403 | 405

/**
 * Returns why a request is refused before anything else in it is read (docs/architecture.md): its
 * `Host` must be exactly one of ours, because URL parsers treat `127.1` and `0x7f.1` as the same;
 * its `Origin`, if any, must be ours; no other site may have made the browser send it; and it must
 * not change anything.
 */
export function refusalOf(
  { method, rawHeaders }: Pick<IncomingMessage, 'method' | 'rawHeaders'>,
  port: number,
): Refusal | undefined {
  const [host, ...otherHosts] = valuesOf(rawHeaders, 'host')
  if (host === undefined || otherHosts.length > 0 || !hostsOf(port).includes(host)) return 403
  const origins = valuesOf(rawHeaders, 'origin')
  if (origins.length > 1 || origins.some((origin) => origin !== `http://${host}`)) return 403
  const sites = valuesOf(rawHeaders, 'sec-fetch-site')
  if (sites.some((site) => site !== 'same-origin' && site !== 'none')) return 403
  return method === 'GET' || method === 'HEAD' ? undefined : 405
}

/**
 * Returns whether a request has the token, as `Authorization: Bearer …`. Compares in constant time.
 */
export function hasToken(
  { rawHeaders }: Pick<IncomingMessage, 'rawHeaders'>,
  token: string,
): boolean {
  const [value = '', ...others] = valuesOf(rawHeaders, 'authorization')
  if (others.length > 0) return false
  const [given, wanted] = [Buffer.from(value), Buffer.from(`Bearer ${token}`)]
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}

function hostsOf(port: number): string[] {
  return [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`]
}

function valuesOf(rawHeaders: readonly string[], name: string): string[] {
  return rawHeaders.filter(
    (_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name,
  )
}
