import type { Runs } from './runs.js'

/** A text to compare patterns with. */
export type Readable = {
  bytes: Uint8Array
  length: number
  /** Nothing follows it. */
  isLast: boolean
  /** 1 for each byte with which a line begins. */
  lines: Uint8Array
  runs: Runs
}

/** The place of a secret; or that there is none; or that it depends on what follows. */
export type Verdict = { from: number; to: number } | 'no' | 'more'
