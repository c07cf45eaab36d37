import { SESSION_FILES } from '@tacho/format'
import { collectDamage, type Damage, type ReportDamage } from './damage.js'
import { logParts } from './log-parts.js'
import { readLog } from './read-log.js'
import { type ManifestRead, readManifest } from './read-manifest.js'
import { readSpans } from './read-spans.js'
import { eventRecords, rawRecords } from './sound-records.js'

/**
 * What of a session's files is not as it was written. This is the one rule that all commands go by;
 * those that read a session anyway report the same while they do. Damage is
 *
 * - a manifest that is not there, is none, or is not what its checksum says;
 * - a log that every session has and this one has not, or that is no plain file;
 * - a line that is cut off, not what its checksum says, or no record of its log;
 * - a record of an exchange or of a connection whose beginning is not there, unless a gap says why.
 *
 * A session in which nothing happened is not damaged, nor is what a gap says to be lost, a body that
 * came broken, or what a later Tacho writes. Beyond this, `verify` proves bodies, files and counts.
 */
export function sessionDamage(folder: string): Damage[] {
  const damage: Damage[] = []
  const report = collectDamage(damage)
  const read = readManifest(folder)
  if ('format' in read) return damage
  reportManifest(read, report)
  reportMissingLogs(folder, report)
  readSpans(folder, report)
  for (const _ of eventRecords(folder, report));
  for (const _ of rawRecords(folder, report));
  return damage
}

/** Reports a manifest that is not there, or cannot be taken for what it says. */
export function reportManifest(read: ManifestRead, report: ReportDamage): void {
  const reason = 'reason' in read ? read.reason : 'manifest' in read ? read.damage : undefined
  if (reason !== undefined) report({ file: SESSION_FILES.manifest, lines: 0, reason })
}

/** Reports the logs that are not there. Sessions of Tacho 0.1.0 have no events. */
export function reportMissingLogs(folder: string, report: ReportDamage): void {
  for (const file of [SESSION_FILES.raw, SESSION_FILES.meta]) {
    if (logParts(folder, file).length === 0) report({ file, lines: 0, reason: 'not there' })
  }
}

/** Proves the lines of a log by their checksums alone, which is what a list of sessions can afford. */
export function proveLines(folder: string, log: string, report: ReportDamage): void {
  const range = { wanted: () => false, isProving: true }
  for (const _ of readLog(folder, log, report, range));
}
