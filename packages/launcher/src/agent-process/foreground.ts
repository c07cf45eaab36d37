import { readFileSync } from 'node:fs'

/**
 * Whether this process is in the foreground of a terminal: then the terminal sends Ctrl-C and
 * Ctrl-\ to the agent as well, and to pass them on would make two of one.
 *
 * Linux tells in /proc/self/stat (proc_pid_stat(5): fields 5 and 8, the process group and the
 * terminal's foreground group). Elsewhere a terminal on one of the three streams decides.
 */
export function isInForeground(): boolean {
  try {
    const stat = readFileSync('/proc/self/stat', 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[2] === fields[5]
  } catch {
    return [process.stdin, process.stdout, process.stderr].some((stream) => stream.isTTY)
  }
}
