import { readFileSync, truncateSync } from 'node:fs'

/**
 * Cuts a log at a share of its length, and never at the end of a line: how long its lines are
 * depends on the time at which they were written.
 */
export function cutWithinLine(path: string, share: number): void {
  const bytes = readFileSync(path)
  const cut = Math.floor(bytes.length * share)
  const isAtEnd = bytes.subarray(cut - 1, cut + 1).includes('\n')
  truncateSync(path, isAtEnd ? cut - 10 : cut)
}
