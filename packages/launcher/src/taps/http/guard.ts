import { timingSafeEqual } from 'node:crypto'
import type { Headers } from '@tacho/format'
import { headerValues } from './wire/message-head.js'

/** Whether a request to a tap is admitted, decided before anything else. */
export type Admission = { path: string } | { refusal: 403 | 404 }

/**
 * @param prefix the required prefix of the path: if peers cannot be identified, `/<secret>`, which
 * only the agent knows; otherwise empty.
 */
export type Guard = (head: { headers: Headers; target: string }, prefix?: string) => Admission

/**
 * Admits the agent and no web page. A browser runs as our own user, may even be started by the
 * agent, and pages can reach loopback ports. So `Host` is compared as text, because URL parsing
 * accepts `127.1` and `0x7f.1`; and headers that only browsers send are refused.
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
// Fetch, 3.2), and no page can suppress them. `Sec-Fetch-Mode` is not among them: Node's own
// `fetch` sends it.
const BROWSER_FIELDS = new Set(['origin', 'sec-fetch-site', 'sec-fetch-dest'])

function isOfBrowser(name: string): boolean {
  // Checks the length first: nearly all names are others, and the agent waits.
  return (name.length === 6 || name.length === 14) && BROWSER_FIELDS.has(name.toLowerCase())
}

/** Returns the host that a request names; undefined if it names none, or several. */
function hostOf(headers: Headers): string | undefined {
  const named = headerValues(headers, 'host')
  return named.length === 1 ? named[0] : undefined
}

function isEqual(one: string, other: string): boolean {
  if (one === '' && other === '') return true
  const [left, right] = [Buffer.from(one), Buffer.from(other)]
  return left.length === right.length && timingSafeEqual(left, right)
}
