import { BEGINNINGS_BYTES, type Beginnings, FOURS_FACTOR, FOURS_SHIFT } from './beginnings.js'

/**
 * Copies text that needs no reading and notes what may begin in it, sixteen bytes at a time: the same as
 * `plainRun` in `normal-form.ts` does, for a third of the time.
 */
export type WideRun = {
  /** Where the copies and the notes are, in memory that the program writes into. */
  readonly bytes: Uint8Array
  readonly candidates: Int32Array
  /** Brings in a part of a text, {@link WIDE_BYTES} at the most, and what is looked for. */
  take(text: Uint8Array, from: number, to: number, beginnings: Beginnings): void
  /**
   * Goes on until fewer than sixteen bytes are left, or the next one needs reading; or one that comes
   * soon, where something may begin close before it.
   *
   * @param at counted from the beginning of what was taken.
   * @param length bytes that have been copied.
   * @param count candidates that have been noted.
   * @returns where it stopped.
   */
  run(at: number, to: number, length: number, count: number): number
  /** Candidates that are noted now. */
  count(): number
}

/** The longest text that is taken. */
export const WIDE_BYTES = 128 * 1024

/** Nothing where the processor has no vectors, or the host allows no WebAssembly. */
export function openWideRun(): WideRun | undefined {
  try {
    const memory = new WebAssembly.Memory({ initial: PAGES })
    const instance = new WebAssembly.Instance(new WebAssembly.Module(program()), {
      m: { m: memory },
    })
    const run = instance.exports.e as (at: number, to: number, out: number, end: number) => number
    const threes = new Uint8Array(memory.buffer, THREES_AT, BEGINNINGS_BYTES)
    const fours = new Uint8Array(memory.buffer, FOURS_AT, BEGINNINGS_BYTES)
    const place = new Uint8Array(memory.buffer, TEXT_AT, WIDE_BYTES)
    const end = new Int32Array(memory.buffer, 0, 1)
    let taken: Beginnings | undefined
    return {
      bytes: new Uint8Array(memory.buffer, COPY_AT, WIDE_BYTES),
      candidates: new Int32Array(memory.buffer, CANDIDATES_AT, WIDE_BYTES),
      take(text, from, to, beginnings) {
        place.set(new Uint8Array(text.buffer, text.byteOffset + from, to - from))
        if (taken === beginnings) return
        threes.set(beginnings.threes)
        fours.set(beginnings.fours)
        taken = beginnings
      },
      run: (at, to, length, count) =>
        run(TEXT_AT + at, TEXT_AT + to, COPY_AT + length, CANDIDATES_AT + 4 * count) - TEXT_AT,
      count: () => ((end[0] ?? 0) - CANDIDATES_AT) / 4,
    }
  } catch {
    return undefined
  }
}

const PAGE = 64 * 1024
/** What something begins with, by the hashes of three bytes and of four. */
const THREES_AT = PAGE
const FOURS_AT = THREES_AT + BEGINNINGS_BYTES
const TEXT_AT = FOURS_AT + BEGINNINGS_BYTES
/** Behind it zeros, for what stands before the first byte. */
const COPY_AT = TEXT_AT + WIDE_BYTES + PAGE
const CANDIDATES_AT = COPY_AT + WIDE_BYTES
const PAGES = (CANDIDATES_AT + 4 * WIDE_BYTES) / PAGE

const LANES = [0, 1, 2, 3, 4, 5, 6, 7]

// Written by hand, because it is short, and no compiler makes it: a function of where the
// text begins (local 0) and ends (1), where the copy goes (2) and where the candidates end (3), that
// returns how far it came, and leaves at 0 where the candidates end now.
// https://webassembly.github.io/spec/core/binary/instructions.html
function code(): number[] {
  const special = [0x00, 0x0d, 0x1b, 0x25, 0x5c].flatMap((byte) => [
    ...bytesOf('20 04'),
    ...[0x41, ...signed(byte)],
    ...bytesOf('fd 0f fd 23 fd 50'),
  ])
  const stop = bytesOf(`
    41 00 20 03 36 02 00                              the end of the candidates is kept
    20 00 0f                                          return how far it came
  `)
  // Whether something begins with the three bytes before one of those in the lanes of local 6 or 7.
  const begins = (half: number, lane: number) => [
    ...[0x20, half, 0xfd, 0x19, lane],
    ...[0x2d, 0x00, ...leb128(THREES_AT)],
  ]
  const halves = [6, 7]
  const anyBegins = halves.flatMap((half) =>
    LANES.flatMap((lane) => [...begins(half, lane), ...(half + lane > 6 ? [0x72] : [])]),
  )
  // Each lane's place is written, and kept where something begins with it and the three before.
  const note = halves.flatMap((half) =>
    LANES.flatMap((lane) => {
      const place = (half - 6) * 8 + lane - 3
      return [
        ...[0x20, 0x03, 0x20, 0x02],
        ...[0x41, ...signed(place - COPY_AT), 0x6a],
        ...bytesOf('36 02 00'),
        ...[0x20, 0x03, ...begins(half, lane)],
        ...[0x20, 0x02, 0x41, ...signed(place)],
        ...bytesOf('6a 28 00 00                 the four bytes'),
        ...[0x41, ...signed(FOURS_FACTOR)],
        ...[0x6c, 0x41, ...signed(FOURS_SHIFT), 0x76],
        ...bytesOf('22 0b 41 03 76              11: their hash'),
        ...[0x2d, 0x00, ...leb128(FOURS_AT)],
        ...bytesOf('20 0b 41 07 71 76 71        its bit'),
        ...bytesOf('41 02 74 6a 21 03'),
      ]
    }),
  )
  // The hash of three bytes, in lanes of 16 bits, of the lower or the upper eight.
  const hash = (extend: string, half: number) => [
    ...bytesOf(`20 08 fd ${extend} 41 0c fd 8b 01     the first, by 12 bits`),
    ...bytesOf(`20 09 fd ${extend} 41 06 fd 8b 01 fd 51  the second, by 6`),
    ...bytesOf(`20 0a fd ${extend} fd 51              the third`),
    ...[0x21, half],
  ]
  const shuffled = (from: number, local: number) => [
    ...bytesOf('20 05 20 04 fd 0d'),
    ...Array.from({ length: 16 }, (_, lane) => from + lane),
    ...[0x21, local],
  ]
  return [
    ...bytesOf(
      '02 07 7b 02 7f                        locals 4 to 10: sixteen bytes each; 11, 12: numbers',
    ),
    ...bytesOf('20 02 41 10 6b fd 00 00 00 21 05      5: what was copied before'),
    ...bytesOf('03 40                                 loop'),
    ...bytesOf('20 01 20 00 6b 41 10 48 04 40         are there fewer than sixteen:'),
    ...[...stop, 0x0b],
    ...bytesOf('20 00 fd 00 00 00 22 04               4: the next ones'),
    ...bytesOf('41 0a fd 0f fd 23                     is one of them a line feed,'),
    ...special, // or another one of those
    ...bytesOf('fd 64 21 0c                           12: a bit for each'),
    ...bytesOf('20 02 20 04 fd 0b 00 00               they go out as they are'),
    ...shuffled(13, 8), // 8: the bytes three before each
    ...shuffled(14, 9), // 9: those two before each
    ...shuffled(15, 10), // 10: those before each
    ...hash('89 01', 6),
    ...hash('8a 01', 7),
    ...anyBegins,
    ...bytesOf('04 40                                 does something:'),
    // Among what needs reading, it takes a closer look.
    ...[0x20, 0x0c, 0x04, 0x40, ...stop, 0x0b, ...note, 0x0b],
    ...bytesOf('20 0c 04 40                           on to the first that needs reading'),
    ...[...bytesOf('20 00 20 0c 68 6a 21 00'), ...stop, 0x0b],
    ...bytesOf('20 04 21 05                           on by sixteen'),
    ...bytesOf('20 00 41 10 6a 21 00 20 02 41 10 6a 21 02'),
    ...bytesOf('0c 00 0b 00 0b                        from the beginning'),
  ]
}

/** A module with that function, `e`, and with memory from outside, `m.m`. */
function program(): Uint8Array<ArrayBuffer> {
  const body = code()
  return Uint8Array.from([
    ...bytesOf('00 61 73 6d 01 00 00 00'),
    ...section(1, bytesOf('01 60 04 7f 7f 7f 7f 01 7f')),
    ...section(2, [...bytesOf('01 01 6d 01 6d 02 00'), ...leb128(PAGES)]),
    ...section(3, bytesOf('01 00')),
    ...section(7, bytesOf('01 01 65 00 00')),
    ...section(10, [1, ...leb128(body.length), ...body]),
  ])
}

function section(id: number, content: number[]): number[] {
  return [id, ...leb128(content.length), ...content]
}

function leb128(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...leb128(value >> 7)]
}

function signed(value: number): number[] {
  const isLast = value >= -64 && value < 64
  return isLast ? [value & 127] : [(value & 127) | 128, ...signed(value >> 7)]
}

/** The bytes at the beginning of each line; words follow behind two blanks. */
function bytesOf(listing: string): number[] {
  const lines = listing.split('\n').map((line) => line.trim().split('  ')[0] ?? '')
  return lines
    .flatMap((line) => line.split(' ').filter((byte) => byte !== ''))
    .map((byte) => Number.parseInt(byte, 16))
}
