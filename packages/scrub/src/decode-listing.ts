import type { Listing } from './web-assembly.js'

/** An encoding of bytes in characters of six or five bits. */
export type Encoding = {
  /** Characters that follow each other, how many, and what the first stands for. */
  ranges: readonly (readonly [first: string, count: number, value: number])[]
  /** Two characters that stand for the same. */
  eithers: readonly (readonly [characters: string, value: number])[]
  /** For each of sixteen characters, the bits that are not set if it is of a group of ASCII. */
  mask: Uint8Array
  /** Joins the values of a group, from pairs of them to all. */
  join: string
  /** Which bytes of that are the decoded ones, in their order. */
  order: Uint8Array
  /** How many bytes sixteen characters stand for. */
  bytes: number
}

/** In either alphabet. */
export const BASE64: Encoding = {
  ranges: [
    ['A', 26, 0],
    ['a', 26, 26],
    ['0', 10, 52],
  ],
  eithers: [
    ['+-', 62],
    ['/_', 63],
  ],
  mask: everySixteen([0xa0, 0x88, 0x82, 0x80]),
  join: `
    values LOWER_BYTES splat32 vand 6 vshl values 8 vshr vor :=values
    12 vshl32 values 16 vshr32 vor
  `,
  order: Uint8Array.of(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, ...nothing(4)),
  bytes: 12,
}

export const BASE32: Encoding = {
  ranges: [
    ['A', 26, 0],
    ['2', 6, 26],
  ],
  eithers: [],
  mask: everySixteen([0x90, 0x82, 0x80, 0x88, 0x81, 0x80, 0x84, 0x80]),
  join: `
    values LOWER_BYTES splat32 vand 5 vshl values 8 vshr vor :=values
    10 vshl32 values 16 vshr32 vor FOUR_FIVES splat32 vand :=values
    20 vshl64 values 32 vshr64 vor
  `,
  order: Uint8Array.of(4, 3, 2, 1, 0, 12, 11, 10, 9, 8, ...nothing(6)),
  bytes: 10,
}

function everySixteen(mask: readonly number[]): Uint8Array {
  return Uint8Array.from({ length: 16 }, (_, at) => mask[at % mask.length] ?? 0)
}

function nothing(count: number): number[] {
  return Array.from({ length: count }, () => 0xff)
}

/**
 * Returns the listing of a function that decodes sixteen characters at once: from one address towards
 * another, to a third. It returns where it stopped: where a group does not stand for ASCII, or fewer
 * than sixteen characters are left.
 *
 * The values of a group are joined as in "Faster Base64 Encoding and Decoding Using AVX2 Instructions"
 * (https://arxiv.org/abs/1704.00605).
 *
 * @param tables where `mask` and `order` are in memory.
 */
export function decodeListing(
  { ranges, eithers, join, bytes }: Encoding,
  tables: { mask: number; order: number },
  pages: number,
): Listing {
  const values = [...ranges.map(range), ...eithers.map(either)]
  return {
    given: 3,
    vectors: 4,
    pages,
    variables: ['at', 'to', 'out', 'text', 'known', 'values', 'is'],
    constants: {
      ...{ MASK: tables.mask, ORDER: tables.order },
      ...{ LOWER_BYTES: 0x00ff00ff, FOUR_FIVES: 0x000fffff },
    },
    code: `
      block:over loop:on
        to at sub 16 less br_if:over
        at vload@0 =text
        0 splat :=values =known
        ${values.map((one) => `${one} values vor =values known is vor =known`).join('\n')}
        known bitmask 65535 ne br_if:over
        values 0 vload@MASK vand any br_if:over
        out ${join} 0 vload@ORDER swizzle vstore@0
        out ${bytes} add =out
        at 16 add =at
        br:on
      end end
      at
    `,
  }
}

/** The values of characters that follow each other, and zeros elsewhere. */
function range([first, count, value]: Encoding['ranges'][number]): string {
  const code = first.charCodeAt(0)
  return `
    text ${code} splat vsub ${count} splat vbelow =is
    text ${code - value} splat vsub is vand
  `
}

/** The value of two characters, and zeros elsewhere. */
function either([characters, value]: Encoding['eithers'][number]): string {
  const is = Array.from(characters, (one) => `text ${one.charCodeAt(0)} splat veq`)
  return `${is.join(' ')} vor :=is ${value} splat vand`
}
