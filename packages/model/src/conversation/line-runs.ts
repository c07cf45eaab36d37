import { diffLines } from 'diff'

/** Lines that are in both texts, or in only one of them. */
export type LineRun = { in: 'both' | 'before' | 'after'; lines: string[] }

/** Compares two texts line by line. */
export function lineRuns(before: string, after: string): LineRun[] {
  const changes = diffLines(before, after, { maxEditLength: MOST_EDITS })
  if (changes === undefined) {
    return [
      { in: 'before', lines: linesOf(before) },
      { in: 'after', lines: linesOf(after) },
    ]
  }
  return changes.map(({ value, added, removed }) => {
    return { in: added ? 'after' : removed ? 'before' : 'both', lines: linesOf(value) }
  })
}

/** Texts that differ in more lines have little in common. */
const MOST_EDITS = 1000

function linesOf(text: string): string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n')
}
