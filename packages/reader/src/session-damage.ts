import { type Run, SESSION_FILES } from '@tacho/format'
import { collectDamage, type Damage, type ReportDamage } from './damage.js'
import { logParts, namesIn } from './log-parts.js'
import { readLog } from './read-log.js'
import { type ManifestRead, readManifest } from './read-manifest.js'
import { readSpans } from './read-spans.js'
import { eventRecords, rawRecords } from './sound-records.js'

/**
 * Returns what is no longer as it was written in a session's files. All commands use this one rule;
 * those that read a damaged session anyway report the same. Damage is
 *
 * - a manifest that is missing, invalid, or does not match its checksum;
 * - a log that every session of its Tacho has and that is missing here, or is not a regular file;
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
  reportMissingLogs(folder, read, report)
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

/** Reports missing logs. */
export function reportMissingLogs(
  folder: string,
  read: ManifestRead,
  report: ReportDamage,
  names: readonly string[] = namesIn(folder),
): void {
  const runs = 'manifest' in read ? read.manifest.runs : []
  const expected: string[] = [SESSION_FILES.raw, SESSION_FILES.meta]
  if (runs.some(writesEvents)) expected.push(SESSION_FILES.events)
  if (runs.some((run) => writesEvents(run) && run.debugLog === undefined))
    expected.push(SESSION_FILES.log)
  for (const file of expected) {
    if (logParts(folder, file, names).length === 0) report({ file, lines: 0, reason: NOT_THERE })
  }
}

/** Why a log is damaged that is missing. */
export const NOT_THERE = 'not there'

/** Returns whether a run must have events: sessions of Tacho 0.1.0 have none. */
export function writesEvents({ pidNamespace }: Run): boolean {
  return pidNamespace !== undefined
}

/** Verifies only the checksums of a log's lines, which is fast enough for a list of sessions. */
export function proveLines(
  folder: string,
  log: string,
  report: ReportDamage,
  names: readonly string[],
): void {
  const range = { wanted: () => false, isProving: true, names }
  for (const _ of readLog(folder, log, report, range));
}
