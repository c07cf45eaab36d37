/** A proxy as a variable names it. */
export type ProxyServer = {
  protocol: 'http' | 'https' | 'socks5'
  /** A name or an address, without brackets. */
  host: string
  port: number
  user?: { name: string; password: string }
}

const PORTS = { http: 80, https: 443, socks5: 1080 }

/** A recognized kind of proxy that is not used. */
export const SOCKS_IS_NOT_USED = 'socks'

/**
 * Returns the proxy that Codex sends HTTP through: `http://`, `https://`, or a bare `host:port`. It
 * ignores anything else, except SOCKS, which it recognizes but cannot use, because its HTTP client
 * is built without it. (Codex 0.169, measured.)
 */
export function proxyForHttp(value: string): ProxyServer | typeof SOCKS_IS_NOT_USED | undefined {
  const parts = partsOf(value)
  if (parts === undefined) return undefined
  const { scheme, authority } = parts
  if (/^socks(4a?|5h?)$/.test(scheme ?? '')) return SOCKS_IS_NOT_USED
  const protocol = (scheme ?? 'http').toLowerCase()
  if (protocol !== 'http' && protocol !== 'https') return undefined
  // If a password contains an `@`, it ends there, and the host begins after the last one.
  const [userinfo] = authority.split('@', 1)
  const user = authority.includes('@') ? userOf(userinfo ?? '', decodeTolerantly) : undefined
  return proxyOf(protocol, authority, user)
}

/**
 * Returns the proxy that Codex opens WebSockets through: `http://`, `socks5://` or `socks5h://`,
 * always with the scheme. With anything else it opens none. (Codex 0.169, measured.)
 */
export function proxyForWebSockets(value: string): ProxyServer | undefined {
  const parts = partsOf(value.trim())
  if (parts?.scheme === undefined) return undefined
  const { scheme, authority } = parts
  const protocol = scheme.toLowerCase() === 'http' ? 'http' : /^socks5h?$/.test(scheme) && 'socks5'
  if (!protocol) return undefined
  const at = authority.lastIndexOf('@')
  try {
    const user = at === -1 ? undefined : userOf(authority.slice(0, at), decodeURIComponent)
    return proxyOf(protocol, authority, user)
  } catch {
    return undefined
  }
}

/** Returns the value for `Proxy-Authorization`. */
export function proxyAuthorization({ user }: ProxyServer): string | undefined {
  return user && `Basic ${Buffer.from(`${user.name}:${user.password}`).toString('base64')}`
}

// The characters of a URI: spaces, quotes and non-ASCII characters must be escaped.
const URI = /^[A-Za-z0-9!#$%&'()*+,\-./:;=?@[\]_~]+$/

function partsOf(value: string): { scheme?: string; authority: string } | undefined {
  if (!URI.test(value)) return undefined
  const match = /^(?:([A-Za-z][A-Za-z0-9+.-]*):\/\/)?([^/?#]+)([/?#].*)?$/.exec(value)
  if (match === null) return undefined
  const [, scheme, authority = '', rest] = match
  if (scheme !== undefined) return { scheme, authority }
  return rest === undefined ? { authority } : undefined
}

function proxyOf(
  protocol: ProxyServer['protocol'],
  authority: string,
  user: ProxyServer['user'],
): ProxyServer | undefined {
  const address = authority.slice(authority.lastIndexOf('@') + 1)
  const match = /^(?:\[([0-9A-Fa-f:.]+)\]|([^:[\]%]+))(?::(\d*))?$/.exec(address)
  const host = match?.[1] ?? match?.[2]
  if (host === undefined) return undefined
  const port = Number(match?.[3] ?? 0)
  const isPort = port > 0 && port < 65_536
  return { protocol, host, port: isPort ? port : PORTS[protocol], ...(user && { user }) }
}

function userOf(userinfo: string, decode: (text: string) => string): ProxyServer['user'] {
  const colon = userinfo.indexOf(':')
  if (colon === -1) return { name: decode(userinfo), password: '' }
  return { name: decode(userinfo.slice(0, colon)), password: decode(userinfo.slice(colon + 1)) }
}

/** Leaves invalid escapes as they are, and replaces bytes that are not UTF-8 with U+FFFD. */
function decodeTolerantly(text: string): string {
  const bytes = text.replaceAll(/%([0-9A-Fa-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
  return Buffer.from(bytes, 'latin1').toString('utf8')
}
