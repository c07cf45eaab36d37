import { SESSION_FILES } from '@tacho/format'
import { collectDamage, type Damage, type ReportDamage } from './damage.js'
import { logParts } from './log-parts.js'
import { readLog } from './read-log.js'
import { type ManifestRead, readManifest } from './read-manifest.js'
import { readSpans } from './read-spans.js'
import { eventRecords, rawRecords } from './sound-records.js'

/**
 * Returns what is no longer as it was written in a session's files. All commands use this one rule;
 * those that read a damaged session anyway report the same. Damage is
 *
 * - a manifest that is missing, invalid, or does not match its checksum;
 * - a log that every session has and that is missing here, or is not a regular file;
 * - a line that is cut off, does not match its checksum, or is not a record of its log;
 * - a record of an exchange or a connection whose start is missing, unless a gap says why.
 *
 * A session in which nothing happened is not damaged, nor are records that a gap reports as lost, a
 * body that arrived broken, or what a later Tacho writes. In addition, `verify` checks bodies,
 * files and counts.
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

/** Reports a manifest that is missing or cannot be trusted. */
export function reportManifest(read: ManifestRead, report: ReportDamage): void {
  const reason = 'reason' in read ? read.reason : 'manifest' in read ? read.damage : undefined
  if (reason !== undefined) report({ file: SESSION_FILES.manifest, lines: 0, reason })
}

/** Reports missing logs. Sessions of Tacho 0.1.0 have no events. */
export function reportMissingLogs(folder: string, report: ReportDamage): void {
  for (const file of [SESSION_FILES.raw, SESSION_FILES.meta]) {
    if (logParts(folder, file).length === 0) report({ file, lines: 0, reason: 'not there' })
  }
}

/** Verifies only the checksums of a log's lines, which is fast enough for a list of sessions. */
export function proveLines(folder: string, log: string, report: ReportDamage): void {
  const range = { wanted: () => false, isProving: true }
  for (const _ of readLog(folder, log, report, range));
}
