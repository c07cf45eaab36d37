import type { NetworkProblem } from './problem.js'
import { proxiesOf, type Route } from './proxies.js'
import { type Transport, type Trust, trustOf } from './trust.js'

/** How an agent reaches the network: its proxies, and the certificates that it trusts. */
export type Network = {
  routeTo(target: URL): Route
  readonly trust: Trust
}

export type NetworkOptions = {
  /** The agent's own variable for a file of certificates: `CODEX_CA_CERTIFICATE`. */
  certificateVariable: string
  /** Called once for each unusable setting, when a connection first needs it. */
  onProblem?: (problem: NetworkProblem) => void
}

/** Returns the network of an agent with this environment. Reads no files yet. */
export function networkOf(environment: NodeJS.ProcessEnv, options: NetworkOptions): Network {
  const told = new Set<string>()
  const onProblem = (problem: NetworkProblem) => {
    if (told.has(problem.message)) return
    told.add(problem.message)
    options.onProblem?.(problem)
  }
  const proxies = proxiesOf(environment)
  const { certificateVariable } = options
  return {
    trust: trustOf({ environment, certificateVariable, onProblem }),
    routeTo(target) {
      const route = proxies(target)
      if (route.problem !== undefined) onProblem(route.problem)
      return route
    },
  }
}

/**
 * Prepares what a first connection to a target would wait for, mainly reading the system's
 * certificates: 25 to 60 ms of processor time. Reports problems, and never fails.
 */
export async function prepareNetwork(network: Network, target: URL): Promise<void> {
  const route = network.routeTo(target)
  const isProxySecure = route.kind === 'proxy' && route.proxy.protocol === 'https'
  if (isSecure(target) || isProxySecure)
    await network.trust.rulesFor(transportTo(target)).catch(() => {})
}

/** Whether a target is reached over TLS. */
export function isSecure(target: URL): boolean {
  return target.protocol === 'https:' || target.protocol === 'wss:'
}

/** Returns what a connection to a target is for. */
export function transportTo(target: URL): Transport {
  return target.protocol.startsWith('ws') ? 'webSocket' : 'http'
}
