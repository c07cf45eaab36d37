import { SESSION_FILES } from '@tacho/format'
import { collectDamage, type Damage } from '../damage.js'
import { plainLogSize } from '../plain-size.js'
import { type ManifestRead, readManifest } from '../read-manifest.js'
import { readTextLog } from '../read-text-log.js'
import { reportManifest, reportMissingLogs } from '../session-damage.js'
import { checkEvents } from './check-events.js'
import { checkFiles } from './check-files.js'
import { checkManifest } from './check-manifest.js'
import { type BrokenBody, checkRawLog, type RawChecks } from './check-raw-log.js'
import { checkSpans } from './check-spans.js'

/** The result of verifying a session. */
export type Verification = {
  /** What is not as it was written, or not as it must be; empty if all is well. */
  damage: Damage[]
  /** Why it could not be verified at all. */
  unreadable?: string
  /** What was checked. */
  checked: Checked
  /** What could not be recorded, according to the logs themselves, which is not damage. */
  gaps: { count: number; lost: Record<string, number>; incompleteBodies: number }
  /**
   * Bodies whose content coding was broken on arrival, according to the logs: they are incomplete.
   */
  broken: BrokenBody[]
}

export type Checked = {
  files: number
  /** Bytes of the raw log, the spans and the events, before any sealing. */
  bytes: number
  records: number
  events: number
  spans: number
  requestBodies: number
  responseBodies: number
}

/**
 * Verifies a session: the checksum of every line, the SHA-256 of every request body with all that
 * it copies from, that of every response, every file's type, owner and mode, and the manifest
 * against the logs. Holds no more than one body and what it copies from.
 *
 * @param onBytes receives how many bytes are done; their sum is {@link verifiableBytes}.
 */
export async function verifySession(
  folder: string,
  onBytes: (bytes: number) => void = () => undefined,
): Promise<Verification> {
  const damage: Damage[] = []
  const report = collectDamage(damage)
  const files = checkFiles(folder, report)
  const read = readManifest(folder)
  const unreadable = files.unreadable ?? whyTooNew(read)
  if (unreadable !== undefined) {
    return { damage, unreadable, checked: NOTHING, gaps: NO_GAPS, broken: [] }
  }
  reportManifest(read, report)
  reportMissingLogs(folder, read, report)
  const raw = await checkRawLog(folder, report, onBytes)
  const spans = checkSpans(folder, report, onBytes)
  const events = checkEvents(folder, report, onBytes)
  for (const _ of readTextLog(folder, SESSION_FILES.log, undefined, report));
  if ('manifest' in read) checkManifest(read.manifest, { raw, spans, events, damage }, report)
  return {
    damage,
    checked: {
      files: files.count,
      bytes: raw.bytes + spans.bytes + events.bytes,
      records: raw.records,
      events: events.events,
      spans: spans.spans.size,
      requestBodies: raw.requestBodies,
      responseBodies: raw.responseBodies,
    },
    gaps: gapsOf(raw, [...spans.lost, ...events.lost]),
    broken: raw.brokenBodies.toSorted((one, other) => one.exchange - other.exchange),
  }
}

/** Returns how many bytes verifying a session reads, before any sealing. */
export function verifiableBytes(folder: string): number {
  const { raw, meta, events } = SESSION_FILES
  return [raw, meta, events].reduce((sum, log) => sum + plainLogSize(folder, log), 0)
}

const NOTHING: Checked = {
  files: 0,
  bytes: 0,
  records: 0,
  events: 0,
  spans: 0,
  requestBodies: 0,
  responseBodies: 0,
}

const NO_GAPS: Verification['gaps'] = { count: 0, lost: {}, incompleteBodies: 0 }

function whyTooNew(read: ManifestRead): string | undefined {
  if (!('problem' in read) || read.problem !== 'newer') return undefined
  return `it has format ${read.format} and needs a newer Tacho`
}

function gapsOf(
  raw: RawChecks,
  lostElsewhere: readonly Record<string, number>[],
): Verification['gaps'] {
  const all = [...raw.gaps.map((gap) => gap.lost), ...lostElsewhere]
  // Kinds come from a file: one could be `__proto__`.
  const lost: Record<string, number> = Object.create(null)
  for (const counts of all) {
    for (const [kind, count] of Object.entries(counts)) lost[kind] = (lost[kind] ?? 0) + count
  }
  return { count: all.length, lost, incompleteBodies: raw.incompleteBodies }
}
