import { lstatSync } from 'node:fs'
import { join } from 'node:path'
import { LINE_WORK, PASSED_LINE_WORK, Work } from '../limits.js'
import { hasNeedles } from './block-scan.js'
import { logBlocks } from './log-blocks.js'
import type { Search } from './searched.js'

/** Yields the lines of some files of a log in which a pattern may match, with their numbers. */
export function* linesWith(
  folder: string,
  files: readonly string[],
  { pattern, passed, ...search }: Search,
  work = new Work(),
): Generator<{ line: number; text: string }> {
  if (files.length === 0) return
  const scanner = areSmall(folder, files) ? search.plain() : search.scanner()
  const isEverywhere = !hasNeedles(pattern)
  let line = 0
  for (const { bytes } of logBlocks(folder, files, scanner.room, passed)) {
    const { hits } = scanner.scan(bytes)
    let next = 0
    for (let start = 0; start < bytes.length; ) {
      const newline = bytes.indexOf(NEWLINE, start)
      const end = newline < 0 ? bytes.length : newline
      line += 1
      const isRead = isEverywhere || (hits[next] ?? end) < end
      if (!work.spend(isRead ? LINE_WORK + end - start : PASSED_LINE_WORK)) {
        passed()
        return
      }
      if (isRead) {
        yield { line, text: bytes.toString('utf8', start, end) }
      }
      while ((hits[next] ?? end) < end) next += 1
      start = end + 1
    }
  }
}

/** Up to this size, making the fast scanner takes longer than searching the log. */
const SMALL_BYTES = 256 * 1024
const NEWLINE = 10

function areSmall(folder: string, files: readonly string[]): boolean {
  return files.every((file) => {
    const status = lstatSync(join(folder, file), { throwIfNoEntry: false })
    return status === undefined || status.size <= SMALL_BYTES
  })
}
