import { lstatSync } from 'node:fs'
import { join } from 'node:path'
import { logParts } from './log-parts.js'
import type { Place } from './read-log.js'

/** A line of a log by its number among those that are shown, and where it stands. */
export type LineMark = { number: number; place: Place }

/** Between two that are kept for good lie so many lines. */
const APART = 10_000

/**
 * Where lines of a log stand that were read already: whoever asks for those behind one reads from there
 * on. A log that goes on is asked for its end again and again, and a long one is read part by part.
 */
export class LineMarks {
  readonly #folder: string
  readonly #log: string
  /** In their order, the last one being as far as anybody has read. */
  #marks: LineMark[] = []
  #files: string[] = []

  constructor(folder: string, log: string) {
    this.#folder = folder
    this.#log = log
  }

  /** The last one that is known up to this line; nothing where the log is to be read from its beginning. */
  upTo(number: number): LineMark | undefined {
    const files = this.#filesNow()
    // A log that was sealed or replaced has its lines elsewhere.
    if (!this.#files.every((file, index) => files[index] === file)) this.#marks = []
    this.#files = files
    return this.#marks.findLast((mark) => mark.number <= number)
  }

  /** Notes where a line stands that was read from what {@link upTo} has told. */
  note(mark: LineMark): void {
    const last = this.#marks.at(-1)
    if (last !== undefined && mark.number <= last.number) return
    const before = this.#marks.at(-2)?.number ?? 0
    if (last !== undefined && last.number - before < APART) this.#marks.pop()
    this.#marks.push(mark)
  }

  #filesNow(): string[] {
    return logParts(this.#folder, this.#log).map((name) => {
      const status = lstatSync(join(this.#folder, name), { throwIfNoEntry: false })
      return `${name} ${status?.ino}`
    })
  }
}
