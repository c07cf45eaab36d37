import { readFileSync } from 'node:fs'
import { Agent, type Dispatcher, EnvHttpProxyAgent } from 'undici'

/** Headers of some gateways are large; the host must get them all the same. */
const HEADER_BYTES = 1024 * 1024

/**
 * What requests are sent on with. It waits as long as the agent does: time-outs are the agent's,
 * and honours the proxy and the certificates that the agent would have used.
 *
 * @param environment the agent's: HTTP_PROXY and its like, CODEX_CA_CERTIFICATE, SSL_CERT_FILE.
 */
export function openUpstream(environment: NodeJS.ProcessEnv): Dispatcher {
  const ca = certificates(environment)
  const options: Agent.Options = {
    headersTimeout: 0,
    bodyTimeout: 0,
    maxHeaderSize: HEADER_BYTES,
    connect: { timeout: 0, ...(ca !== undefined && { ca }) },
  }
  if (!hasProxy(environment)) return new Agent(options)
  return new EnvHttpProxyAgent({ ...options, ...proxiesOf(environment) })
}

const PROXY_VARIABLES = [
  'http_proxy',
  'HTTP_PROXY',
  'https_proxy',
  'HTTPS_PROXY',
  'all_proxy',
  'ALL_PROXY',
]

/** Whether the agent would send its requests through a proxy. */
export function hasProxy(environment: NodeJS.ProcessEnv): boolean {
  return PROXY_VARIABLES.some((name) => environment[name])
}

function proxiesOf(environment: NodeJS.ProcessEnv): EnvHttpProxyAgent.Options {
  const first = (...names: string[]) =>
    names.map((name) => environment[name]).find((value) => value)
  const all = first('all_proxy', 'ALL_PROXY')
  const httpProxy = first('http_proxy', 'HTTP_PROXY') ?? all
  const httpsProxy = first('https_proxy', 'HTTPS_PROXY') ?? all
  const noProxy = first('no_proxy', 'NO_PROXY')
  return {
    ...(httpProxy !== undefined && { httpProxy }),
    ...(httpsProxy !== undefined && { httpsProxy }),
    ...(noProxy !== undefined && { noProxy }),
  }
}

function certificates(environment: NodeJS.ProcessEnv): string | undefined {
  const path = environment.CODEX_CA_CERTIFICATE || environment.SSL_CERT_FILE
  if (!path) return undefined
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
