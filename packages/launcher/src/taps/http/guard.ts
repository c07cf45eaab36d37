import { timingSafeEqual } from 'node:crypto'
import type { Headers } from '@tacho/format'
import { headerValues } from './wire/message-head.js'

/** What a request to a tap is, before anything else is done with it. */
export type Admission = { path: string } | { refusal: 403 | 404 }

/**
 * @param prefix what the path must begin with: where the other end of a connection cannot be told,
 * `/<secret>`, which only the agent was told; else nothing.
 */
export type Guard = (head: { headers: Headers; target: string }, prefix?: string) => Admission

/**
 * Lets in the agent and no web page. A browser is of our own user too, may even be the agent's own,
 * and pages reach loopback ports. So `Host` is compared as text, for URL parsing takes `127.1` and
 * `0x7f.1`; and what only browsers say of themselves is refused.
 */
export function guardOf(port: number): Guard {
  const hosts = new Set([`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`])
  return ({ headers, target }, prefix = '') => {
    if (!hosts.has(hostOf(headers) ?? '') || headers.some(([name]) => isOfBrowser(name)))
      return { refusal: 403 }
    const rest = target.slice(prefix.length)
    const isBelow = rest.startsWith('/') || (prefix !== '' && (rest === '' || rest.startsWith('?')))
    if (!isBelow || !isEqual(target.slice(0, prefix.length), prefix)) return { refusal: 404 }
    return { path: rest.startsWith('/') ? rest : `/${rest}` }
  }
}

// Browsers send these three with every request to loopback that a page can make (Fetch Metadata, 2;
// Fetch, 3.2), and no page can leave them out. `Sec-Fetch-Mode` is none of them: Node's own `fetch`
// sends it.
const BROWSER_FIELDS = new Set(['origin', 'sec-fetch-site', 'sec-fetch-dest'])

function isOfBrowser(name: string): boolean {
  // By its length first: nearly all names are another one, and the agent waits.
  return (name.length === 6 || name.length === 14) && BROWSER_FIELDS.has(name.toLowerCase())
}

/** The host that a request names; nothing where it names none, or several. */
function hostOf(headers: Headers): string | undefined {
  const named = headerValues(headers, 'host')
  return named.length === 1 ? named[0] : undefined
}

function isEqual(one: string, other: string): boolean {
  if (one === '' && other === '') return true
  const [left, right] = [Buffer.from(one), Buffer.from(other)]
  return left.length === right.length && timingSafeEqual(left, right)
}
