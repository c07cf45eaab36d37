import { type NoProxy, noProxyForHttp, noProxyForWebSockets } from './no-proxy.js'
import type { NetworkProblem } from './problem.js'
import {
  type ProxyServer,
  proxyForHttp,
  proxyForWebSockets,
  SOCKS_IS_NOT_USED,
} from './proxy-server.js'

/** The route of a connection to a target. */
export type Route = (
  | { kind: 'direct' }
  | { kind: 'proxy'; proxy: ProxyServer }
  /** The agent itself could not connect. */
  | { kind: 'closed'; problem: NetworkProblem }
) & { problem?: NetworkProblem }

/** @param target `http:` and `https:` for requests, `ws:` and `wss:` for WebSockets. */
export type Proxies = (target: URL) => Route

/**
 * Returns the proxies of an environment, by Codex's rules, which differ for HTTP and WebSockets.
 * For both, the variable in capitals wins if it is set, even if empty. (Codex 0.169, measured:
 * test/launcher/network/proxies.test.ts has the table.)
 */
export function proxiesOf(environment: NodeJS.ProcessEnv): Proxies {
  const noProxy = settingOf(environment, 'no_proxy')?.value ?? ''
  const passes = {
    http: noProxyForHttp(noProxy),
    webSockets: noProxyForWebSockets(noProxy),
  }
  // In a CGI script, HTTP_PROXY comes from the request's own header.
  const isCgi = environment.REQUEST_METHOD !== undefined
  const of = (...names: string[]) => names.map((name) => settingOf(environment, name))
  const routes: Record<string, Route> = {
    'http:': isCgi ? DIRECT : routeForHttp(of('http_proxy', 'all_proxy')),
    'https:': isCgi ? DIRECT : routeForHttp(of('https_proxy', 'all_proxy')),
    'ws:': routeForWebSockets(of('http_proxy', 'all_proxy')),
    'wss:': routeForWebSockets(of('https_proxy', 'http_proxy', 'all_proxy')),
  }
  return (target) => {
    const route = routes[target.protocol] ?? DIRECT
    if (route === DIRECT) return route
    const isWebSocket = target.protocol.startsWith('ws')
    return isPast(isWebSocket ? passes.webSockets : passes.http, target) ? DIRECT : route
  }
}

/** The variables that name proxies. */
export const PROXY_VARIABLES = ['http_proxy', 'https_proxy', 'all_proxy'].flatMap((name) => [
  name.toUpperCase(),
  name,
])

/** The variable in effect, with its value. */
export type Setting = { variable: string; value: string }

/** Returns the variable in capitals, or the other if that is not set. */
export function settingOf(environment: NodeJS.ProcessEnv, name: string): Setting | undefined {
  for (const variable of [name.toUpperCase(), name]) {
    const value = environment[variable]
    if (value !== undefined) return { variable, value }
  }
  return undefined
}

/** Returns a URL's port, including the scheme's default. */
export function portOf(target: URL): number {
  if (target.port !== '') return Number(target.port)
  return /^(?:https|wss):$/.test(target.protocol) ? 443 : 80
}

const DIRECT: Route = { kind: 'direct' }

function isPast(noProxy: NoProxy, target: URL): boolean {
  return noProxy(target.hostname, portOf(target))
}

/** The first valid one. */
function routeForHttp(settings: (Setting | undefined)[]): Route {
  let problem: NetworkProblem | undefined
  for (const setting of settings) {
    if (setting === undefined || setting.value === '') continue
    const { variable, value } = setting
    const proxy = proxyForHttp(value)
    if (proxy === SOCKS_IS_NOT_USED) return closed(socksIsNotUsed(variable))
    if (proxy !== undefined) return { kind: 'proxy', proxy, ...(problem && { problem }) }
    problem ??= notUnderstood(variable)
  }
  return problem === undefined ? DIRECT : { kind: 'direct', problem }
}

/** The first non-empty one, valid or not. */
function routeForWebSockets(settings: (Setting | undefined)[]): Route {
  const setting = settings.find((one) => one !== undefined && one.value !== '')
  if (setting === undefined) return DIRECT
  const proxy = proxyForWebSockets(setting.value)
  return proxy === undefined ? closed(notForWebSockets(setting.variable)) : { kind: 'proxy', proxy }
}

function closed(problem: NetworkProblem): Route {
  return { kind: 'closed', problem }
}

// The values may contain passwords, so no message repeats them.

function notUnderstood(variable: string): NetworkProblem {
  return {
    variable,
    message: `${variable} is not a usable proxy (http://host:port is): requests go without it, as the agent sends its own.`,
  }
}

function socksIsNotUsed(variable: string): NetworkProblem {
  return {
    variable,
    message: `${variable} is a SOCKS proxy, which the agent uses for WebSockets only: its HTTP requests get nowhere, with Tacho or without.`,
  }
}

function notForWebSockets(variable: string): NetworkProblem {
  return {
    variable,
    message: `${variable} is not a proxy that the agent opens WebSockets through (http://host:port is): it goes on over HTTP.`,
  }
}
