import { existsSync, realpathSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { SESSION_VARIABLE } from '@tacho/recorder'
import type { StartChange } from '../../taps/start-change.js'

/**
 * Has Node programs record themselves, too, into the same session: what they send past their base URL.
 * By `--require`, which every Node takes; by `--import` those before 18.18 would not start.
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

/** It stands beside the command that was run; nothing where that is no `tacho`. */
function registerEntry(): string | undefined {
  try {
    const entry = join(dirname(realpathSync(process.argv[1] ?? '')), 'register.cjs')
    return existsSync(entry) ? entry : undefined
  } catch {
    return undefined
  }
}

// As Node reads NODE_OPTIONS: words between spaces, or between double quotes.
function quoted(path: string): string {
  return /[\s"\\]/.test(path) ? `"${path.replaceAll(/["\\]/g, '\\$&')}"` : path
}
