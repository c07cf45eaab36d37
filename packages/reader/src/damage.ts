/** A place in a session's files that could not be read. The reader goes on behind it. */
export type Damage = {
  /** The file's name inside the session folder. */
  file: string
  /** The line, counted from 1; absent where the whole file is meant. */
  line?: number
  /** The byte of the file at which that line begins. */
  byte?: number
  /** How many lines in a row, this one included. */
  lines: number
  reason: string
}

/** Takes note of damage. */
export type ReportDamage = (damage: Damage) => void

/** A file that is damaged through and through would otherwise fill the memory with reports. */
const REPORTS = 1000

/**
 * Collects damage in a list: neighbouring lines with one reason become one entry, and of a line that
 * is reported twice, the second reason counts, which knows more of it.
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
