import { FOURS_FACTOR, FOURS_SHIFT, HASH_SHIFT } from './beginnings.js'
import { COLOUR, LINE, PARAGRAPH } from './lines.js'
import type { Listing } from './web-assembly.js'
import {
  BLANK_AT,
  BREAK,
  BYTES,
  CANDIDATES,
  CANDIDATES_AT,
  COPY_AT,
  ESCAPED_AT,
  FOURS_AT,
  FROM,
  HEX_AT,
  LINE_BYTE,
  LINES_AT,
  MARK_AT,
  PAGES,
  PLACES_AT,
  PLAIN_AT,
  RUNS,
  RUNS_AT,
  SPECIAL_AT,
  TEXT_AT,
  THREES_AT,
  UNICODE,
  WITHIN_WORD_AT,
  WITHIN_WORDS_AT,
  ZERO_AT,
} from './wide-run-memory.js'
import { UNSPELLED, WITHIN, WITHIN_UNLESS_SPELLED } from './within-word.js'

/** How much text must follow what is read at once, so that its end needs no checks. */
const AHEAD = 48

/**
 * The hashes of the three bytes before each of the sixteen are in two vectors, extracted two at a
 * time.
 */
const PAIRS = ['lowerv', 'upperv'].flatMap((half) =>
  [0, 1, 2, 3].map((lane) => `${half} lane32:${lane}`),
)

/** Tests whether something begins with the three bytes before any of the sixteen. */
const anyBegins = PAIRS.map(
  (pair) => `${pair} :=hash 65535 and load8@THREES hash 16 shr load8@THREES or`,
).reduce((before, pair) => `${before} ${pair} or`)

/** The same for each of them, in a bit of its own. */
const allThatBegin = PAIRS.map((pair, index) => {
  const second = `hash 16 shr load8@THREES ${2 * index + 1} shl`
  return `${pair} :=hash 65535 and load8@THREES ${2 * index} shl ${second} or`
}).reduce((before, pair) => `${before} ${pair} or`)

const isOneOf = (name: string, bytes: readonly number[]) =>
  bytes.map((byte, index) => `${name} ${byte} eq ${index > 0 ? 'or' : ''}`).join(' ')

/** Whether something begins with four bytes. */
const BEGINS = `
  FACTOR mul FOURS_SHIFT shr :=hash 3 shr load8@FOURS hash 7 and shr 1 and
`

/** Notes a place, unless it is within a word in which nothing begins that begins so. */
const NOTE = `
  block:within
    block:noted
      hash 3 shr load8@WITHIN_WORDS hash 7 and shr 1 and br_if:noted
      place load8@LINES_BEHIND br_if:noted
      place 1 sub load8@0 load8@WITHIN_WORD :=hash IS_WITHIN and br_if:within
      hash IS_UNLESS_SPELLED and eqz br_if:noted
      place 2 sub load8@0 load8@WITHIN_WORD IS_UNSPELLED and br_if:within
    end
    notes place COPY sub store@0
    notes 4 add =notes
  end
`

/**
 * Writes a byte. The last four are kept, because to load what was just stored byte by byte takes a
 * processor longer than all the rest.
 */
const put = (byte: string) => `
  out ${byte} :=last store8@0
  recent 8 shr last 24 shl or :=recent ${BEGINS} if
    out 3 sub =place
    ${NOTE}
  end
  out 1 add =out
`

/** Starts a run at a place in the text: of two at the same byte the second counts. */
const RUN = `
  runs 4 sub load@0 out COPY sub eq if runs 4 sub =runs end
  runs out COPY sub store@0
  runs at base add store@PLACES_BEHIND
  runs 4 add =runs
`

/** Writes a byte, one of several from the same place. */
const EMIT = `
  ${put('count')}
  ${RUN}
`

/**
 * Reads zeros: of UTF-16, which are left out; several, which stand for themselves; or one, unless
 * something special is next to it.
 */
const ZERO = `
  at load8@1 =code
  at load8@2 =count
  code load8@SPECIAL count or eqz if
    next =at
    loop:wide
      out COPY sub =zero-at
      ${RUN}
      ${put('code')}
      at 1 add =at
      to at sub 16 less eqz if
        at load8@1 :=code load8@SPECIAL at load8@2 or eqz if
          at 1 add =at
          br:wide
        end
      end
    end
    ${RUN}
    br:on
  end
  code eqz if
    loop:zeros
      out 0 store8@0
      recent 8 shr =recent
      out 1 add =out
      at 1 add :=at to less if at load8@0 eqz br_if:zeros end
    end
    br:on
  end
  code load8@SPECIAL count load8@SPECIAL or br_if:stop
  next =at
  out COPY sub 1 sub zero-at eq out COPY ne and if
    out COPY sub =zero-at
    ${RUN}
  else
    ${put('0')}
  end
  br:on
`

// Written by hand: it is short, and no compiler produces it.
export const WIDE_RUN: Listing = {
  given: 2,
  variables: [
    ...['at', 'to', 'out', 'notes', 'runs', 'base', 'line', 'bits', 'mask', 'place', 'hash'],
    ...['byte', 'next', 'from', 'ahead', 'code', 'first', 'count', 'zero-at', 'recent', 'last'],
    ...['v', 'beforev', 'onev', 'twov', 'threev', 'lowerv', 'upperv'],
    ...['zerov', 'feedv', 'returnv', 'escapev', 'percentv', 'backslashv'],
  ],
  vectors: 13,
  pages: PAGES,
  constants: {
    ...{ SPECIAL: SPECIAL_AT, ESCAPED: ESCAPED_AT, BLANK: BLANK_AT, PLAIN: PLAIN_AT },
    ...{ MARK: MARK_AT, HEX: HEX_AT, THREES: THREES_AT, FOURS: FOURS_AT, COPY: COPY_AT },
    ...{ LINES_BEHIND: LINES_AT - COPY_AT, PLACES_BEHIND: PLACES_AT - RUNS_AT },
    ...{ CANDIDATES: CANDIDATES_AT, RUNS: RUNS_AT, TEXT: TEXT_AT },
    ...{ FACTOR: FOURS_FACTOR, FOURS_SHIFT, ONCE: HASH_SHIFT, TWICE: 2 * HASH_SHIFT },
    ...{ IS_BREAK: BREAK, IS_UNICODE: UNICODE, IS_LINE: LINE, IS_PARAGRAPH: PARAGRAPH },
    ...{ IS_COLOUR: COLOUR, AHEAD },
    ...{ WITHIN_WORDS: WITHIN_WORDS_AT, WITHIN_WORD: WITHIN_WORD_AT, IS_WITHIN: WITHIN },
    ...{ IS_UNLESS_SPELLED: WITHIN_UNLESS_SPELLED, IS_UNSPELLED: UNSPELLED },
  },
  code: `
    0 load@${4 * BYTES} COPY add =out
    out 4 sub load@0 =recent
    0 load@${4 * CANDIDATES} 2 shl CANDIDATES add =notes
    0 load@${4 * RUNS} 2 shl RUNS add =runs
    0 load@${4 * LINE_BYTE} =line
    0 load@${4 * FROM} TEXT sub =base
    0 load@${4 * ZERO_AT} =zero-at
    0 splat =zerov 10 splat =feedv 13 splat =returnv
    27 splat =escapev 37 splat =percentv 92 splat =backslashv

    block:stop loop:on
      to at sub 16 less br_if:stop
      block:special
        at load8@0 load8@SPECIAL br_if:special
        at load8@1 load8@SPECIAL at load8@2 load8@SPECIAL or if
          ${put('at load8@0')}
          at 1 add =at
          br:on
        end
        at =from
        recent splat32 =beforev
        loop:plain
          at vload@0 =v
          v zerov veq v feedv veq vor v returnv veq vor
          v escapev veq vor v percentv veq vor v backslashv veq vor bitmask =bits
          out v vstore@0
          beforev v shuffle:13 =onev
          beforev v shuffle:14 =twov
          beforev v shuffle:15 =threev
          onev lower TWICE vshl twov lower ONCE vshl vxor threev lower vxor =lowerv
          onev upper TWICE vshl twov upper ONCE vshl vxor threev upper vxor =upperv
          ${anyBegins}
          if
            ${allThatBegin}
            bits 1 sub bits -1 xor and and =mask
            mask if
              loop:places
                out mask ctz add 3 sub :=place load@0 ${BEGINS} if
                  ${NOTE}
                end
                mask mask 1 sub and :=mask br_if:places
              end
            end
          end
          bits if
            bits ctz :=count at add =at
            out count add =out
            at 4 sub load@0 =last
            at from sub :=count 4 less if
              count 3 shl =count
              last 32 count sub shr 32 count sub shl recent count shr or =last
            end
            last =recent
            br:special
          end
          v =beforev
          at 16 add =at
          out 16 add =out
          to at sub 16 less eqz br_if:plain
        end
        br:stop
      end

      at load8@0 =byte
      at 1 add =next
      byte eqz if
        ${ZERO}
      end
      block:colour
      block:break
        byte 10 eq byte 13 eq or br_if:break
        byte 27 eq br_if:colour
        block:character
          byte 92 eq if
            loop:backslashes
              next load8@0 :=byte 92 eq if
                next 1 add =next
                next at sub 32 less br_if:backslashes
              end
            end
            next load8@0 load8@ESCAPED :=code eqz br_if:stop
            next 1 add =next
            code 101 eq next load8@0 91 eq and br_if:colour
            code 48 eq next load8@0 51 eq and br_if:stop
            code IS_BREAK eq br_if:break
            code IS_UNICODE ne br_if:character
            next load8@0 load8@HEX 12 shl
            next load8@1 load8@HEX 8 shl or
            next load8@2 load8@HEX 4 shl or
            next load8@3 load8@HEX or =code
            next load8@0 load8@HEX next load8@1 load8@HEX or
            next load8@2 load8@HEX or next load8@3 load8@HEX or 240 and br_if:stop
            code 92 eq code 32 less or br_if:stop
            next 4 add =next
            code 128 less br_if:character
            code 63488 and 55296 eq next 16 add to more or br_if:stop
            code 2048 less if
              code 6 shr 192 or =count
            else
              code 12 shr 224 or =count
              ${EMIT}
              code 6 shr 63 and 128 or =count
            end
            ${EMIT}
            code 63 and 128 or =count
            ${EMIT}
            next =at
            ${RUN}
            br:on
          end
          byte 37 ne br_if:stop
          37 =code
          3 =count
          loop:encoded
            next load8@0 load8@HEX :=hash next load8@1 load8@HEX :=mask or 240 and eqz if
              hash 4 shl mask or =code
              next 2 add =next
              count 1 sub =count
              code 37 eq if count br_if:encoded end
            end
          end
          ${isOneOf('code', [0, 10, 13, 27, 92])} br_if:stop
        end
        next 16 add to more br_if:stop
        ${put('code')}
        next =at
        ${RUN}
        br:on
      end

      next =from
      next 1 sub load8@0 :=byte 10 eq byte 110 eq or =count
      loop:blanks
        next load8@0 :=byte load8@BLANK if
          count byte 10 eq add =count
          next 1 add =next
          next from sub 64 less br_if:blanks
          next load8@0 =byte
        else
          byte 37 eq br_if:stop
          byte 92 eq if
            next 1 add =ahead
            loop:backslashes
              ahead load8@0 :=code 92 eq if
                ahead 1 add =ahead
                ahead next sub 32 less br_if:backslashes
              end
            end
            ${isOneOf('code', [37, 92, 117, 120])} br_if:stop
            code load8@BLANK code 110 eq or code 114 eq or code 116 eq or if
              count code 10 eq code 110 eq or add =count
              ahead 1 add =next
              next from sub 64 less br_if:blanks
              next load8@0 =byte
            end
          end
        end
      end
      byte =first
      byte load8@PLAIN eqz if
        next byte 76 eq add =ahead
        loop:digits
          ahead load8@0 48 sub :=code -1 more code 10 less and if
            ahead 1 add =ahead
            ahead next sub 7 less br_if:digits
          end
        end
        ahead next more if
          ahead ahead load8@0 32 eq add =from
          block:none block:numbered
            from load8@0 :=code 9 eq code 124 eq or code 58 eq or if
              from 1 add =from br:numbered
            end
            code 226 eq if from 3 add =from br:numbered end
            code 92 ne br_if:none
            loop:backslashes
              from 1 add =from
              from load8@0 :=code 92 eq if from ahead sub 33 less br_if:backslashes end
            end
            ${isOneOf('code', [37, 117, 120])} br_if:stop
            code 116 eq code 9 eq or eqz br_if:none
            from 1 add =from
          end
            from from load8@0 32 eq add =next
          end
        end
        next =ahead
        block:marked
          loop:quoted
            ahead load8@0 62 eq if
              ahead 1 add =ahead
              ahead ahead load8@0 32 eq add =ahead
              ahead next sub 64 less br_if:quoted
            end
          end
          ahead next more if ahead =next br:marked end
          next load8@0 :=code load8@MARK eqz br_if:marked
          next 1 add =ahead
          code 47 eq ahead load8@0 47 eq and ahead add =ahead
          ahead load8@0 32 eq if ahead 1 add =next br:marked end
          code line eq code 43 eq code 45 eq or and if ahead =next end
        end
      end
      next AHEAD add to more br_if:stop
      out out load8@LINES_BEHIND IS_LINE or count 1 more IS_PARAGRAPH mul or store8@LINES_BEHIND
      first =line
      next =at
      ${RUN}
      br:on
      end

      next load8@0 91 ne br_if:stop
      loop:colour
        next 1 add =next
        next load8@0 :=code 32 less next at sub 32 more or br_if:stop
        code 64 less code 126 more or br_if:colour
      end
      next AHEAD add to more br_if:stop
      next 1 add =at
      out out load8@LINES_BEHIND IS_COLOUR or store8@LINES_BEHIND
      ${RUN}
      br:on
    end end

    0 out COPY sub store@${4 * BYTES}
    0 notes CANDIDATES sub 2 shr store@${4 * CANDIDATES}
    0 runs RUNS sub 2 shr store@${4 * RUNS}
    0 line store@${4 * LINE_BYTE}
    0 zero-at store@${4 * ZERO_AT}
    at
  `,
}
