import type { ToSettle } from '../agent.js'
import { effectiveEnvironment, selectedAuth } from './settings.js'
import { NOTHING_CHOSEN, upstreamOf } from './upstream.js'

/**
 * Returns what a user of Gemini CLI must settle once: without a login in its settings, no request
 * is recorded.
 */
export function toSettle(cwd: string, environment: NodeJS.ProcessEnv): ToSettle | undefined {
  const effective = effectiveEnvironment(cwd, environment)
  const upstream = upstreamOf(selectedAuth(cwd, effective), effective)
  if (!('reason' in upstream) || upstream.reason !== NOTHING_CHOSEN) return undefined
  return {
    text: 'its requests cannot be recorded: its settings choose no login (security.auth.selectedType)',
    next: 'Choose one once: run gemini and type /auth',
  }
}
