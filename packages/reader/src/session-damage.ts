import { fstatSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { SESSION_FILES } from '@tacho/format'
import { collectDamage, type Damage, type ReportDamage } from './damage.js'
import { logParts } from './log-parts.js'
import { openRegular } from './open-regular.js'
import { plainLogSize } from './plain-size.js'
import { readLog } from './read-log.js'
import { type ManifestRead, readManifest } from './read-manifest.js'
import { readSpans } from './read-spans.js'
import { codecOf } from './sealed/codec.js'
import { eventRecords, rawRecords } from './sound-records.js'

/** Of a longer log, a list looks at the last byte only: it has many sessions to look at. */
export const LISTED_LOG_BYTES = 8 * 1024 * 1024

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
  if ('reason' in read) report({ file: SESSION_FILES.manifest, lines: 0, reason: read.reason })
}

/** Reports the logs that are not there. Sessions of Tacho 0.1.0 have no events. */
export function reportMissingLogs(folder: string, report: ReportDamage): void {
  for (const file of [SESSION_FILES.raw, SESSION_FILES.meta]) {
    if (logParts(folder, file).length === 0) report({ file, lines: 0, reason: 'not there' })
  }
}

/**
 * Proves the lines of a log by their checksums alone, which is what a list of sessions can afford: of
 * a log beyond {@link LISTED_LOG_BYTES}, whether its last line is whole.
 */
export function proveLines(folder: string, log: string, report: ReportDamage): void {
  if (plainLogSize(folder, log) > LISTED_LOG_BYTES) {
    checkTail(folder, log, report)
    return
  }
  const range = { wanted: () => false, isProving: true }
  for (const _ of readLog(folder, log, report, range));
}

function checkTail(folder: string, log: string, report: ReportDamage): void {
  const file = logParts(folder, log).at(-1)
  // What is sealed was proved whole when it was.
  if (file === undefined || codecOf(file) !== undefined) return
  const opened = openRegular(join(folder, file))
  if ('refused' in opened) {
    report({ file, lines: 0, reason: opened.reason })
    return
  }
  try {
    const { size } = fstatSync(opened.descriptor)
    const last = Buffer.alloc(1)
    if (size > 0) readSync(opened.descriptor, last, 0, 1, size - 1)
    if (size > 0 && last[0] !== 10) report({ file, lines: 1, reason: 'the last line is cut off' })
  } finally {
    opened[Symbol.dispose]()
  }
}
