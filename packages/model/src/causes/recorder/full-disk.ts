import type { Certainty, Clue } from '../cause.js'
import type { SessionCase } from '../session-case.js'

/** A disk that had no room for the recording. */
export type FullDisk = {
  certainty: Certainty
  /** The system's code; absent if only what was left behind shows it. */
  reason?: string
  clues: Clue[]
  /** What is known to be lost, by kind. */
  lost: Record<string, number>
}

/**
 * Returns whether the disk of the recording was full, with the evidence: gaps, the recorder's own
 * words or, where it could write neither, the half lines that such a disk leaves.
 */
export function fullDisk(session: SessionCase): FullDisk | undefined {
  return fullByGaps(session) ?? fullByWords(session) ?? fullByHalfLines(session)
}

/** Returns what to do about it. */
export function roomNext({ runs }: SessionCase): string {
  const elsewhere = runs.at(-1)?.isFromInside
    ? 'set TACHO_SESSIONS_DIR to a folder on another disk'
    : 'record elsewhere with --sessions-dir'
  return `Make room on that disk, or ${elsewhere}; tacho prune removes old sessions, and tacho seal compresses what is over.`
}

function fullByGaps({ gaps }: SessionCase): FullDisk | undefined {
  const full = gaps.filter(({ gap }) => isOutOfSpace(gap.reason))
  const [first] = full
  if (first === undefined) return undefined
  return {
    certainty: 'certain',
    reason: first.gap.reason,
    clues: full
      .slice(0, 3)
      .map(({ gap, at }) => ({ at, text: `${lostWords(gap.lost)} lost: ${gap.reason}` })),
    lost: sumOf(full.map(({ gap }) => gap.lost)),
  }
}

// The recorder's own sentence (recorder/recording.ts).
const NOT_WRITTEN = /^\S+ could not be written \((\w+)\)/

function fullByWords({ words }: SessionCase): FullDisk | undefined {
  const told = words.flatMap(({ source, text, place }) => {
    const reason = source === 'tacho' ? NOT_WRITTEN.exec(text)?.[1] : undefined
    return reason !== undefined && isOutOfSpace(reason) ? [{ reason, at: place, text }] : []
  })
  const [first] = told
  if (first === undefined) return undefined
  const clues = told.slice(0, 3).map(({ at, text }) => ({ at, text }))
  return { certainty: 'certain', reason: first.reason, clues, lost: {} }
}

/**
 * A killed recorder leaves half of one line at the most, because it writes one at a time, and it
 * writes nothing after it. Where several logs end in half a line, or the recorder went on to the
 * end of the run and its manifest does not tell it, what it wrote found no room.
 */
function fullByHalfLines({ ended, damage, isManifestLate }: SessionCase): FullDisk | undefined {
  // A line that is just being written is half there, too.
  if (ended === 'running') return undefined
  const cut = damage.filter(({ file, reason }) => isCut(reason) && LOGS.test(file))
  const files = new Set(cut.map(({ file }) => file))
  if (files.size < (isManifestLate ? 1 : 2)) return undefined
  return {
    certainty: 'likely',
    clues: cut
      .slice(0, 4)
      .map(({ file, line = 1, reason }) => ({ at: { file, line }, text: reason })),
    lost: {},
  }
}

const LOGS = /^session(?:_oai_raw|_events|_meta)?\.log$/

/** Returns whether a log is damaged because its last line is not whole. */
export function isCut(reason: string): boolean {
  return /last line is cut off/.test(reason)
}

/** Returns whether a reason for lost records is lack of space. */
export function isOutOfSpace(reason: string): boolean {
  return /ENOSPC|EDQUOT|EFBIG/.test(reason)
}

/** Adds up what was lost, by kind. */
export function sumOf(lost: readonly Record<string, number>[]): Record<string, number> {
  const total: Record<string, number> = {}
  for (const one of lost)
    for (const [kind, count] of Object.entries(one)) total[kind] = (total[kind] ?? 0) + count
  return total
}

/** Formats what was lost: `2 chunk, 1 end`. */
export function lostWords(lost: Record<string, number>): string {
  return Object.entries(lost)
    .map(([kind, count]) => `${count} ${kind}`)
    .join(', ')
}
