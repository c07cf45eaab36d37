import { counted, duration } from '../words/quantities.js'
import type { Drawn } from './draw.js'

/** More of a kind would be read aloud for minutes. */
const MOST = 20

/** What a picture of a time line shows, for those who do not see it. */
export function described({ items, tries, open, folds }: Drawn): string {
  return [
    `${counted(items, 'thing')} shown.`,
    ...listed('Retries', tries, (one) => `${one.exchange} tries ${one.triesAgain} again`),
    ...listed('Without an end', open, ({ kind, label }) =>
      // A turn's own label says that it is one.
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
