import type { ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { type ProcessStat, processStatOf } from './process-stat.js'

/**
 * Whether this process is in the foreground of a terminal: then the terminal sends Ctrl-C and
 * Ctrl-\ to the agent as well, and to pass them on would make two of one.
 *
 * Linux tells in /proc/self/stat. Elsewhere a terminal on one of the three streams decides.
 */
export function isInForeground(): boolean {
  const stat = statOf('self')
  if (stat !== undefined) return stat.group === stat.foregroundGroup
  return [process.stdin, process.stdout, process.stderr].some((stream) => stream.isTTY)
}

/** Whether a child is still in the process group that it began in, which is ours. */
export function isInOurGroup({ pid }: ChildProcess): boolean {
  const [own, other] = [statOf('self'), statOf(pid ?? 0)]
  return own === undefined || other === undefined || own.group === other.group
}

function statOf(pid: number | 'self'): ProcessStat | undefined {
  try {
    return processStatOf(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return undefined
  }
}
