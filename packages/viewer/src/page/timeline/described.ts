import { counted, duration } from '../words/quantities.js'
import type { Drawn } from './draw.js'

/** Reading more of a kind aloud would take minutes. */
const MOST = 20

/** Describes the picture of a time line for people who cannot see it. */
export function described({ items, tries, open, folds }: Drawn): string {
  return [
    `${counted(items, 'thing')} shown.`,
    ...listed('Retries', tries, (one) => `${one.exchange} tries ${one.triesAgain} again`),
    ...listed('Without an end', open, ({ kind, label }) =>
      // A turn's own label already says so.
      kind === 'turn' ? label : `${kind} ${label.slice(0, 100)}`,
    ),
    ...listed('Pauses folded', folds, ({ from, to }) => duration(to - from)),
  ].join(' ')
}

function listed<One>(title: string, all: readonly One[], wordsOf: (one: One) => string): string[] {
  if (all.length === 0) return []
  const more = all.length > MOST ? `, and ${all.length - MOST} more` : ''
  return [`${title}: ${all.slice(0, MOST).map(wordsOf).join(', ')}${more}.`]
}
