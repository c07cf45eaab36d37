import type { ScrubbedBytes } from './scrubbed.js'

/** A secret that was replaced: its offset, its length in bytes, its rule. */
export type Found = [at: number, length: number, rule: string]

/** Bytes without secrets, and what was replaced in them; offsets count from the first byte. */
export type Swept = { bytes: ScrubbedBytes; found: Found[] }
