import { readSync } from 'node:fs'
import { join } from 'node:path'
import type { ReportDamage } from '../damage.js'
import { openRegular } from '../open-regular.js'
import { NewFile } from '../salvage/new-file.js'

const BLOCK_BYTES = 256 * 1024

/** Copies a file of a session to another folder, privately; a link is reported and not followed. */
export function copyFile(folder: string, name: string, target: string, report: ReportDamage): void {
  const opened = openRegular(join(folder, name))
  if ('refused' in opened) {
    report({ file: name, lines: 0, reason: opened.reason })
    return
  }
  try {
    const file = new NewFile(join(target, name))
    try {
      const block = Buffer.allocUnsafe(BLOCK_BYTES)
      // To its current end: a running session is copied as it is now.
      for (let at = 0; at < opened.size; ) {
        const wanted = Math.min(block.length, opened.size - at)
        const count = readSync(opened.descriptor, block, 0, wanted, at)
        if (count === 0) break
        file.write(block.subarray(0, count))
        at += count
      }
    } finally {
      file.close()
    }
  } finally {
    opened[Symbol.dispose]()
  }
}
