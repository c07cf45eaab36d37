import { type BlockScanner, inOrder, KIND_AT, type Needles, plainScan } from './block-scan.js'
import { FACTORS, GRAM, GRAM_BITS, GRAMS_BYTES } from './grams.js'
import {
  block,
  get,
  i32,
  ifTrue,
  loop,
  op,
  set,
  splat,
  tee,
  vectorAt,
  wasmModule,
} from './wasm-code.js'

/**
 * Returns the scanner of {@link plainScan} with sixteen bytes at a time: twice as fast as Node's
 * `indexOf`, and it also finds all lines that are not chunks. Undefined if the processor has no
 * vectors, or the host forbids WebAssembly.
 */
export function wideScan(looked: Needles): BlockScanner | undefined {
  try {
    return openWideScan(looked)
  } catch {
    return undefined
  }
}

function openWideScan(looked: Needles): BlockScanner {
  const { needles, isCaseSensitive } = looked
  const memory = new WebAssembly.Memory({ initial: PAGES })
  const opened = (program: Uint8Array<ArrayBuffer>): Program => {
    const module = new WebAssembly.Module(program)
    return new WebAssembly.Instance(module, { m: { m: memory } }).exports.run as Program
  }
  const programs = needles.map((needle, index) =>
    opened(scanProgram(needle, isCaseSensitive, index)),
  )
  const grams = opened(gramProgram())
  const fallback = plainScan(looked)
  let text = Buffer.from(memory.buffer, TEXT_AT, BLOCK_BYTES)
  let places = new Int32Array(memory.buffer, 0, TEXT_AT / 4)
  const room = (bytes: number, kept?: Buffer): Buffer => {
    if (bytes > MOST_ROOM_BYTES) return fallback.room(bytes, kept)
    if (bytes <= text.length) return text
    // Growing keeps the contents.
    memory.grow(Math.ceil((bytes - text.length) / PAGE))
    text = Buffer.from(memory.buffer, TEXT_AT, memory.buffer.byteLength - TEXT_AT - BEHIND_BYTES)
    places = new Int32Array(memory.buffer, 0, TEXT_AT / 4)
    return text
  }
  const placed = (given: Buffer): number => {
    if (given.buffer === memory.buffer) return given.byteOffset
    given.copy(room(given.length))
    return TEXT_AT
  }
  return {
    room,
    grams: {
      add(given) {
        if (given.length > MOST_ROOM_BYTES) return false
        const from = placed(given)
        grams(from, from + given.length - GRAM + 1)
        return true
      },
      take() {
        const held = Buffer.from(memory.buffer, GRAMS_AT, GRAMS_BYTES)
        const taken = Buffer.from(held)
        held.fill(0)
        return taken
      },
    },
    scan(given) {
      const { length } = given
      if (length > MOST_ROOM_BYTES) return fallback.scan(given)
      const from = placed(given)
      const end = from + length
      const records: number[] = []
      const hits: number[] = []
      // After a short last line, what an earlier block left would be taken for the line's kind.
      const behind = new Uint8Array(memory.buffer, end, KIND_AT + 1)
      const left = behind.slice()
      behind.fill(0)
      // Lines are found by the line feed before them, which the first one lacks.
      if (length > 0 && text[from - TEXT_AT + KIND_AT] !== LETTER_C) records.push(0)
      for (const run of programs) {
        for (let at = from; at < end; ) {
          at = run(at, end)
          const [recordsEnd = 0, hitsEnd = 0] = [places[0], places[1]]
          for (let place = RECORDS_AT; place < recordsEnd; place += 4) {
            const start = (places[place / 4] ?? 0) + 1
            if (start < end) records.push(start - from)
          }
          for (let place = HITS_AT; place < hitsEnd; place += 4) {
            const hit = places[place / 4] ?? 0
            if (hit < end) hits.push(hit - from)
          }
        }
      }
      behind.set(left)
      return { records, hits: inOrder(hits, needles.length) }
    },
  }
}

type Program = (at: number, end: number) => number

const PAGE = 64 * 1024
const LETTER_C = 'c'.charCodeAt(0)
/** How many places of a kind are noted at a time, plus a few of the last bytes. */
const NOTED = 8 * 1024
const NOTES_BYTES = 4 * NOTED + 4 * 1024
const NEEDLES_AT = 1024
const RECORDS_AT = 8 * 1024
const HITS_AT = RECORDS_AT + NOTES_BYTES
const GRAMS_AT = 2 * PAGE
const TEXT_AT = GRAMS_AT + GRAMS_BYTES
/** A larger one does not fit in the processor's cache. */
const BLOCK_BYTES = 4 * PAGE
/** How far reading extends beyond the last byte. */
const BEHIND_BYTES = 2 * PAGE
const PAGES = (TEXT_AT + BLOCK_BYTES + BEHIND_BYTES) / PAGE
/** A longer line, such as one with a video in it, is searched by Node's means. */
const MOST_ROOM_BYTES = 64 * 1024 * 1024
/** How much of a needle is compared: reading beyond the end of a text stays within memory. */
const LONGEST = 256
const GROUP = 16
const GROUPS = 4

const [AT, END, RECORD, HIT, BITS, PLACE, INDEX, GROUPS_END] = [0, 1, 2, 3, 4, 5, 6, 7]
const [NEWLINES, MATCHES] = [8, 9]
const CASE_BIT = 0x20
const CASE_BITS = 0x20202020

/**
 * A function of a text's start and end. Returns how far it came, and stores at 0 and 4 where its
 * notes end: those of line feeds before lines that are not chunks, and those of the needle.
 */
function scanProgram(
  text: string,
  isCaseSensitive: boolean,
  index: number,
): Uint8Array<ArrayBuffer> {
  const needle = [...Buffer.from(text, 'latin1').subarray(0, LONGEST)]
  const needleAt = NEEDLES_AT + index * 2 * LONGEST
  // One of several programs notes the lines for all.
  const notesRecords = index === 0
  const folds = (byte: number): boolean =>
    !isCaseSensitive && /[a-z]/i.test(String.fromCharCode(byte))
  const places = rarest(needle)
  const isByte = (place: number, offset: number): number[] => {
    const byte = needle[place] ?? 0
    const there = [...get(AT), ...vectorAt(place + offset)]
    return folds(byte)
      ? [...there, ...splat(CASE_BIT), ...op.or, ...splat(byte | CASE_BIT), ...op.equal]
      : [...there, ...splat(byte), ...op.equal]
  }
  const matches = (offset: number): number[] =>
    places.flatMap((place, index) => [...isByte(place, offset), ...(index > 0 ? op.and : [])])
  // A line feed, with a byte other than `c` ten bytes later.
  const newlines = (offset: number): number[] => [
    ...[...get(AT), ...vectorAt(offset), ...splat(10), ...op.equal],
    ...[...get(AT), ...vectorAt(offset + 1 + KIND_AT), ...splat(LETTER_C), ...op.equal],
    ...op.andNot,
  ]
  const either = (offset: number): number[] =>
    notesRecords ? [...matches(offset), ...newlines(offset), ...op.or] : matches(offset)
  const note = (local: number, what: number): number[] => [
    ...[...get(local), ...get(what), ...op.store],
    ...[...get(local), ...i32(4), ...op.add, ...set(local)],
  ]
  // For each bit of a vector whose bytes are all 0 or all 1.
  const each = (vector: number, body: number[]): number[] => [
    ...[...get(vector), ...op.bitmask, ...set(BITS)],
    ...block(
      loop([
        ...[...get(BITS), ...op.isZero, ...op.leaveIf(1)],
        ...[...get(BITS), ...op.lowestBit, ...get(AT), ...op.add, ...set(PLACE)],
        ...body,
        ...[...get(BITS), ...get(BITS), ...i32(1), ...op.subtract, ...op.andBits, ...set(BITS)],
        ...op.leave(0),
      ]),
    ),
  ]
  const noteIfNeedle = [
    ...[...i32(0), ...set(INDEX)],
    ...block(
      loop([
        ...[...get(INDEX), ...i32(needle.length), ...op.same],
        ...ifTrue([...note(HIT, PLACE), ...op.leave(2)]),
        // The case bit of a letter is set before both are compared.
        ...[...get(PLACE), ...get(INDEX), ...op.add, ...op.byteAt(0)],
        ...[...get(INDEX), ...op.byteAt(needleAt + LONGEST), ...op.orBits],
        ...[...get(INDEX), ...op.byteAt(needleAt), ...op.differ, ...op.leaveIf(1)],
        ...[...get(INDEX), ...i32(1), ...op.add, ...set(INDEX), ...op.leave(0)],
      ]),
    ),
  ]
  const looked = [
    ...(notesRecords ? [...newlines(0), ...set(NEWLINES)] : []),
    ...[...matches(0), ...set(MATCHES)],
    ...(notesRecords ? each(NEWLINES, note(RECORD, PLACE)) : []),
    ...each(MATCHES, noteIfNeedle),
  ]
  const anyGroup = Array.from({ length: GROUPS }, (_, group) => [
    ...either(group * GROUP),
    ...(group > 0 ? op.or : []),
  ]).flat()
  const stops = [
    ...[...get(AT), ...get(END), ...op.notBelow],
    ...[...get(RECORD), ...i32(RECORDS_AT + 4 * NOTED), ...op.notBelow, ...op.orBits],
    ...[...get(HIT), ...i32(HITS_AT + 4 * NOTED), ...op.notBelow, ...op.orBits],
  ]
  const code = [
    ...[...i32(RECORDS_AT), ...set(RECORD), ...i32(HITS_AT), ...set(HIT)],
    ...loop([
      ...stops,
      ...ifTrue([
        ...[...i32(0), ...get(RECORD), ...op.store, ...i32(4), ...get(HIT), ...op.store],
        ...[...get(AT), ...op.return],
      ]),
      ...[...anyGroup, ...op.any],
      ...ifTrue([
        ...[...get(AT), ...i32(GROUPS * GROUP), ...op.add, ...set(GROUPS_END)],
        ...loop([
          ...looked,
          ...[...get(AT), ...i32(GROUP), ...op.add, ...tee(AT)],
          ...[...get(GROUPS_END), ...op.below, ...op.leaveIf(0)],
        ]),
        ...op.leave(1),
      ]),
      ...[...get(AT), ...i32(GROUPS * GROUP), ...op.add, ...set(AT), ...op.leave(0)],
    ]),
    ...op.unreachable,
  ]
  const masks = needle.map((byte) => (folds(byte) ? CASE_BIT : 0))
  const compared = needle.map((byte, index) => byte | (masks[index] ?? 0))
  return wasmModule({ pages: PAGES, code, locals: { i32: 6, v128: 2 } }, [
    { at: needleAt, bytes: compared },
    { at: needleAt + LONGEST, bytes: masks },
  ])
}

/** A function of where a text begins and where its last gram does: notes each gram (`grams.ts`). */
function gramProgram(): Uint8Array<ArrayBuffer> {
  const [WORD, HASH] = [2, 3]
  const code = [
    ...block(
      loop([
        ...[...get(AT), ...get(END), ...op.notBelow, ...op.leaveIf(1)],
        ...[...get(AT), ...op.wordAt(0), ...i32(CASE_BITS), ...op.orBits],
        ...[...i32(FACTORS[0]), ...op.multiply],
        ...[...get(AT), ...op.byteAt(GRAM - 1), ...i32(CASE_BIT), ...op.orBits],
        ...[...i32(FACTORS[1]), ...op.multiply, ...op.add],
        ...[...i32(32 - GRAM_BITS), ...op.shiftRight, ...tee(HASH)],
        ...[...i32(5), ...op.shiftRight, ...i32(2), ...op.shiftLeft, ...tee(WORD)],
        ...[...get(WORD), ...op.wordAt(GRAMS_AT), ...i32(1), ...get(HASH), ...op.shiftLeft],
        ...[...op.orBits, ...op.storeAt(GRAMS_AT)],
        ...[...get(AT), ...i32(1), ...op.add, ...set(AT), ...op.leave(0)],
      ]),
    ),
    ...get(AT),
  ]
  return wasmModule({ pages: PAGES, code, locals: { i32: 2, v128: 0 } }, [])
}

/** By frequency in the log of a session, where much is English or source code. */
const OFTEN = ' etaoinsrhldcu"\\mpfgy,.wbv:k_-0123x{}()[]/4567=89;jzq\'$'

/**
 * Returns up to three places in a needle whose bytes are rare: only if all three match is the rest
 * compared.
 */
function rarest(needle: readonly number[]): number[] {
  const often = (place: number): number => {
    const rank = OFTEN.indexOf(String.fromCharCode(needle[place] ?? 0).toLowerCase())
    return rank < 0 ? OFTEN.length : rank
  }
  return [...needle.keys()].sort((one, other) => often(other) - often(one)).slice(0, 3)
}
