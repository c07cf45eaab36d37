import type { Runs } from './runs.js'

/** A text to compare patterns with. */
export type Readable = {
  bytes: Uint8Array
  length: number
  /** Nothing follows it. */
  isLast: boolean
  /** For each byte, {@link LINE} if a line begins with it, and {@link PARAGRAPH}. */
  lines: Uint8Array
  runs: Runs
}

/**
 * The place of a secret, and its characters if there are others among them; or that there is none;
 * or that it depends on what follows.
 */
export type Verdict = { from: number; to: number; secret?: Uint8Array } | 'no' | 'more'
