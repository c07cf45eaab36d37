/** This many bytes that stand one after the other are a gram. */
export const GRAM = 5
/** A table of grams has a bit for each value of their hash. */
export const GRAM_BITS = 19
export const GRAMS_BYTES = 2 ** GRAM_BITS / 8
/** Odd, and far from each other in all bits. */
export const FACTORS = [0x9e3779b1 | 0, 0x85ebca6b | 0] as const

/**
 * Of a longer text the beginning: around each place where pieces of a request meet, so much is noted
 * together.
 */
export const NEEDLE_BYTES = 48

/**
 * Tells of a table of grams whether a text could stand in what it was made of. Letters of either case
 * are the same.
 */
export type GramTest = (table: Buffer) => boolean

/** The test for one of these texts; nothing where one of them is too short to tell. */
export function gramTest(texts: readonly string[]): GramTest | undefined {
  const needles = texts.map((text) => gramsOf(text.slice(0, NEEDLE_BYTES)))
  if (needles.length === 0 || needles.some((grams) => grams.length === 0)) return undefined
  return (table) =>
    needles.some((grams) =>
      grams.every((gram) => (((table[gram >>> 3] ?? 0) >>> (gram & 7)) & 1) === 1),
    )
}

const CASE_BITS = 0x20202020
const CASE_BIT = 0x20

function gramsOf(text: string): number[] {
  const bytes = Buffer.from(text)
  const grams: number[] = []
  for (let at = 0; at + GRAM <= bytes.length; at += 1) {
    const four = Math.imul(bytes.readInt32LE(at) | CASE_BITS, FACTORS[0])
    const last = Math.imul((bytes[at + GRAM - 1] ?? 0) | CASE_BIT, FACTORS[1])
    grams.push((four + last) >>> (32 - GRAM_BITS))
  }
  return grams
}
