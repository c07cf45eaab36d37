import type { ScrubbedSession } from '@tacho/reader'
import { printable } from '../printable.js'

/** Describes in one line what happened to a session. */
export function wordsOf({ files }: ScrubbedSession, isDry: boolean): string {
  if (files.length === 0) return 'no secret found'
  const where = files
    .map(
      ({ file, replaced }) =>
        `${printable(file)} (${replaced === 1 ? '1 line' : `${replaced} lines`})`,
    )
    .join(', ')
  return isDry ? `would replace secrets in ${where}` : `replaced secrets in ${where}`
}
