/** The fields of `/proc/<pid>/stat` (proc_pid_stat(5)) that are used here. */
export type ProcessStat = {
  /** One letter: `R`, `S`, `T` for stopped, `Z` for a zombie. */
  state: string
  parent: number
  group: number
  /** The foreground process group of its terminal; -1 if it has none. */
  foregroundGroup: number
  /** In ticks since boot: with the process id this identifies a process for good. */
  startedAt: string
}

/**
 * Parses `/proc/<pid>/stat`; undefined if the text is invalid. The second field is the program's
 * name in parentheses, which may contain spaces and parentheses.
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
