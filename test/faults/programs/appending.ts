import { rmSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { asScrubbed } from '../../recorder/as-scrubbed.js'
import { randomFrom } from '../random.js'
import { startRecording } from '../recorded-session.js'

/** The program's task: the JSON in its only argument. */
export type Appending = {
  root: string
  sessionId: string
  /** Distinguishes this process's records from those of others. */
  name: string
  seed: number
  /** How many records to append; without it, until it is killed. */
  records?: number
  /** Fills the disk after this many records, and makes room after as many more. */
  fillAfter?: number
}

// Each record is acknowledged by a line on stdout once its call has returned, and not before.
const work = JSON.parse(process.argv[2] ?? '') as Appending
const random = randomFrom(work.seed)
const recording = startRecording(work.root, { onTrouble: (said) => console.error(said) })
const session = recording.session(work.sessionId)
const ballast = join(work.root, 'ballast')
for (let number = 1; number <= (work.records ?? Number.POSITIVE_INFINITY); number += 1) {
  if (number === work.fillAfter) fill()
  if (work.fillAfter !== undefined && number === 2 * work.fillAfter) rmSync(ballast)
  // A kind that the format does not have: readers skip it.
  const kind = 'written' as 'message'
  const record = { kind, by: work.name, number, text: 'x'.repeat(lengthOfText()) }
  const isWritten = session.write(asScrubbed(record))
  session.event({ kind: 'signal', signal: `${work.name} ${number}` })
  acknowledge(`${number} ${isWritten}\n`)
}
await recording.close({ exitCode: 0 })

function acknowledge(line: string): void {
  for (;;) {
    try {
      writeSync(1, line)
      return
    } catch (error) {
      // The reader is slow: the record is on disk, its acknowledgement waits.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
    }
  }
}

// Usually as a chunk of a stream, sometimes as a request; large ones tear more easily.
function lengthOfText(): number {
  const kind = random()
  if (kind < 0.7) return Math.floor(random() * 300)
  return Math.floor(random() * (kind < 0.97 ? 4_000 : 600_000))
}

function fill(): void {
  for (let size = 1 << 20; size >= 1; size >>= 1) {
    try {
      for (;;) writeFileSync(ballast, Buffer.alloc(size), { flag: 'a' })
    } catch {
      // Full for this size: continue with the next smaller one.
    }
  }
}
