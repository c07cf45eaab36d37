const LOOPBACK = '127.0.0.1'

// In the order in which Claude Code looks: the first counts, for URLs of every kind.
const PROXIES = ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY'] as const

/**
 * The variables with which Claude Code (2.1.332) reaches us on the loopback past the user's proxy, which
 * could not reach us: those that change. One proxy is for all that it asks, whatever the URL's scheme.
 */
export function pastProxy(environment: NodeJS.ProcessEnv): Record<string, string> {
  const { no_proxy: small, NO_PROXY: capital } = environment
  const hosts = hostsWithout(environment)
  if (proxyOf(environment) === undefined || hosts === '*' || hosts.includes(LOOPBACK)) return {}
  const variable = small && !capital ? 'no_proxy' : 'NO_PROXY'
  const value = environment[variable]
  return { [variable]: value ? `${value},${LOOPBACK}` : LOOPBACK }
}

/** An environment in which connections of ours go the way that Claude Code's would have gone. */
export function withItsProxy(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const all = Object.entries(environment).filter(([name]) => !/^(https?|all|no)_proxy$/i.test(name))
  const [proxy, hosts] = [proxyOf(environment), hostsWithout(environment)]
  const isUsed = proxy !== undefined && hosts !== '*'
  return {
    ...Object.fromEntries(all),
    ...(isUsed && { HTTPS_PROXY: proxy, HTTP_PROXY: proxy, NO_PROXY: hosts.join(',') }),
  }
}

function proxyOf(environment: NodeJS.ProcessEnv): string | undefined {
  const name = PROXIES.find((one) => environment[one])
  return name && environment[name]
}

/** The hosts that it reaches without its proxy: those of both variables, or all of them. */
function hostsWithout({ no_proxy: small, NO_PROXY: capital }: NodeJS.ProcessEnv): string[] | '*' {
  if (small === '*' || capital === '*') return '*'
  return `${small ?? ''},${capital ?? ''}`.split(/[,\s]+/).filter((one) => one !== '')
}
