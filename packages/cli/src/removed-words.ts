import type { FoundSession, RemovedSession } from '@tacho/reader'
import { note } from './output.js'
import { printable } from './printable.js'
import { byteCount } from './quantities.js'

/** Describes in one line what happened to a session that was to be removed. */
export function removedWords(
  { id }: FoundSession,
  { bytes }: RemovedSession,
  isDry: boolean,
): string {
  return `${printable(id)}  ${byteCount(bytes)} ${isDry ? 'would be removed' : 'removed'}`
}

/** Says on stderr which files in a session's folder are not Tacho's, and stay. */
export function noteKept({ folder }: FoundSession, { kept }: RemovedSession): void {
  if (kept.length > 0)
    note(`${folder} stays: it also holds ${kept.join(', ')}, which Tacho did not write.`)
}
