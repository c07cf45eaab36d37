/**
 * What begins with what: by a hash of three bytes whether something begins with them, and by one of four
 * whether something begins with these. What passes both is looked at; in most texts that is little.
 */
export type Beginnings = {
  /** A byte for each hash. */
  readonly threes: Uint8Array
  /** A bit for each hash. */
  readonly fours: Uint8Array
  /** Of two bytes and of one, whether something begins with them: {@link BEGINS}, or {@link TELLS}. */
  readonly twos: Uint8Array
  readonly ones: Uint8Array
}

export const BEGINS = 1
/** It tells something already. */
export const TELLS = 2

/** Bytes of each of them. */
export const BEGINNINGS_BYTES = 0x10000

/** What is shifted three times is out of the hash of three bytes. */
export const HASH_SHIFT = 6

/** Four bytes, as a number that begins with its lowest, times this; the upper bits of it are their hash. */
export const FOURS_FACTOR = 0x9e3779b1 | 0
export const FOURS_SHIFT = 13

export function noBeginnings(): Beginnings {
  return {
    threes: new Uint8Array(BEGINNINGS_BYTES),
    fours: new Uint8Array(BEGINNINGS_BYTES),
    twos: new Uint8Array(0x10000),
    ones: new Uint8Array(0x100),
  }
}

/** The hash of the three bytes from a place on. */
export function hashOfThree(bytes: Uint8Array, at: number): number {
  const before = ((bytes[at] ?? 0) << HASH_SHIFT) ^ (bytes[at + 1] ?? 0)
  return ((before << HASH_SHIFT) ^ (bytes[at + 2] ?? 0)) & 0xffff
}

/** The hash of the four bytes from a place on. */
function hashOfFour(bytes: Uint8Array, at: number): number {
  const lower = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8)
  const number = lower | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24)
  return Math.imul(number, FOURS_FACTOR) >>> FOURS_SHIFT
}

/** Whether something may begin with the four bytes from a place on. */
export function mayBegin({ threes, fours }: Beginnings, bytes: Uint8Array, at: number): boolean {
  if (threes[hashOfThree(bytes, at)] === 0) return false
  const hash = hashOfFour(bytes, at)
  return (((fours[hash >> 3] ?? 0) >> (hash & 7)) & 1) === 1
}

/** Notes what a pattern begins with, and what may follow where it has three bytes alone. */
export function noteBeginning(
  { threes, fours, twos, ones }: Beginnings,
  pattern: Uint8Array,
  next: Uint8Array | undefined,
  isTelling: boolean,
): void {
  const [one = 0, two = 0] = pattern
  const kind = isTelling ? TELLS : BEGINS
  ones[one] = Math.max(ones[one] ?? 0, kind)
  const both = (one << 8) | two
  twos[both] = Math.max(twos[both] ?? 0, kind)
  threes[hashOfThree(pattern, 0)] = 1
  if (pattern.length > 3) {
    noteFour(fours, pattern)
    return
  }
  const four = Uint8Array.of(pattern[0] ?? 0, pattern[1] ?? 0, pattern[2] ?? 0, 0)
  for (let byte = firstOf(next, 0); byte >= 0; byte = firstOf(next, byte + 1)) {
    four[3] = byte
    noteFour(fours, four)
  }
}

/** The first byte of a set, from one on; without a set, that one. */
function firstOf(set: Uint8Array | undefined, from: number): number {
  if (set !== undefined) return set.indexOf(1, from)
  return from < 256 ? from : -1
}

function noteFour(fours: Uint8Array, bytes: Uint8Array): void {
  const hash = hashOfFour(bytes, 0)
  fours[hash >> 3] = (fours[hash >> 3] ?? 0) | (1 << (hash & 7))
}

/** The same, to note more in it. */
export function copyOfBeginnings({ threes, fours, twos, ones }: Beginnings): Beginnings {
  return {
    threes: new Uint8Array(threes),
    fours: new Uint8Array(fours),
    twos: new Uint8Array(twos),
    ones: new Uint8Array(ones),
  }
}
