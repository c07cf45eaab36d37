import { accessSync, constants, lstatSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { findSessions, type SkippedFolder } from '@tacho/reader'
import type { Finding } from './finding.js'

/**
 * Checks whether a folder can keep sessions privately, and whether it contains what it should not.
 */
export function rootFindings(root: string): Finding[] {
  const about = root
  const status = statSync(root, { throwIfNoEntry: false })
  if (status === undefined) return [{ about, status: 'ok', text: 'not there yet' }]
  if (!status.isDirectory()) {
    const next = 'Move it away, or name another folder: --sessions-dir DIR'
    return [{ about, status: 'problem', text: 'not a folder', next }]
  }
  return [ownFinding(root), ...contentFindings(root)]
}

function ownFinding(root: string): Finding {
  const about = root
  const { uid, mode } = statSync(root)
  if (uid !== process.getuid?.()) {
    const next = 'Name a folder of your own: --sessions-dir DIR'
    return { about, status: 'problem', text: 'belongs to another user', next }
  }
  if ((mode & 0o022) !== 0) {
    const text = `can be written by others (mode ${(mode & 0o777).toString(8)}): nothing is recorded there`
    return { about, status: 'problem', text, next: `chmod go-w ${root}` }
  }
  try {
    accessSync(root, constants.R_OK | constants.W_OK | constants.X_OK)
    return { about, status: 'ok', text: 'private, and can be written' }
  } catch {
    const text = 'cannot be read or written'
    return { about, status: 'problem', text, next: `chmod u+rwx ${root}` }
  }
}

function contentFindings(root: string): Finding[] {
  const skipped: SkippedFolder[] = []
  const sessions = findSessions([root], (one) => skipped.push(one))
  const findings: Finding[] = skipped.slice(0, NAMED).map(({ folder, reason }) => ({
    ...{ about: folder, status: 'problem', text: reason },
    next: `If it is yours: chmod u+rwx ${folder}`,
  }))
  const open = sessions.filter(({ folder }) => isOpenToOthers(folder))
  if (open.length > 0) {
    const text = `${open.length} of ${sessions.length} sessions can be read by others, ${open[0]?.folder} among them`
    findings.push({ about: root, status: 'problem', text, next: `chmod -R go= ${open[0]?.folder}` })
  }
  for (const { id, folder } of sessions) {
    const name = namesIn(folder).find((one) => LEFT.test(one))
    if (name === undefined) continue
    const command = name.startsWith('.scrub') ? 'scrub' : 'seal'
    findings.push({
      ...{
        about: join(folder, name),
        status: 'warning',
        text: `left by a ${command} that was cut short`,
      },
      next: `The same again goes on with it: tacho ${command} ${id}`,
    })
  }
  return findings
}

/** At most this many of a kind are named. */
const NAMED = 10
const LEFT = /^\.scrub$|^\.session_.+\.log\.(?:zst|gz)\.\d+$/

function isOpenToOthers(folder: string): boolean {
  return ((lstatSync(folder, { throwIfNoEntry: false })?.mode ?? 0) & 0o077) !== 0
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
