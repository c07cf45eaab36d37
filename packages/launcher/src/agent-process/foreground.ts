import { readFileSync } from 'node:fs'
import { processStatOf } from './process-stat.js'

/**
 * Whether this process is in the foreground of a terminal: then the terminal sends Ctrl-C and
 * Ctrl-\ to the agent as well, and to pass them on would make two of one.
 *
 * Linux tells in /proc/self/stat. Elsewhere a terminal on one of the three streams decides.
 */
export function isInForeground(): boolean {
  try {
    const stat = processStatOf(readFileSync('/proc/self/stat', 'utf8'))
    return stat !== undefined && stat.group === stat.foregroundGroup
  } catch {
    return [process.stdin, process.stdout, process.stderr].some((stream) => stream.isTTY)
  }
}
