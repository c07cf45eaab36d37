/** What Linux says of a process in `/proc/<pid>/stat` (proc_pid_stat(5)), as far as we ask. */
export type ProcessStat = {
  /** One letter: `R`, `S`, `T` for stopped, `Z` for ended and not yet waited for. */
  state: string
  parent: number
  group: number
  /** The process group in the foreground of its terminal; -1 where it has none. */
  foregroundGroup: number
  /** In ticks since the system started: with the process id it names a process for good. */
  startedAt: string
}

/**
 * Reads the text of `/proc/<pid>/stat`; nothing where it is none. The second field is the program's
 * name in parentheses, and may hold spaces and parentheses itself.
 */
export function processStatOf(text: string): ProcessStat | undefined {
  const end = text.lastIndexOf(')')
  const fields = text.slice(end + 2).split(' ')
  const [state, parent, group, , , foregroundGroup] = fields
  const startedAt = fields[19]
  if (end < 0 || state === undefined || startedAt === undefined) return undefined
  return {
    state,
    parent: Number(parent),
    group: Number(group),
    foregroundGroup: Number(foregroundGroup),
    startedAt,
  }
}
