import { isUtf8 } from 'node:buffer'
import { join } from 'node:path'
import { type Damage, LAST_LINE_CUT, type ReportDamage } from './damage.js'
import { LINE_WORK, Work } from './limits.js'
import { logParts } from './log-parts.js'
import { openRegular } from './open-regular.js'
import { type LinePlace, readLines } from './read-lines.js'
import type { Place } from './read-log.js'
import { codecOf } from './sealed/codec.js'
import { NOT_READ_ON, readSealedLines } from './sealed/sealed-lines.js'
import { type LogPosition, logToRead, positionAfter } from './session-index/log-position.js'

const START = { byte: 0, line: 1 }

/** A line of plain text, and its place. */
export type TextLine = LinePlace & { text: string; file: string; length: number }

/**
 * Reads the lines of a plain-text log, sealed parts first; what cannot be read is skipped.
 *
 * @param from the start of one of them; without it, all are read.
 * @param report receives what is damaged, as far as that shows in lines without a checksum.
 */
export function readTextLog(
  folder: string,
  log: string,
  from?: Place,
  report?: ReportDamage,
): Generator<TextLine> {
  const names = logParts(folder, log)
  const parts = names.slice(from === undefined ? 0 : names.indexOf(from.file))
  return linesIn(
    folder,
    parts.map((name, index) => ({
      name,
      from: index === 0 && from !== undefined ? from : START,
      to: Number.POSITIVE_INFINITY,
    })),
    report,
  )
}

/** A debug log that is read repeatedly: each time only the new lines. */
export class FollowedText {
  readonly #folder: string
  readonly #log: string
  #position: LogPosition | undefined

  constructor(folder: string, log: string) {
    this.#folder = folder
    this.#log = log
  }

  /**
   * Reads the new lines that are complete; all lines the first time, or if the log was replaced,
   * which `goesOn` then says.
   */
  read(): { goesOn: boolean; lines: TextLine[] } {
    const toRead = logToRead(this.#folder, this.#log, this.#position)
    const lines: TextLine[] = []
    let next = toRead.goesOn && this.#position !== undefined ? this.#position.next : START
    let file = toRead.files[0]?.name
    for (const found of linesIn(this.#folder, toRead.files)) {
      lines.push(found)
      file = found.file
      next = { byte: found.byte + found.length + 1, line: found.line + 1 }
    }
    // The last file may not have a line yet.
    if (file !== undefined && file !== toRead.files.at(-1)?.name) next = START
    this.#position = positionAfter(this.#folder, toRead, this.#position, next)
    return { goesOn: toRead.goesOn, lines }
  }
}

type Part = { name: string; from: LinePlace; to: number }

function* linesIn(
  folder: string,
  parts: readonly Part[],
  report?: ReportDamage,
): Generator<TextLine> {
  const work = new Work()
  for (const { name: file, from, to } of parts) {
    const opened = openRegular(join(folder, file))
    const reportHere = (lost: Omit<Damage, 'file'>): void => report?.({ file, ...lost })
    if ('refused' in opened) {
      reportHere({ lines: 0, reason: opened.reason })
      continue
    }
    const codec = codecOf(file)
    try {
      const lines =
        codec === undefined
          ? readLines(opened.descriptor, from, to)
          : readSealedLines(codec, opened, from, to, reportHere)
      for (const { bytes, byte, line, length, isTorn } of lines) {
        if (!work.spend(length + LINE_WORK)) {
          reportHere({ line, byte, lines: 0, reason: NOT_READ_ON })
          return
        }
        if (isTorn) reportHere({ line, byte, lines: 1, reason: LAST_LINE_CUT })
        if (bytes === undefined) continue
        if (report !== undefined && !isUtf8(bytes))
          reportHere({ line, byte, lines: 1, reason: 'not UTF-8' })
        yield { text: bytes.toString(), file, line, byte, length }
      }
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === undefined) throw cause
    } finally {
      opened[Symbol.dispose]()
    }
  }
}
