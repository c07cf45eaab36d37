import { timingSafeEqual } from 'node:crypto'
import type { RequestHead } from './wire/message-head.js'

/** What a request to the tap is, before anything else is done with it. */
export type Admission = { path: string } | { refusal: 403 | 404 }

/** @param prefix `/<secret>` and what else the path must begin with. */
export type Guard = (head: Pick<RequestHead, 'headers' | 'target'>, prefix: string) => Admission

/**
 * Lets in the recorded host and nobody else: a web page in the user's browser reaches loopback
 * ports too. `Host` is compared as text, for URL parsing takes `127.1` and `0x7f.1`; the path
 * begins with a secret that only the recorded host was told.
 */
export function guardOf(port: number): Guard {
  const hosts = new Set([`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`])
  return ({ headers, target }, prefix) => {
    const named = headers.filter(([name]) => name.length === 4 && name.toLowerCase() === 'host')
    if (named.length !== 1 || !hosts.has(named[0]?.[1] ?? '')) return { refusal: 403 }
    const rest = target.slice(prefix.length)
    const isOurs =
      isEqual(target.slice(0, prefix.length), prefix) && (rest === '' || /^[/?]/.test(rest))
    return isOurs ? { path: rest.startsWith('/') ? rest : `/${rest}` } : { refusal: 404 }
  }
}

function isEqual(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)]
  return left.length === right.length && timingSafeEqual(left, right)
}
