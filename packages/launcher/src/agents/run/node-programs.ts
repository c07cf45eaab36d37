import { existsSync, realpathSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { SESSION_VARIABLE } from '@tacho/recorder'
import type { StartChange } from '../../taps/start-change.js'

/**
 * Makes Node programs also record themselves, in the same session, for requests that bypass the
 * base URL. Uses `--require`, which every Node accepts; with `--import`, Node before 18.18 would
 * not start.
 *
 * @param session the path of the session's folder.
 */
export function withRegister(session: string): StartChange {
  return (start) => {
    const entry = registerEntry()
    if (entry === undefined) return start
    const { NODE_OPTIONS: own = '' } = start.environment
    const environment = {
      ...start.environment,
      NODE_OPTIONS: `${own === '' ? '' : `${own} `}--require ${quoted(entry)}`,
      TACHO_PERSIST_SESSION: '1',
      [SESSION_VARIABLE]: resolve(session),
    }
    return { ...start, environment }
  }
}

/** Returns the entry next to the running command, or undefined if that is not `tacho`. */
function registerEntry(): string | undefined {
  try {
    const entry = join(dirname(realpathSync(process.argv[1] ?? '')), 'register.cjs')
    return existsSync(entry) ? entry : undefined
  } catch {
    return undefined
  }
}

// NODE_OPTIONS syntax: words separated by spaces, or in double quotes.
function quoted(path: string): string {
  return /[\s"\\]/.test(path) ? `"${path.replaceAll(/["\\]/g, '\\$&')}"` : path
}
