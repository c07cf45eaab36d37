const LOOPBACK = '127.0.0.1'

// In the order in which Claude Code reads them: the first one counts, for URLs of any scheme.
const PROXIES = ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY'] as const

/**
 * Returns the variables to change so that Claude Code (2.1.332) reaches Tacho on the loopback
 * without the user's proxy, which could not reach it. Claude Code uses one proxy for all requests,
 * whatever the URL's scheme.
 */
export function pastProxy(environment: NodeJS.ProcessEnv): Record<string, string> {
  const { no_proxy: small, NO_PROXY: capital } = environment
  const hosts = hostsWithout(environment)
  if (proxyOf(environment) === undefined || hosts === '*' || hosts.includes(LOOPBACK)) return {}
  const variable = small && !capital ? 'no_proxy' : 'NO_PROXY'
  const value = environment[variable]
  return { [variable]: value ? `${value},${LOOPBACK}` : LOOPBACK }
}

/**
 * Returns an environment in which Tacho's connections take the route that Claude Code's would have
 * taken.
 */
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

/** Returns the hosts that it reaches without its proxy: those of both variables, or all. */
function hostsWithout({ no_proxy: small, NO_PROXY: capital }: NodeJS.ProcessEnv): string[] | '*' {
  if (small === '*' || capital === '*') return '*'
  return `${small ?? ''},${capital ?? ''}`.split(/[,\s]+/).filter((one) => one !== '')
}
