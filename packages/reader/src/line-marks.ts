import { lstatSync } from 'node:fs'
import { join } from 'node:path'
import { logParts } from './log-parts.js'
import type { Place } from './read-log.js'

/** A line of a log by its number among those that are shown, and its place. */
export type LineMark = { number: number; place: Place }

/** How many lines are between two marks that are kept. */
const APART = 10_000

/**
 * Remembers where lines are in a log that was read before, so that reading can start near a line.
 * The end of a running log is requested again and again, and a long one is read in parts.
 */
export class LineMarks {
  readonly #folder: string
  readonly #log: string
  /** In order; the last is as far as anybody has read. */
  #marks: LineMark[] = []
  #files: string[] = []

  constructor(folder: string, log: string) {
    this.#folder = folder
    this.#log = log
  }

  /** Returns the last mark up to this line; undefined if the log must be read from its start. */
  upTo(number: number): LineMark | undefined {
    const files = this.#filesNow()
    // In a log that was sealed or replaced, lines are elsewhere.
    if (!this.#files.every((file, index) => files[index] === file)) this.#marks = []
    this.#files = files
    return this.#marks.findLast((mark) => mark.number <= number)
  }

  /** Adds the place of a line that was read from the mark that {@link upTo} returned. */
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
