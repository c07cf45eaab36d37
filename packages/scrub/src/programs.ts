import { checkListing } from './candidate-listing.js'
import { BASE32, BASE64, decodeListing } from './decode-listing.js'
import { dumpListing } from './dump-listing.js'
import { seekListing } from './inner-seek.js'
import { assemble } from './web-assembly.js'
import { WIDE_RUN } from './wide-run-listing.js'
import {
  BEGINS_AT,
  CHECKED,
  COPY_AT,
  DECODED_AT,
  DUMPED,
  DUMPED_FIRST,
  ENDS_AT,
  FIVES_AT,
  HEX_AT,
  INNER_AT,
  LINES_AT,
  PAGES,
  TABLES_32,
  TABLES_64,
} from './wide-run-memory.js'

// The bundles hold what these return, and not the listings (scripts/bundle/assembled-programs.ts).

/** Brings a text into its normal form. */
export function wideRunProgram(): Uint8Array<ArrayBuffer> {
  return assemble(WIDE_RUN)
}

/** Passes over what holds no encoded text. */
export function seekProgram(): Uint8Array<ArrayBuffer> {
  return assemble(seekListing(INNER_AT, FIVES_AT, PAGES))
}

export function base64Program(): Uint8Array<ArrayBuffer> {
  return assemble(decodeListing(BASE64, TABLES_64, PAGES))
}

export function base32Program(): Uint8Array<ArrayBuffer> {
  return assemble(decodeListing(BASE32, TABLES_32, PAGES))
}

/** Reads a hex dump. */
export function dumpProgram(): Uint8Array<ArrayBuffer> {
  const text = { bytes: COPY_AT, lines: LINES_AT, hex: HEX_AT }
  const dumped = { decoded: DECODED_AT, begins: BEGINS_AT, ends: ENDS_AT }
  const counts = { count: 4 * DUMPED, first: 4 * DUMPED_FIRST }
  return assemble(dumpListing({ ...text, ...dumped, ...counts }, PAGES))
}

/** Drops candidates at which certainly nothing is found. */
export function checkProgram(): Uint8Array<ArrayBuffer> {
  return assemble(checkListing(CHECKED))
}
