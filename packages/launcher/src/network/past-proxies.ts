import { PROXY_VARIABLES, proxiesOf, settingOf } from './proxies.js'

const LOOPBACK = '127.0.0.1'

/**
 * Returns the environment in which the agent reaches Tacho on the loopback without the user's
 * proxies, which could not reach it. Everything else stays on its route: the rule is added to the
 * variable in effect, and the other spelling, which the agent's commands may read, is unchanged.
 */
export function pastProxies(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const proxies = proxiesOf(environment)
  const isPast = ['http', 'ws'].every(
    (scheme) => proxies(new URL(`${scheme}://${LOOPBACK}:1`)).kind === 'direct',
  )
  if (isPast) return environment
  const { variable, value } = settingOf(environment, 'no_proxy') ?? {
    variable: 'NO_PROXY',
    value: '',
  }
  // `*` covers all hosts only when alone: with a second rule, few programs respect it.
  if (value.trim() === '*') return withoutProxies(environment)
  return { ...environment, [variable]: value.trim() === '' ? LOOPBACK : `${value},${LOOPBACK}` }
}

function withoutProxies(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const entries = Object.entries(environment).filter(([name]) => !PROXY_VARIABLES.includes(name))
  return Object.fromEntries(entries)
}
