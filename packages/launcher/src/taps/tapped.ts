import { TAPPED_VARIABLE } from '@tacho/recorder'
import type { StartChange } from './start-change.js'

/**
 * Tells Node programs that record themselves where taps listen, because requests to a tap are
 * already recorded.
 */
export function tapped(baseUrl: string): StartChange {
  return (start) => {
    const { [TAPPED_VARIABLE]: others } = start.environment
    const { origin } = new URL(baseUrl)
    const all = others ? `${others},${origin}` : origin
    return { ...start, environment: { ...start.environment, [TAPPED_VARIABLE]: all } }
  }
}

/** Whether the user makes every Node program record itself: the agent may be one, and is tapped. */
export function recordsItself({ NODE_OPTIONS = '' }: NodeJS.ProcessEnv): boolean {
  return /(?:tacho\/register|bin\/register\.[cm]js)\b/.test(NODE_OPTIONS)
}
