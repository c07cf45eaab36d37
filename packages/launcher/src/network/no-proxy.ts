import { BlockList, isIP } from 'node:net'

/** Whether a host is reached without the proxies. */
export type NoProxy = (host: string, port: number) => boolean

/**
 * The rules of reqwest, with which Codex sends HTTP: names including their subdomains, addresses,
 * and networks. A `*` covers names but not addresses, and rules have no ports. (Codex 0.169,
 * measured: test/launcher/network/no-proxy.test.ts has the table.)
 */
export function noProxyForHttp(list: string): NoProxy {
  const names: string[] = []
  const networks = { ipv4: new BlockList(), ipv6: new BlockList() }
  for (const rule of rulesOf(list)) {
    if (!addNetwork(networks, rule)) names.push(rule.toLowerCase())
  }
  return (host) => {
    const bare = withoutBrackets(host)
    const family = familyOf(bare)
    if (family !== undefined) return networks[family].check(bare, family)
    const name = bare.toLowerCase()
    return names.some((rule) => rule === '*' || isBelow(name, rule))
  }
}

/**
 * The rules of tungstenite, with which Codex opens WebSockets: suffixes of names and addresses,
 * with an optional port. A `*` counts only alone, networks are not supported, and a rule in
 * capitals matches nothing. (Codex 0.169, measured.)
 */
export function noProxyForWebSockets(list: string): NoProxy {
  if (list.trim() === '*') return () => true
  const rules = rulesOf(list).map(withPort)
  return (host, port) => {
    const bare = withoutBrackets(host)
    return rules.some((rule) => (rule.port ?? port) === port && isBelow(bare, rule.host))
  }
}

function rulesOf(list: string): string[] {
  return list
    .split(',')
    .map((rule) => rule.trim())
    .filter((rule) => rule !== '')
}

/** `example.com` and `.example.com` both cover that name and its subdomains. */
function isBelow(name: string, rule: string): boolean {
  const top = rule.startsWith('.') ? rule.slice(1) : rule
  return name === top || name.endsWith(`.${top}`)
}

function addNetwork(networks: Record<'ipv4' | 'ipv6', BlockList>, rule: string): boolean {
  const [address = '', prefix, ...rest] = rule.split('/')
  const family = familyOf(address)
  if (family === undefined || rest.length > 0) return false
  if (prefix === undefined) {
    networks[family].addAddress(address, family)
    return true
  }
  if (!/^\d{1,3}$/.test(prefix) || Number(prefix) > (family === 'ipv4' ? 32 : 128)) return false
  networks[family].addSubnet(address, Number(prefix), family)
  return true
}

function familyOf(host: string): 'ipv4' | 'ipv6' | undefined {
  if (host.includes('%')) return undefined
  const version = isIP(host)
  if (version === 0) return undefined
  return version === 4 ? 'ipv4' : 'ipv6'
}

/** `host:port`, `[address]:port`; a bare IPv6 address has colons and no port. */
function withPort(rule: string): { host: string; port?: number } {
  const [, host = rule, port] = /^(\[[^\]]*\]|[^:]*)(?::([^:]*))?$/.exec(rule) ?? []
  const isPort = port !== undefined && /^\d{1,5}$/.test(port)
  return { host: withoutBrackets(host), ...(isPort && { port: Number(port) }) }
}

function withoutBrackets(host: string): string {
  return host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host
}
