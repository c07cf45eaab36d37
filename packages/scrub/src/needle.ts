import type { Marked } from './marker.js'

/** One form of a known secret, as the bytes to search for. */
export type Needle = { bytes: Uint8Array; secret: Marked }
