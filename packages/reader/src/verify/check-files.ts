import { lstatSync, readdirSync, type Stats } from 'node:fs'
import { join } from 'node:path'
import type { ReportDamage } from '../damage.js'

/** How many files a session folder has, or why it cannot be examined. */
export type FilesCheck = { count: number; unreadable?: string }

/**
 * Checks that a session folder is private: folders 0700, files 0600, all with one owner, regular
 * files with one name each. The agent's transcript is the agent's own, and may be a link to it.
 */
export function checkFiles(folder: string, report: ReportDamage): FilesCheck {
  const top = lstatSync(folder, { throwIfNoEntry: false })
  if (top === undefined) return { count: 0, unreadable: 'the folder is not there' }
  if (!top.isDirectory()) return { count: 0, unreadable: 'it is not a folder' }
  checkMode('.', top, 0o700, report)
  try {
    return { count: checkEntries(folder, '', top.uid, report) }
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? String(cause)
    return { count: 0, unreadable: `the folder cannot be read (${code})` }
  }
}

function checkEntries(folder: string, below: string, owner: number, report: ReportDamage): number {
  let count = 0
  for (const name of readdirSync(join(folder, below))) {
    const file = join(below, name)
    const found = lstatSync(join(folder, file), { throwIfNoEntry: false })
    if (found === undefined) continue
    if (found.isDirectory()) {
      checkMode(file, found, 0o700, report)
      count += checkEntries(folder, file, owner, report)
      continue
    }
    count += 1
    if (TRANSCRIPT.test(name)) continue
    checkFile(file, found, owner, report)
  }
  return count
}

const TRANSCRIPT = /^rollout-.*\.jsonl/

function checkFile(file: string, found: Stats, owner: number, report: ReportDamage): void {
  const wrong = (reason: string): void => report({ file, lines: 0, reason })
  if (!found.isFile()) {
    wrong(found.isSymbolicLink() ? 'a symbolic link' : 'not a plain file')
    return
  }
  if (found.uid !== owner) wrong('belongs to somebody else than the folder')
  if (found.nlink > 1) wrong('has a second name somewhere (a hard link)')
  checkMode(file, found, 0o600, report)
}

function checkMode(file: string, { mode }: Stats, wanted: number, report: ReportDamage): void {
  const found = mode & 0o777
  if (found === wanted) return
  const reason = `has mode ${octal(found)} and not ${octal(wanted)}`
  report({ file, lines: 0, reason })
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0')
}
