import { SESSION_FILES } from '@tacho/format'
import { logParts, namesIn } from '../log-parts.js'
import { refuseNewerFormat } from '../read-session.js'
import { lookedFor } from './block-scan.js'
import { couldStand } from './gram-file.js'
import { gramsOfTexts } from './grams.js'
import { linesWith } from './lines-with.js'
import { logBlocks } from './log-blocks.js'
import type { SearchPattern } from './pattern.js'
import { type Search, type Searched, searchFor } from './searched.js'

/**
 * Returns false if a pattern matches nowhere in a session, as far as the notes of an earlier search
 * and its smaller logs show: that takes little time, and little code, unlike `searchSession`.
 *
 * @throws ReaderError `newer-format`
 */
export function couldMatch(
  folder: string,
  pattern: SearchPattern,
  within: ReadonlySet<Searched>,
): boolean {
  refuseNewerFormat(folder)
  let isPassed = false
  const search = searchFor(pattern, () => {
    isPassed = true
  })
  if (within.has('request') || within.has('response')) {
    if (rawLogCouldMatch(folder, search, within) !== false) return true
  }
  const names = namesIn(folder)
  for (const part of ['events', 'log'] as const) {
    if (!within.has(part)) continue
    const files = logParts(folder, SESSION_FILES[part], names)
    for (const _ of linesWith(folder, files, search)) return true
  }
  return isPassed
}

/**
 * Returns whether a raw log may contain the text that a match requires, by searching the places
 * where it could be according to the notes; undefined if there are none.
 */
export function rawLogCouldMatch(
  folder: string,
  { pattern, passed, ...search }: Search,
  within: ReadonlySet<Searched>,
): boolean | undefined {
  const grams = notedGrams(pattern, within)
  const known = grams && couldStand(folder, grams)
  if (known === undefined || known.isBeside) return known?.isBeside
  if (known.parts.length === 0) return false
  const scanner = search.scanner()
  const files = logParts(folder, SESSION_FILES.raw)
  for (const { bytes } of logBlocks(folder, files, scanner.room, passed, known.parts)) {
    if (scanner.scan(bytes).hits.length > 0) return true
  }
  return false
}

/**
 * If requests are not searched, answers must be searched in pieces, about which there are no notes.
 */
function notedGrams(pattern: SearchPattern, within: ReadonlySet<Searched>): number[][] | undefined {
  return within.has('request') ? gramsOfTexts(lookedFor(pattern)) : undefined
}
