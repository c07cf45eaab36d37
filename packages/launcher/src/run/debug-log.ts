import { isAbsolute, join, normalize } from 'node:path'
import { WrongUse, withHome } from './switches.js'

/**
 * Returns the path of the debug log, absolute or relative to the session folder.
 *
 * @throws WrongUse if a relative path leads out of the folder.
 */
export function debugLogPath(path: string | undefined): string | undefined {
  if (path === undefined) return undefined
  const whole = withHome(path)
  if (isAbsolute(whole)) return whole
  const normal = normalize(whole)
  if (normal === '..' || normal.startsWith('../') || normal === '.') {
    throw new WrongUse(
      `--debug-log ${path}: a relative path is inside the session folder; use an absolute one.`,
    )
  }
  return normal
}

/**
 * Returns its path without persistence: an absolute path as it is, a relative one in the agent's
 * log folder.
 */
export function debugLogWithoutSession(path: string | undefined, agentHome: string): string {
  const inside = debugLogPath(path) ?? 'session.log'
  return isAbsolute(inside) ? inside : join(agentHome, 'log', inside)
}
