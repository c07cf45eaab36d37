import { createHash } from 'node:crypto'
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'

/**
 * Returns when a process started, in kernel ticks since boot (proc_pid_stat(5), field 22), or
 * undefined if the system has no /proc. With the pid, this identifies a process for good.
 */
export function processStartTicks(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The second field is the command in parentheses, which may contain spaces and parentheses.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  } catch {
    return undefined
  }
}

/**
 * Identifies where process ids are valid (docs/format.md): a PID namespace of one boot of one host.
 */
export function pidNamespace(): string {
  return createHash('sha256').update(namespaceName()).digest('hex').slice(0, 16)
}

function namespaceName(): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()
    return `${boot} ${readlinkSync('/proc/self/ns/pid')}`
  } catch {
    return hostname()
  }
}
