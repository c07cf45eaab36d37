/** A kind of secret that is known by what it looks like. */
export type Shape = {
  /** Stands in its marker. */
  name: string
  patterns: readonly string[]
  /** Whether it is found behind a letter or a digit, too: its beginning is in no other word. */
  isAnywhere?: boolean
  /** What the secret must be besides; default: not written by hand. */
  accepts?: (secret: Uint8Array) => boolean
  /** What must stand right before it. */
  behind?: { of: string; least: number; most: number }
}
