import { BEGINNINGS_BYTES, type Beginnings } from './beginnings.js'
import { CandidateCheck } from './candidate-check.js'
import { BASE32, BASE64 } from './decode-listing.js'
import { FIVE_BITS } from './digits.js'
import type { DumpRoom } from './hex-dump.js'
import {
  base32Program,
  base64Program,
  checkProgram,
  dumpProgram,
  seekProgram,
  wideRunProgram,
} from './programs.js'
import type { SearchIndex } from './search-index.js'
import {
  BEGINS_AT,
  BLANK_AT,
  BREAK,
  CANDIDATES_AT,
  CHECK_AT,
  COPY_AT,
  DECODED_AT,
  DUMPED_MOST,
  ENDS_AT,
  ESCAPED_AT,
  FIVES_AT,
  FOURS_AT,
  FROM,
  HEX_AT,
  INNER_AT,
  LINES_AT,
  MARGIN,
  MARK_AT,
  PAGES,
  PLACES_AT,
  PLAIN_AT,
  RUNS_AT,
  RUNS_MOST,
  SPECIAL_AT,
  TABLES_32,
  TABLES_64,
  TEXT_AT,
  THREES_AT,
  UNICODE,
  WIDE_BYTES,
  WITHIN_WORD_AT,
  WITHIN_WORDS_AT,
} from './wide-run-memory.js'
import { WITHIN_WORD } from './within-word.js'

/**
 * Brings a text into its normal form, sixteen bytes at a time: the same result as `normal-form.ts`,
 * in a third of the time. What is rare is left to that file.
 */
export type WideRun = {
  /** Its output, in memory of its own: see `NormalForm`. */
  readonly bytes: Uint8Array
  readonly candidates: Int32Array
  readonly lines: Uint8Array
  readonly runs: Int32Array
  readonly places: Int32Array
  /** The counts, at {@link BYTES} and the constants after it. */
  readonly state: Int32Array
  /** Loads a part of a text, at most {@link WIDE_BYTES}, and what is searched for. */
  take(text: Uint8Array, from: number, to: number, beginnings: Beginnings): void
  /**
   * Reads until fewer than sixteen bytes are left, or something needs the full reader.
   *
   * @param at counted from the start of what was loaded.
   * @returns where it stopped.
   */
  run(at: number, to: number): number
  /**
   * Passes over what it has written in which no encoded text begins.
   *
   * @returns the first place to examine; any that is near the end.
   */
  seek(at: number, to: number): number
  /**
   * Decodes base64 or base32 that it has written, as long as it stands for ASCII, into `decoded`.
   *
   * @returns where it stopped, a multiple of sixteen characters behind the first place.
   */
  decode(encoding: 'base64' | 'base32', at: number, to: number): number
  readonly decoded: Uint8Array
  /**
   * Reads what it has written as a hex dump, into `dumped`.
   *
   * @param count of bytes that were read before, and before the last line.
   * @returns where it stopped; the counts are in `state`, at {@link DUMPED} and after it.
   */
  dump(at: number, to: number, count: number, first: number): number
  readonly dumped: DumpRoom
  /**
   * Drops candidates at which certainly nothing is found.
   *
   * @returns how many are left, at the beginning of `candidates`.
   */
  check(index: SearchIndex, count: number, to: number): number
}

/** Tables by byte: what needs decoding, what a byte means after a backslash. */
export type ByteKinds = {
  special: Uint8Array
  /**
   * What a byte means after backslashes; {@link BREAK}, {@link UNICODE}, or 0 if it needs the full
   * reader.
   */
  escaped: Uint8Array
  blank: Uint8Array
  plain: Uint8Array
  mark: Uint8Array
  hex: Int8Array
  /** What a character can be in encoded text. */
  inner: Uint8Array
}

/** Returns undefined if the processor has no vectors, or the host forbids WebAssembly. */
export function openWideRun(kinds: ByteKinds): WideRun | undefined {
  try {
    const memory = new WebAssembly.Memory({ initial: PAGES })
    const run = opened('run', memory)
    const seek = opened('seek', memory)
    const bytesAt = (at: number, length: number) => new Uint8Array(memory.buffer, at, length)
    const numbersAt = (at: number, length: number) => new Int32Array(memory.buffer, at, length)
    bytesAt(SPECIAL_AT, 256).set(kinds.special)
    bytesAt(ESCAPED_AT, 256).set(kinds.escaped)
    bytesAt(BLANK_AT, 256).set(kinds.blank)
    bytesAt(PLAIN_AT, 256).set(kinds.plain)
    bytesAt(MARK_AT, 256).set(kinds.mark)
    bytesAt(HEX_AT, 256).set(kinds.hex)
    bytesAt(INNER_AT, 256).set(kinds.inner)
    bytesAt(FIVES_AT, 256).set(FIVE_BITS)
    bytesAt(WITHIN_WORD_AT, 256).set(WITHIN_WORD)
    for (const [{ mask, order }, tables] of [
      [BASE64, TABLES_64],
      [BASE32, TABLES_32],
    ] as const) {
      bytesAt(tables.mask, 16).set(mask)
      bytesAt(tables.order, 16).set(order)
    }
    const threes = bytesAt(THREES_AT, BEGINNINGS_BYTES)
    const fours = bytesAt(FOURS_AT, BEGINNINGS_BYTES)
    const withinWords = bytesAt(WITHIN_WORDS_AT, BEGINNINGS_BYTES)
    const place = bytesAt(TEXT_AT, WIDE_BYTES)
    const state = numbersAt(0, 8)
    let taken: Beginnings | undefined
    // Few texts need these.
    let checked: CandidateCheck | undefined
    const decoders: { base64?: Run; base32?: Run } = {}
    let dump: Run | undefined
    return {
      bytes: bytesAt(COPY_AT, WIDE_BYTES),
      candidates: numbersAt(CANDIDATES_AT, WIDE_BYTES),
      lines: bytesAt(LINES_AT, WIDE_BYTES + MARGIN),
      runs: numbersAt(RUNS_AT, RUNS_MOST),
      places: numbersAt(PLACES_AT, RUNS_MOST),
      state,
      take(text, from, to, beginnings) {
        place.set(new Uint8Array(text.buffer, text.byteOffset + from, to - from))
        state[FROM] = from
        if (taken === beginnings) return
        threes.set(beginnings.threes)
        fours.set(beginnings.fours)
        withinWords.set(beginnings.withinWords)
        taken = beginnings
      },
      run: (at, to) => run(TEXT_AT + at, TEXT_AT + to) - TEXT_AT,
      seek: (at, to) => seek(COPY_AT + at, COPY_AT + to) - COPY_AT,
      decode(encoding, at, to) {
        decoders[encoding] ??= opened(encoding, memory)
        return decoders[encoding](COPY_AT + at, COPY_AT + to, DECODED_AT) - COPY_AT
      },
      decoded: bytesAt(DECODED_AT, WIDE_BYTES),
      dump(at, to, count, first) {
        dump ??= opened('dump', memory)
        return dump(COPY_AT + at, COPY_AT + to, count, first) - COPY_AT
      },
      dumped: {
        bytes: bytesAt(DECODED_AT, WIDE_BYTES),
        begins: numbersAt(BEGINS_AT, DUMPED_MOST),
        ends: numbersAt(ENDS_AT, DUMPED_MOST),
      },
      check(index, count, to) {
        checked ??= new CandidateCheck(memory, CHECK_AT, WIDE_BYTES, opened('check', memory))
        return checked.check(index, count, to)
      },
    }
  } catch {
    return undefined
  }
}

type Run = (...numbers: number[]) => number

const PROGRAMS = {
  run: wideRunProgram,
  seek: seekProgram,
  base64: base64Program,
  base32: base32Program,
  dump: dumpProgram,
  check: checkProgram,
}

/** Makes a program ready to run in a memory; it is compiled once. */
function opened(name: keyof typeof PROGRAMS, memory: WebAssembly.Memory): Run {
  compiled[name] ??= new WebAssembly.Module(PROGRAMS[name]())
  const instance = new WebAssembly.Instance(compiled[name], { m: { m: memory } })
  return instance.exports.run as Run
}

const compiled: Partial<Record<keyof typeof PROGRAMS, WebAssembly.Module>> = {}
