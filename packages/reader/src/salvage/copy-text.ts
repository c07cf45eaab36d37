import { join } from 'node:path'
import { LINE_WORK, Work } from '../limits.js'
import { logParts } from '../log-parts.js'
import { openRegular } from '../open-regular.js'
import { readLines } from '../read-lines.js'
import { codecOf } from '../sealed/codec.js'
import { readSealedLines } from '../sealed/sealed-lines.js'
import { NewFile } from './new-file.js'

/**
 * Copies a plain-text file, sealed parts first; leaves out lines with NUL bytes, and links. If there
 * is none, the copy is empty.
 */
export function copyText(folder: string, name: string, target: string): void {
  const parts = name.endsWith('.log') ? logParts(folder, name) : [name]
  const file = new NewFile(join(target, name))
  try {
    for (const part of parts) {
      for (const line of linesOf(folder, part)) {
        if (line !== undefined && !line.includes(0)) file.line(line)
      }
    }
  } finally {
    file.close()
  }
}

function* linesOf(folder: string, part: string): Generator<Buffer | undefined> {
  const opened = openRegular(join(folder, part))
  if ('refused' in opened) return
  const start = { byte: 0, line: 1 }
  const codec = codecOf(part)
  try {
    const lines =
      codec === undefined
        ? readLines(opened.descriptor)
        : readSealedLines(codec, opened, start, Number.POSITIVE_INFINITY, () => undefined)
    const work = new Work()
    for (const { bytes, length } of lines) {
      if (!work.spend(length + LINE_WORK)) return
      yield bytes
    }
  } finally {
    opened[Symbol.dispose]()
  }
}
