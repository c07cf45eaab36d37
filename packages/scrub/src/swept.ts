import type { ScrubbedBytes } from './scrubbed.js'

/** A secret that was replaced: its place, its length, in bytes, its rule. */
export type Found = [at: number, length: number, rule: string]

/** Bytes without secrets, and what was replaced in them; places count from the first of them. */
export type Swept = { bytes: ScrubbedBytes; found: Found[] }
