import type { ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { type ProcessStat, processStatOf } from './process-stat.js'

/**
 * Whether this process is in the foreground of a terminal: then the terminal also sends Ctrl-C and
 * Ctrl-\ to the agent, and forwarding them would deliver them twice.
 *
 * Linux shows this in /proc/self/stat. Elsewhere it is assumed if one of the three streams is a
 * terminal.
 */
export function isInForeground(): boolean {
  const stat = statOf('self')
  if (stat !== undefined) return stat.group === stat.foregroundGroup
  return [process.stdin, process.stdout, process.stderr].some((stream) => stream.isTTY)
}

/** Whether a child is still in the process group that it started in, which is ours. */
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
