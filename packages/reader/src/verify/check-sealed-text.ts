import { join } from 'node:path'
import type { ReportDamage } from '../damage.js'
import { LINE_WORK, Work } from '../limits.js'
import { logParts } from '../log-parts.js'
import { openRegular } from '../open-regular.js'
import { codecOf } from '../sealed/codec.js'
import { NOT_READ_ON, readSealedLines } from '../sealed/sealed-lines.js'

/** Checks the sealed parts of a plain-text log, whose lines have no checksums. */
export function checkSealedText(folder: string, log: string, report: ReportDamage): void {
  for (const file of logParts(folder, log)) {
    const codec = codecOf(file)
    if (codec === undefined) continue
    const opened = openRegular(join(folder, file))
    if ('refused' in opened) {
      report({ file, lines: 0, reason: opened.reason })
      continue
    }
    try {
      const lost = (lines: Omit<Parameters<ReportDamage>[0], 'file'>) => report({ file, ...lines })
      const start = { byte: 0, line: 1 }
      const work = new Work()
      // Opening its block has verified it.
      for (const { length } of readSealedLines(
        codec,
        opened,
        start,
        Number.POSITIVE_INFINITY,
        lost,
      )) {
        if (work.spend(length + LINE_WORK)) continue
        lost({ lines: 0, reason: NOT_READ_ON })
        break
      }
    } finally {
      opened[Symbol.dispose]()
    }
  }
}
