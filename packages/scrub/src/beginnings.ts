/**
 * Shows where patterns may begin: one table by a hash of three bytes, one by a hash of four. What
 * passes both is examined; in most texts that is little.
 */
export type Beginnings = {
  /** One byte for each hash. */
  readonly threes: Uint8Array
  /** One bit for each hash. */
  readonly fours: Uint8Array
  /** The same for what may begin within a word, too. */
  readonly withinWords: Uint8Array
  /**
   * For two bytes and for one, whether something begins with them: {@link BEGINS}, or {@link
   * TELLS}.
   */
  readonly twos: Uint8Array
  readonly ones: Uint8Array
}

/** What a pattern begins with. */
export type Beginning = {
  bytes: Uint8Array
  /** If it has only three bytes: what can follow them, if that is known. */
  next?: Uint8Array | undefined
  /** Its first two bytes already mean something. */
  isTelling?: boolean
  /** It is nothing behind a letter or digit, unless that spells another character. */
  startsWord?: boolean
}

export const BEGINS = 1
/** It already means something. */
export const TELLS = 2

/** The size of each of these tables. */
export const BEGINNINGS_BYTES = 0x10000

/** After three shifts a byte no longer affects the hash of three bytes. */
export const HASH_SHIFT = 6

/** Four bytes, as a little-endian number, times this factor: the upper bits are their hash. */
export const FOURS_FACTOR = 0x9e3779b1 | 0
export const FOURS_SHIFT = 13

export function noBeginnings(): Beginnings {
  return {
    threes: new Uint8Array(BEGINNINGS_BYTES),
    fours: new Uint8Array(BEGINNINGS_BYTES),
    withinWords: new Uint8Array(BEGINNINGS_BYTES),
    twos: new Uint8Array(0x10000),
    ones: new Uint8Array(0x100),
  }
}

/** Returns the hash of the three bytes at an offset. */
export function hashOfThree(bytes: Uint8Array, at: number): number {
  const before = ((bytes[at] ?? 0) << HASH_SHIFT) ^ (bytes[at + 1] ?? 0)
  return ((before << HASH_SHIFT) ^ (bytes[at + 2] ?? 0)) & 0xffff
}

/** Returns the hash of the four bytes at an offset. */
export function hashOfFour(bytes: Uint8Array, at: number): number {
  return Math.imul(fourAt(bytes, at), FOURS_FACTOR) >>> FOURS_SHIFT
}

/** Returns the four bytes at an offset as a little-endian number. */
export function fourAt(bytes: Uint8Array, at: number): number {
  const lower = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8)
  return lower | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24)
}

/** Returns whether something may begin with the four bytes at an offset. */
export function mayBegin({ threes, fours }: Beginnings, bytes: Uint8Array, at: number): boolean {
  if (threes[hashOfThree(bytes, at)] === 0) return false
  const hash = hashOfFour(bytes, at)
  return (((fours[hash >> 3] ?? 0) >> (hash & 7)) & 1) === 1
}

/** Adds the first bytes of a pattern and, if it has only three, those that may follow. */
export function noteBeginning(
  { threes, fours, withinWords, twos, ones }: Beginnings,
  { bytes: pattern, next, isTelling = false, startsWord = false }: Beginning,
): void {
  const [one = 0, two = 0] = pattern
  const kind = isTelling ? TELLS : BEGINS
  ones[one] = Math.max(ones[one] ?? 0, kind)
  const both = (one << 8) | two
  twos[both] = Math.max(twos[both] ?? 0, kind)
  threes[hashOfThree(pattern, 0)] = 1
  const note = (four: Uint8Array): void => {
    const hash = hashOfFour(four, 0)
    setBit(fours, hash)
    if (!startsWord) setBit(withinWords, hash)
  }
  if (pattern.length > 3) {
    note(pattern)
    return
  }
  const four = Uint8Array.of(pattern[0] ?? 0, pattern[1] ?? 0, pattern[2] ?? 0, 0)
  for (let byte = firstOf(next, 0); byte >= 0; byte = firstOf(next, byte + 1)) {
    four[3] = byte
    note(four)
  }
}

/**
 * Returns the first byte of a set that is not below the given one; without a set, the given one.
 */
function firstOf(set: Uint8Array | undefined, from: number): number {
  if (set !== undefined) return set.indexOf(1, from)
  return from < 256 ? from : -1
}

function setBit(bits: Uint8Array, at: number): void {
  bits[at >> 3] = (bits[at >> 3] ?? 0) | (1 << (at & 7))
}

/** Returns a copy, to which more can be added. */
export function copyOfBeginnings(beginnings: Beginnings): Beginnings {
  const { threes, fours, withinWords, twos, ones } = beginnings
  return {
    threes: new Uint8Array(threes),
    fours: new Uint8Array(fours),
    withinWords: new Uint8Array(withinWords),
    twos: new Uint8Array(twos),
    ones: new Uint8Array(ones),
  }
}
