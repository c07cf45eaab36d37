import { readFileSync } from 'node:fs'

/**
 * Whether the process that made a recording is still there.
 *
 * @param started its start time in the kernel's ticks, which tells it from a later one of the same
 *   pid. Where it is not known, or the system has no /proc, the pid alone decides.
 */
export function isAlive(pid: number, started?: string): boolean {
  if (pid <= 0) return false
  const status = statusOf(pid)
  if (status === undefined) return answersSignals(pid)
  // A process that was killed and not yet waited for is a zombie: it records nothing any more.
  if (status.state === 'Z' || status.state === 'X') return false
  return started === undefined || started === status.started
}

// proc(5): the second field, the program's name, is in parentheses and can hold anything, so the
// fields are counted from the last one of them. The state is field 3, the start time field 22.
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
