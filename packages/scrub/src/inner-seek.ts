import { FIVE_BITS, HEX, SIX_BITS } from './digits.js'
import type { Listing } from './web-assembly.js'

/** Fewer characters are a word, or hold no secret. */
export const SHORTEST_INNER = 24
/** The shortest base32 that is examined: fewer characters may be a word in capitals. */
export const SHORTEST_BASE32 = 32
/** How far it advances in a run in which nothing begins. */
export const LOOKED_AT_EVERY = 48

/** Characters examined for hex and base32: every sixth of those that one may contain that begins here. */
const EVERY_SIXTH = 6
const SIXTHS = Array.from({ length: 13 }, (_, index) => 5 + EVERY_SIXTH * index)
/** Characters that must follow a place that is examined. */
const LOOKED_AHEAD = 5 + 6 * SIXTHS.length

/** What a character is that stands this far behind the tenth before a gap. */
const isHexAt = (at: number) => `last load8@${at} load8@KINDS`

const GROUP = Array.from({ length: 11 }, (_, index) => index)
const PHASES = [0, 1, 2, 3]

/** Four characters in a row that are the four of a group. */
const group = (at: number) =>
  `k${at} k${at + 1} 1 shr and k${at + 2} 2 shr and k${at + 3} 3 shr and `

/**
 * Returns the listing of a function that passes over text in which no encoded text begins: from one
 * address towards another, to the first place that `innerTexts` must examine. It takes the same steps.
 *
 * In an image or a hash any character is as likely as any other, and a processor cannot predict where a
 * search ends: so this examines the same characters each time.
 *
 * @param kinds where the bits by byte are in memory.
 * @param fives where the values of base32 characters are; more than 127 for any other.
 */
export function seekListing(kinds: number, fives: number, pages: number): Listing {
  return {
    given: 2,
    vectors: 0,
    pages,
    variables: [
      'at',
      'to',
      'ahead',
      'last',
      'kind',
      'mask',
      'first',
      ...GROUP.map((at) => `k${at}`),
    ],
    constants: {
      KINDS: kinds,
      FIVES: fives,
      SIX: 8,
      HEX_DIGIT: 16,
      BASE32: 32,
      HEX_HIGH: 64,
      EVERY: LOOKED_AT_EVERY,
    },
    code: `
      block:examine loop:on
        to at sub ${LOOKED_AHEAD} less br_if:examine

        at ${SHORTEST_INNER - 1} add =ahead
        loop:word
          ahead load8@0 load8@KINDS SIX and eqz if
            ahead 10 sub =last
            block:words
              ${isHexAt(9)} ${isHexAt(8)} and HEX_DIGIT and eqz br_if:words
              ${isHexAt(7)} :=kind SIX and eqz if
                ${isHexAt(6)} ${isHexAt(5)} and HEX_DIGIT and eqz br_if:words
                ${isHexAt(4)} SIX and eqz br_if:examine
                br:words
              end
              kind ${isHexAt(6)} and ${isHexAt(4)} and ${isHexAt(3)} and
              ${isHexAt(2)} and ${isHexAt(1)} and HEX_DIGIT and eqz br_if:words
              ${isHexAt(5)} ${isHexAt(0)} or SIX and eqz br_if:examine
            end
            ahead 1 add =at
            br:on
          end
          ahead 1 sub :=ahead at less eqz br_if:word
        end

        ${GROUP.map((at) => `at load8@${at} load8@KINDS =k${at}`).join('\n')}
        ${PHASES.map((at) => `${group(at)} ${group(at + 4)} and ${at > 0 ? 'or' : ''}`).join('\n')}
        1 and if
          0 =kind
          loop:phases
            at kind add =ahead
            block:short
              loop:groups
                ahead load8@0 load8@KINDS ahead load8@1 load8@KINDS 1 shr and
                ahead load8@2 load8@KINDS 2 shr and ahead load8@3 load8@KINDS 3 shr and
                1 and eqz br_if:short
                ahead 4 add :=ahead at sub ${SHORTEST_INNER - 3} less br_if:groups
              end
              br:examine
            end
            kind 1 add :=kind 4 less br_if:phases
          end
        end

        ${SIXTHS.map(
          (at, index) =>
            `at load8@${at} load8@KINDS 4 shr 3 and ${2 * index} shl ${index > 0 ? 'or' : ''}`,
        ).join('\n')}
        =mask
        mask mask 2 shr and =kind
        kind kind 4 shr and =kind
        kind 0x5555555 and if
          ${windows(SHORTEST_INNER, 'HEX_DIGIT', `${pairs(0)} ${pairs(1)}`)}
        end
        kind mask 8 shr and 0xaaaaaaa and if
          ${windows(SHORTEST_BASE32, 'BASE32', BASE32_GROUPS)}
        end

        at EVERY add =at
        br:on
      end end
      at
    `,
  }
}

/** Examines the first characters in a row, of those that count, that are all of a kind. */
const windows = (length: number, kind: string, examined: string) => `
  at =first
  block:none loop:windows
    first at sub EVERY less eqz br_if:none
    first ${length - 1} add =ahead
    loop:characters
      ahead load8@0 load8@KINDS ${kind} and eqz if
        ahead 1 add =first
        br:windows
      end
      ahead 1 sub :=ahead first less eqz br_if:characters
    end
    ${examined}
  end end
`

/** Leaves if all pairs of hex digits from a place on are ASCII. */
function pairs(phase: number): string {
  return `
    block:none
      first ${phase} add =ahead
      loop:pairs
        ahead load8@0 load8@KINDS HEX_HIGH and eqz br_if:none
        ahead load8@1 load8@KINDS HEX_DIGIT and eqz br_if:none
        ahead 2 add :=ahead first sub ${SHORTEST_INNER - 2 + phase} less br_if:pairs
      end
      br:examine
    end
  `
}

/** Leaves if all groups of base32 from one of eight places on are ASCII. */
const BASE32_GROUPS = `
  0 =last
  loop:phases
    first last add =ahead
    block:none
      loop:groups
        ahead load8@0 load8@FIVES 0x90 and ahead load8@1 load8@FIVES 0x82 and or br_if:none
        ${[0x80, 0x88, 0x81, 0x80, 0x84, 0x80]
          .map((bits, at) => `ahead load8@${at + 2} load8@FIVES ${bits} and ${at > 0 ? 'or' : ''}`)
          .join(' ')} br_if:none
        ahead 8 add :=ahead first sub ${SHORTEST_BASE32 - 7} less br_if:groups
      end
      br:examine
    end
    last 1 add :=last 8 less br_if:phases
  end
`

/**
 * Bits by byte, what a character can be in encoded text: the first, second, third or any of four of
 * base64 that stand for ASCII; a hex digit, a base32 character; the first of two hex digits of ASCII.
 */
export const INNER_KINDS = Uint8Array.from({ length: 256 }, (_, byte) => {
  const six = SIX_BITS[byte] ?? -1
  const hex = HEX[byte] ?? -1
  return [
    six >= 0 && (six & 0x20) === 0,
    six >= 0 && (six & 0x08) === 0,
    six >= 0 && (six & 0x02) === 0,
    six >= 0,
    hex >= 0,
    (FIVE_BITS[byte] ?? -1) >= 0,
    hex >= 0 && hex < 8 && hex !== 1,
  ].reduce((kind, is, bit) => kind | (Number(is) << bit), 0)
})
