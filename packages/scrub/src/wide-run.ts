import { BEGINNINGS_BYTES, type Beginnings } from './beginnings.js'
import { CandidateCheck } from './candidate-check.js'
import { checkProgram, seekProgram, wideRunProgram } from './programs.js'
import type { SearchIndex } from './search-index.js'
import {
  BLANK_AT,
  BREAK,
  CANDIDATES_AT,
  CHECK_AT,
  COPY_AT,
  ESCAPED_AT,
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
  TEXT_AT,
  THREES_AT,
  UNICODE,
  WIDE_BYTES,
} from './wide-run-memory.js'

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
    compiled ??= new WebAssembly.Module(wideRunProgram())
    const instance = new WebAssembly.Instance(compiled, { m: { m: memory } })
    const run = instance.exports.run as (at: number, to: number) => number
    compiledSeek ??= new WebAssembly.Module(seekProgram())
    const seeker = new WebAssembly.Instance(compiledSeek, { m: { m: memory } })
    const seek = seeker.exports.run as (at: number, to: number) => number
    const bytesAt = (at: number, length: number) => new Uint8Array(memory.buffer, at, length)
    const numbersAt = (at: number, length: number) => new Int32Array(memory.buffer, at, length)
    bytesAt(SPECIAL_AT, 256).set(kinds.special)
    bytesAt(ESCAPED_AT, 256).set(kinds.escaped)
    bytesAt(BLANK_AT, 256).set(kinds.blank)
    bytesAt(PLAIN_AT, 256).set(kinds.plain)
    bytesAt(MARK_AT, 256).set(kinds.mark)
    bytesAt(HEX_AT, 256).set(kinds.hex)
    bytesAt(INNER_AT, 256).set(kinds.inner)
    const threes = bytesAt(THREES_AT, BEGINNINGS_BYTES)
    const fours = bytesAt(FOURS_AT, BEGINNINGS_BYTES)
    const place = bytesAt(TEXT_AT, WIDE_BYTES)
    const state = numbersAt(0, 8)
    let taken: Beginnings | undefined
    let checked: CandidateCheck | undefined
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
        taken = beginnings
      },
      run: (at, to) => run(TEXT_AT + at, TEXT_AT + to) - TEXT_AT,
      seek: (at, to) => seek(COPY_AT + at, COPY_AT + to) - COPY_AT,
      check(index, count, to) {
        checked ??= openCheck(memory)
        return checked.check(index, count, to)
      },
    }
  } catch {
    return undefined
  }
}

// Not at the start: few texts need it.
function openCheck(memory: WebAssembly.Memory): CandidateCheck {
  compiledCheck ??= new WebAssembly.Module(checkProgram())
  const instance = new WebAssembly.Instance(compiledCheck, { m: { m: memory } })
  const run = instance.exports.run as (count: number, to: number) => number
  return new CandidateCheck(memory, CHECK_AT, WIDE_BYTES, run)
}

let compiled: WebAssembly.Module | undefined
let compiledSeek: WebAssembly.Module | undefined
let compiledCheck: WebAssembly.Module | undefined
