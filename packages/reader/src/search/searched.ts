import { type BlockScanner, blockScanner, needlesIn, plainScan } from './block-scan.js'
import type { SearchPattern } from './pattern.js'

export const SEARCHED = ['request', 'response', 'log', 'events'] as const

/** Which part of a session is searched. */
export type Searched = (typeof SEARCHED)[number]

/** What to search for, by what, and what to call if something was skipped because of a limit. */
export type Search = Scanners & { pattern: SearchPattern; passed: () => void }

/** The scanners of blocks: a fast one, and one that takes no time to make. */
type Scanners = { scanner: () => BlockScanner; plain: () => BlockScanner }

const scanners = new WeakMap<SearchPattern, Scanners>()

/** Returns the search for a pattern. Its scanners are made on demand, once for all sessions. */
export function searchFor(pattern: SearchPattern, passed: () => void): Search {
  const held = scanners.get(pattern) ?? {
    scanner: once(() => blockScanner(pattern)),
    plain: once(() => plainScan(needlesIn(pattern))),
  }
  scanners.set(pattern, held)
  return { ...held, pattern, passed }
}

function once<Made>(make: () => Made): () => Made {
  let made: Made | undefined
  return () => {
    made ??= make()
    return made
  }
}
