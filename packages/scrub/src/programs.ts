import { checkListing } from './candidate-listing.js'
import { seekListing } from './inner-seek.js'
import { assemble } from './web-assembly.js'
import { WIDE_RUN } from './wide-run-listing.js'
import { CHECKED, INNER_AT, PAGES } from './wide-run-memory.js'

// The bundles hold what these return, and not the listings (scripts/bundle/assembled-programs.ts).

/** Brings a text into its normal form. */
export function wideRunProgram(): Uint8Array<ArrayBuffer> {
  return assemble(WIDE_RUN)
}

/** Passes over what holds no encoded text. */
export function seekProgram(): Uint8Array<ArrayBuffer> {
  return assemble(seekListing(INNER_AT, PAGES))
}

/** Drops candidates at which certainly nothing is found. */
export function checkProgram(): Uint8Array<ArrayBuffer> {
  return assemble(checkListing(CHECKED))
}
