import { PROXY_VARIABLES, proxiesOf, settingOf } from './proxies.js'

const LOOPBACK = '127.0.0.1'

/**
 * The environment in which the agent reaches us on the loopback past the user's proxies, which could
 * not reach us. All else goes the way it went: the rule is added to the variable that counts, and the
 * other spelling, which the agent's commands may read, is left alone.
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
  // `*` is for all hosts only where it stands alone: with a second rule it would be for few programs.
  if (value.trim() === '*') return withoutProxies(environment)
  return { ...environment, [variable]: value.trim() === '' ? LOOPBACK : `${value},${LOOPBACK}` }
}

function withoutProxies(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const entries = Object.entries(environment).filter(([name]) => !PROXY_VARIABLES.includes(name))
  return Object.fromEntries(entries)
}
