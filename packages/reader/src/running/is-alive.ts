import { readFileSync } from 'node:fs'

/**
 * Returns whether the process that made a recording still exists.
 *
 * @param started its start time in the kernel's ticks, which distinguishes it from a later process
 *   with the same pid. If that is unknown, or the system has no /proc, the pid alone decides.
 */
export function isAlive(pid: number, started?: string): boolean {
  if (pid <= 0) return false
  const status = statusOf(pid)
  if (status === undefined) return answersSignals(pid)
  // A process that was killed but not waited for is a zombie: it no longer records.
  if (status.state === 'Z' || status.state === 'X') return false
  return started === undefined || started === status.started
}

// proc(5): the second field, the program's name, is in parentheses and can contain anything, so
// fields are counted from the last parenthesis. The state is field 3, the start time field 22.
function statusOf(pid: number): { state: string; started: string } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    const [state = '', started = ''] = [fields[0], fields[19]]
    return { state, started }
  } catch {
    return undefined
  }
}

function answersSignals(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'EPERM'
  }
}
