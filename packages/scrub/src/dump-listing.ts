import type { Listing } from './web-assembly.js'

/** Places in memory that the program uses. */
export type DumpPlaces = {
  /** The text, and where lines begin in it. */
  bytes: number
  lines: number
  /** What the digits stand for; more than 15 for any other character. */
  hex: number
  /** Receive the bytes, and where each begins and ends in the text. */
  decoded: number
  begins: number
  ends: number
  /** Receives how many bytes were decoded, and the first one of the last line. */
  count: number
  first: number
}

/** In one line of a dump. */
export const LINE_BYTES = 16
/** What the bytes of one line look like as text, with its frame. */
export const MARGIN = 24

const isGap = (byte: string) => `${byte} 32 eq ${byte} 58 eq or`

/**
 * Returns the listing of a function that reads a hex dump as `hex-dump.ts` does, as far as it has the
 * usual form: each byte or pair of bytes with a gap behind it, lines of sixteen with a margin, and an
 * offset of eight digits or before a colon. It returns where it stopped: at a byte.
 */
export function dumpListing(places: DumpPlaces, pages: number): Listing {
  const { bytes, lines, hex, decoded, begins, ends, count, first } = places
  return {
    given: 4,
    vectors: 0,
    pages,
    variables: [
      ...['at', 'to', 'count', 'first', 'high', 'low', 'one', 'two', 'size', 'byte', 'next'],
      ...['place', 'behind', 'digits'],
    ],
    constants: {
      ...{ HEX: hex, DECODED: decoded, BEGINS: begins, ENDS: ends, COUNT: count, FIRST: first },
      TEXT: bytes,
      ...{ LINES: lines - bytes, LINES_1: lines - bytes + 1, LINES_2: lines - bytes + 2 },
      ...{ LINES_3: lines - bytes + 3, LINE_BYTES, MARGIN },
    },
    code: `
      block:over loop:on
        at 6 add to more br_if:over
        at load8@0 load8@HEX :=high at load8@1 load8@HEX :=low or 15 more br_if:over
        at load8@LINES_1 br_if:over
        high 4 shl low or =one
        2 =size
        at load8@2 =byte
        ${isGap('byte')} eqz if
          byte load8@HEX :=high at load8@3 load8@HEX :=low or 15 more br_if:over
          at load8@LINES_2 at load8@LINES_3 or br_if:over
          at load8@4 =byte
          ${isGap('byte')} eqz br_if:over
          high 4 shl low or =two
          4 =size
        end
        at size add :=next load8@LINES next load8@LINES_1 or br_if:over
        next 1 add =place
        0 =behind
        next load8@1 load8@HEX 15 more if
          ${BEHIND_LINE}
        end

        at TEXT sub =byte
        byte size add =digits
        ${put('one')}
        size 4 eq if
          ${put('two')}
        end
        behind if
          count =byte
          loop:line
            byte 1 sub :=byte 2 shl behind TEXT sub store@ENDS
            byte first more br_if:line
          end
          count =first
        end
        place =at
        br:on
      end end
      0 count store@COUNT
      0 first store@FIRST
      at
    `,
  }
}

const put = (value: string) => `
  count ${value} store8@DECODED
  count 2 shl byte store@BEGINS
  count 2 shl digits store@ENDS
  count 1 add =count
`

/** Passes over what follows the last byte of a line, to the first one of the next. */
const BEHIND_LINE = `
  count size 1 shr add first sub LINE_BYTES less br_if:over
  loop:blanks
    place to less eqz place load8@LINES or br_if:over
    place load8@0 =byte
    ${isGap('byte')} if
      place 1 add :=place next sub MARGIN less br_if:blanks
    end
  end
  place next sub 1 more eqz br_if:over
  place load8@LINES br_if:over
  place =next
  loop:margin
    place 1 add :=place next sub MARGIN less eqz br_if:over
    place MARGIN add to more br_if:over
    place load8@LINES eqz br_if:margin
  end

  place =behind
  loop:offset
    place load8@0 load8@HEX 16 less if
      place 1 add :=place behind sub 9 less br_if:offset
    end
  end
  place behind sub :=digits 4 less br_if:over
  place load8@0 58 eq place load8@1 32 eq and eqz if
    digits 8 ne place load8@0 32 ne or br_if:over
  end
  loop:gaps
    place to less if
      place load8@0 =byte
      ${isGap('byte')} place behind sub MARGIN less and if
        place 1 add =place
        br:gaps
      end
    end
  end
`
