import { join } from 'node:path'
import { LINE_WORK, Work } from './limits.js'
import { logParts } from './log-parts.js'
import { openRegular } from './open-regular.js'
import { readLines } from './read-lines.js'
import { codecOf } from './sealed/codec.js'
import { readSealedLines } from './sealed/sealed-lines.js'

const START = { byte: 0, line: 1 }

/** A line of plain text, and where it stands. */
export type TextLine = { text: string; file: string; line: number }

/** The lines of a log of plain text, sealed parts first; what cannot be read is passed over. */
export function* readTextLog(folder: string, log: string): Generator<TextLine> {
  const work = new Work()
  for (const file of logParts(folder, log)) {
    const opened = openRegular(join(folder, file))
    if ('refused' in opened) continue
    const codec = codecOf(file)
    try {
      const lines =
        codec === undefined
          ? readLines(opened.descriptor)
          : readSealedLines(codec, opened, START, Number.POSITIVE_INFINITY, () => undefined)
      for (const { bytes, line, length } of lines) {
        if (!work.spend(length + LINE_WORK)) return
        if (bytes !== undefined) yield { text: bytes.toString(), file, line }
      }
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === undefined) throw cause
    } finally {
      opened[Symbol.dispose]()
    }
  }
}
