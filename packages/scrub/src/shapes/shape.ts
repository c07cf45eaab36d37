/** A kind of secret, known by what it looks like. */
export type Shape = {
  /** The name in its marker. */
  name: string
  patterns: readonly string[]
  /**
   * Whether it is also found after a letter or a digit, because its prefix occurs in no other word.
   */
  isAnywhere?: boolean
  /** An additional test for the secret; by default it must not look hand-written. */
  accepts?: (secret: Uint8Array) => boolean
  /** What must come right before it. */
  behind?: { of: string; least: number; most: number }
}
