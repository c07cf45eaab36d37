import { readFileSync } from 'node:fs'

/**
 * When a process started, in the kernel's ticks since boot (proc_pid_stat(5), field 22): with the
 * pid it names a process for good. Nothing where the system has no /proc.
 */
export function processStartTicks(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The second field is the command in parentheses, and may hold spaces and parentheses itself.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  } catch {
    return undefined
  }
}
