import type { Cause } from '../cause.js'
import type { SessionCase } from '../session-case.js'
import { countWords } from '../words.js'
import { fullDisk, isCut, lostWords, roomNext, sumOf } from './full-disk.js'

/** Returns the lost records, by reason: a full disk has a code of its own. */
export function lostRecords(session: SessionCase): Cause[] {
  const { ended, gaps, runs, id } = session
  const causes: Cause[] = []
  const full = fullDisk(session)
  // If it died, that is why, unless the power failed.
  if (full !== undefined && (ended !== 'died' || full.reason !== undefined)) {
    const { certainty, reason, clues, lost } = full
    const what = Object.keys(lost).length > 0 ? lostWords(lost) : 'the end of the recording'
    causes.push({
      code: 'disk-full',
      certainty,
      clues,
      sentence: `The disk of the recording was full${reason === undefined ? '' : ` (${reason})`}: ${what} could not be written.`,
      next: roomNext(session),
      weight: 'trouble',
    })
  }
  const told =
    gaps.length > 0
      ? sumOf(gaps.map(({ gap }) => gap.lost))
      : sumOf(runs.map(({ run }) => run?.lost ?? {}))
  const holes = holesIn(session, full !== undefined)
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

/**
 * A line that is cut off is no more than what a recorder leaves that dies while it writes, or for
 * which the disk has no room.
 */
function holesIn({ damage, ended }: SessionCase, isFull: boolean): SessionCase['damage'] {
  const isOver = ended !== 'died' && ended !== 'running' && !isFull
  return damage.filter(({ reason }) => isOver || !isCut(reason))
}

/** @param reason of a gap; the disk's own if it is none of our words. */
function whyLost(reason = ''): string {
  if (reason === 'TOO_MUCH_WAITING') return 'the program told more than could wait'
  if (reason === 'RECORDER_GONE') return 'the process that recorded the program was gone'
  return 'the disk did not take them'
}
