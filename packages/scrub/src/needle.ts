import type { Marked } from './marker.js'

/** One form of a secret that is known by its value, as the bytes that are searched for. */
export type Needle = { bytes: Uint8Array; secret: Marked }
