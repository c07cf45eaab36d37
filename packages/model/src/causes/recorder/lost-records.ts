import type { Cause } from '../cause.js'
import type { SessionCase } from '../session-case.js'
import { countWords } from '../words.js'

/** Returns whether a reason for lost records is lack of space. */
export function isOutOfSpace(reason: string): boolean {
  return /ENOSPC|EDQUOT|EFBIG/.test(reason)
}

/** Returns the lost records, by reason: a full disk has a code of its own. */
export function lostRecords(session: SessionCase): Cause[] {
  const { gaps, runs, id } = session
  const causes: Cause[] = []
  const full = gaps.filter(({ gap }) => isOutOfSpace(gap.reason))
  if (full.length > 0) {
    causes.push({
      code: 'disk-full',
      certainty: 'certain',
      clues: full
        .slice(0, 3)
        .map(({ gap, at }) => ({ at, text: `${lostWords(gap.lost)} lost: ${gap.reason}` })),
      sentence: `The disk of the recording was full (${full[0]?.gap.reason}): ${lostWords(sum(full))} could not be written.`,
      next: 'Make room there, or record elsewhere with --sessions-dir; tacho seal compresses what is over.',
      weight: 'trouble',
    })
  }
  const told = gaps.length > 0 ? sum(gaps) : sumOf(runs.map(({ run }) => run?.lost ?? {}))
  const holes = holesIn(session)
  if (Object.keys(told).length > 0) {
    const [first] = gaps
    causes.push({
      code: 'records-lost',
      certainty: 'certain',
      clues:
        first === undefined
          ? [{ at: { file: 'session.json', line: 1 }, text: `lost: ${lostWords(told)}` }]
          : gaps
              .slice(0, 3)
              .map(({ gap, at }) => ({ at, text: `${lostWords(gap.lost)} lost: ${gap.reason}` })),
      sentence: `${lostWords(told)} are missing from the recording: ${whyLost(first?.gap.reason)}.`,
      next: `What is here is correct but incomplete: tacho show ${id} says what is missing.`,
      weight: 'trouble',
    })
  }
  const [hole, ...others] = holes
  if (hole !== undefined) {
    const more = others.length === 0 ? '' : `, and ${countWords(others.length, 'more place')}`
    causes.push({
      code: 'records-lost',
      certainty: 'certain',
      clues: holes
        .slice(0, 3)
        .map(({ file, line = 1, reason }) => ({ at: { file, line }, text: reason })),
      sentence: `The recording is damaged, so not all that happened is here: ${hole.file}, ${hole.reason}${more}.`,
      next: `tacho verify ${id} tells all of it; tacho salvage ${id} --to DIR takes out what is whole.`,
      weight: 'trouble',
    })
  }
  return causes
}

/** A line that is cut off is no more than what a recorder leaves that dies while it writes. */
function holesIn({ damage, ended }: SessionCase): SessionCase['damage'] {
  const isOver = ended !== 'died' && ended !== 'running'
  return damage.filter(({ reason }) => isOver || !/last line is cut off/.test(reason))
}

/** @param reason of a gap; the disk's own if it is none of our words. */
function whyLost(reason = ''): string {
  if (reason === 'TOO_MUCH_WAITING') return 'the program told more than could wait'
  if (reason === 'RECORDER_GONE') return 'the process that recorded the program was gone'
  return 'the disk did not take them'
}

function sum(gaps: SessionCase['gaps']): Record<string, number> {
  return sumOf(gaps.map(({ gap }) => gap.lost))
}

function sumOf(lost: Record<string, number>[]): Record<string, number> {
  const total: Record<string, number> = {}
  for (const one of lost)
    for (const [kind, count] of Object.entries(one)) total[kind] = (total[kind] ?? 0) + count
  return total
}

function lostWords(lost: Record<string, number>): string {
  return Object.entries(lost)
    .map(([kind, count]) => `${count} ${kind}`)
    .join(', ')
}
