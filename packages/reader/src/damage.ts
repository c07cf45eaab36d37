/** A place in a session's files that could not be read. Reading continues after it. */
export type Damage = {
  /** The file's name in the session folder. */
  file: string
  /** The line number, starting at 1; absent if the whole file is meant. */
  line?: number
  /** The offset at which that line begins. */
  byte?: number
  /** How many consecutive lines, including this one. */
  lines: number
  reason: string
}

/** Why a file does not end with a whole line: what wrote it was stopped, or it was cut. */
export const LAST_LINE_CUT = 'the last line is cut off'

/** Returns whether nothing is damaged there, but reading ended at a limit. */
export function isLimit({ reason }: Pick<Damage, 'reason'>): boolean {
  return LIMIT.test(reason)
}

const LIMIT = /^(not read from here on|more than \d+ \w+ are not read|spans are nested deeper)/

/** Reports damage. */
export type ReportDamage = (damage: Damage) => void

/** Otherwise the reports about a thoroughly damaged file would fill memory. */
const REPORTS = 1000

/**
 * Returns a function that collects damage in a list: adjacent lines with the same reason become one
 * entry; if a line is reported twice, the second reason counts, because it is more specific.
 */
export function collectDamage(list: Damage[]): ReportDamage {
  return (damage) => {
    if (isSameLine(list.at(-1), damage)) forgetLine(list)
    const last = list.at(-1)
    if (last !== undefined && (list.length >= REPORTS || continues(last, damage))) {
      last.lines += damage.lines
    } else {
      list.push({ ...damage })
    }
  }
}

function isSameLine(last: Damage | undefined, next: Damage): boolean {
  if (last?.line === undefined || next.line === undefined || last.file !== next.file) return false
  return last.line + last.lines - 1 === next.line
}

function forgetLine(list: Damage[]): void {
  const last = list.at(-1)
  if (last === undefined) return
  if (last.lines > 1) last.lines -= 1
  else list.pop()
}

function continues(last: Damage, next: Damage): boolean {
  if (last.file !== next.file || last.reason !== next.reason) return false
  return last.line !== undefined && next.line === last.line + last.lines
}
