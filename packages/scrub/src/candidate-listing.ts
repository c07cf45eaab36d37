import { FOURS_FACTOR } from './beginnings.js'
import {
  type Checked,
  checkLayout,
  FOLLOWING_BITS,
  FOUR_HEADS_BITS,
  KEPT,
  KNOWN,
  MEMO_BYTES,
  MOST_UNKNOWN,
  PART,
  PLAIN,
  RECORD,
  SETS,
} from './candidate-layout.js'
import { LINE, PARAGRAPH } from './lines.js'
import type { Listing } from './web-assembly.js'

/** Finds out how far a run of a set continues, each character examined once. */
const RUN_END = `
  memo part load@MEMO add =slot
  slot load@0 here more slot load@4 here more eqz or if
    here 1 add =ahead
    loop:run
      ahead until less if
        set ahead load8@0 add load8@0 ahead delta add load8@0 eqz and if
          ahead 1 add =ahead
          br:run
        end
      end
    end
    slot here store@0
    slot ahead store@4
  else
    slot load@4 =ahead
  end
`

/** Leaves if the anchor is repeated at a place, in characters of the set and on one line. */
const repeated = (at: string) => `
  0 =index
  block:differs loop:alike
    index if ${at} index add delta add load8@0 br_if:differs end
    anchor index add load8@0 :=byte ${at} index add load8@0 ne br_if:differs
    set byte add load8@0 eqz br_if:differs
    index 1 add :=index record load@ANCHOR_LENGTH less br_if:alike
    br:next
  end end
`

/** A space joins two parts only at the side of a box. */
const FRAME = `
  here =ahead
  loop:blanks
    ahead until less eqz br_if:kept
    ahead delta add load8@0 br_if:kept
    ahead load8@0 :=byte 32 eq if
      ahead 1 add =ahead
      ahead here sub 300 less br_if:blanks
      br:kept
    end
  end
  byte 226 eq br_if:kept
`

/**
 * Notes, once a candidate is none because of what is far behind it, that all the next ones are none
 * as well, up to a place: text in which an anchor is repeated has thousands of them.
 */
const noneBefore = (place: string, start = 'here') => `
  begin TEXT eq if
    record ${place} ${start} sub at add :=last store@NONE_BEFORE
    record load@NEXT rest or eqz record only eq and if
      four =none-four
      last =none-before
    end
  end
  br:next
`

const isQuote = (byte: string) => `${byte} 34 eq ${byte} 39 eq or ${byte} 96 eq or`

/**
 * What comes behind a joint may be a part of the secret, unless it is too short or begins anew. If it
 * is one, and the secret is too short even so, there is none.
 */
const BEHIND_JOINT = `
  ahead until less eqz br_if:kept
  set ahead load8@0 add load8@0 eqz if ahead load8@0 load8@JOINS br_if:kept br:next end
  ahead =last
  block:counted loop:rest
    last until less eqz br_if:kept
    last ahead more if last delta add load8@0 br_if:counted end
    set last load8@0 add load8@0 if
      last 1 add =last
      last ahead sub 256 less br_if:rest
    end
  end end
  last ahead sub 6 less br_if:next
  ${repeated('ahead')}
  ahead here sub :=byte start add =start
  byte limit add =limit
  last =here
  1 =joined
  br:least
`

/**
 * Returns the listing of a function that drops candidates at which certainly nothing is found, and
 * returns how many are left. It reads what `matchPattern` reads, in the same order, as far as that
 * is simple, and decides nothing that depends on what follows the text.
 */
export function checkListing({ bytes, lines, candidates, longest, own, pages }: Checked): Listing {
  const layout = checkLayout(own, longest)
  return {
    given: 2,
    vectors: 0,
    pages,
    variables: [
      ...['count', 'to', 'read', 'end-of-candidates', 'written', 'at', 'record', 'length'],
      ...['from', 'index', 'place', 'here', 'until', 'begin', 'delta', 'memo', 'set', 'start'],
      ...['least', 'most', 'part', 'end-of-parts', 'byte', 'ahead', 'last', 'anchor', 'slot'],
      ...['limit', 'bounded', 'group', 'region', 'a', 'b', 'c', 'd', 'four', 'rest', 'joined'],
      ...['only', 'none-four', 'none-before'],
    ],
    constants: {
      ...{ TEXT: bytes, TEXT_1: bytes + 1, TEXT_2: bytes + 2, TEXT_3: bytes + 3 },
      ...{ BEFORE_1: bytes - 4, BEFORE_2: bytes - 3, BEFORE_3: bytes - 2, BEFORE_4: bytes - 1 },
      ...{ LINES_BEHIND: lines - bytes, CANDIDATES: candidates, HEADS: layout.heads },
      ...{ FOUR_HEADS: layout.fourHeads, FOUR_HEADS_BITS, BEFORE_FOUR: bytes - 4 },
      ...{ TAIL: RECORD.tail, TAIL_MASK: RECORD.tailMask },
      ...{ MEMOS: layout.memos, DECODED_AT: layout.decodedAt, UNKNOWN: layout.unknown },
      ...{ UNKNOWN_1: layout.unknown + 4, JOINS: layout.joins, BETWEEN: layout.between },
      ...{ SIX: layout.six, WORD: layout.word, ZEROS: layout.zeros, REGIONS: layout.regions },
      ...{ REGION: layout.region, MEMO_BYTES, NEXT_BYTES: 8 * SETS, MOST_UNKNOWN },
      ...{ NEXT: RECORD.next, BYTES: RECORD.bytes, LENGTH: RECORD.length, KIND: RECORD.kind },
      ...{ MASK: RECORD.mask },
      ...{ IS_ANYWHERE: RECORD.isAnywhere, BEHIND: RECORD.behind, NEEDS: RECORD.needs },
      ...{ BEHIND_LEAST: RECORD.behindLeast, BEHIND_MOST: RECORD.behindMost },
      ...{ BOUNDED: RECORD.bounded, LONGEST: RECORD.longest, IS_TO_END: RECORD.isToEnd },
      ...{ ANCHOR: RECORD.anchor, ANCHOR_LENGTH: RECORD.anchorLength, BEFORE: RECORD.before },
      ...{ GROUP: RECORD.group, PARTS: RECORD.parts, FIRST_PART: RECORD.firstPart },
      ...{ NONE_BEFORE: RECORD.noneBefore, IS_FIXED: RECORD.isFixed },
      ...{ IS_FOUR_LEAST: RECORD.isFourLeast, FIRST_SET: RECORD.firstPart + PART.set },
      ...{ SET: PART.set, MEMO: PART.memo, LEAST: PART.least, MOST: PART.most },
      ...{ PART_SIZE: PART.size, IS_KEPT: KEPT, IS_KNOWN: KNOWN, IS_PLAIN: PLAIN },
      ...{
        FOLLOWING: RECORD.following,
        FACTOR: FOURS_FACTOR,
        FOLLOWING_BITS,
        IS_PEM: RECORD.isPem,
      },
      ...{ LABEL: layout.label, MIDDLE: layout.middle, FOUR_DASHES: 0x2d2d2d2d },
      ...{ IS_LINE: LINE, IS_PARAGRAPH: PARAGRAPH },
    },
    code: `
      CANDIDATES =read
      CANDIDATES =written
      CANDIDATES count 2 shl add =end-of-candidates
      loop:candidates
        read load@0 =at
        block:dropped block:kept
          at 0 less br_if:dropped
          at none-before less if at load@TEXT none-four eq br_if:dropped end
          at load8@TEXT 12 shl at load8@TEXT_1 6 shl xor at load8@TEXT_2 xor 65535 and
          :=byte 2 shl load@HEADS :=record eqz if
            0 load@UNKNOWN :=index MOST_UNKNOWN less if
              index 2 shl byte store@UNKNOWN_1
              0 index 1 add store@UNKNOWN
            end
            br:kept
          end
          at 4 add to more br_if:kept
          record 1 eq if 0 =record end
          at load@TEXT :=four FACTOR mul 32 FOUR_HEADS_BITS sub shr 2 shl load@FOUR_HEADS :=rest if
            rest record =rest =record
          end
          record eqz br_if:dropped
          record =only
          loop:records
            block:next
              at record load@NONE_BEFORE less br_if:next
              record load@LENGTH =length
              record load@BYTES =from
              at length add :=here to more br_if:kept
              here load@BEFORE_FOUR record load@TAIL xor record load@TAIL_MASK and br_if:next
              from load@0 four xor record load@MASK and br_if:next
              4 =index
              loop:bytes
                index 4 add length less if
                  from index add load@0 at index add load@TEXT ne br_if:next
                  index 4 add =index
                  br:bytes
                end
              end
              record load@KIND :=index IS_KEPT eq br_if:kept
              index IS_KNOWN eq if
                at length add :=here 4 add to more br_if:kept
                here load@TEXT FACTOR mul 32 FOLLOWING_BITS sub shr :=index
                3 shr record load@FOLLOWING add load8@0 index 7 and shr 1 and br_if:kept
                br:next
              end
              index IS_PLAIN eq if
                TEXT =begin
                at TEXT add =place
                place length add =here
                to TEXT add =until
                LINES_BEHIND =delta
                MEMOS =memo
              else
                ${DECODE}
              end
              record load@IS_FOUR_LEAST here 4 add until less and if
                ${FOUR_LEAST}
              end
              record load@IS_PEM if
                ${PEM}
              end
              record load@ANCHOR =anchor
              record FIRST_PART add =part
              record load@BOUNDED :=bounded 0 less eqz if
                memo part load@MEMO add =slot
                slot load@0 here more slot load@4 here more eqz or eqz if
                  slot load@4 here sub bounded more if
                    ${noneBefore('slot load@4 bounded sub')}
                  end
                end
              end
              ${BOUNDARY}
              part load@SET =set
              record load@NEEDS :=byte 0 less eqz if
                memo NEXT_BYTES add byte 3 shl add =slot
                slot load@0 here more slot load@4 here less or if
                  here =ahead
                  loop:ahead
                    ahead until less if
                      ahead load8@0 byte ne if
                        ahead 1 add =ahead
                        br:ahead
                      end
                    end
                  end
                  slot here store@0
                  slot ahead store@4
                else
                  slot load@4 =ahead
                end
                ahead here sub record load@LONGEST more if
                  ${noneBefore('ahead record load@LONGEST sub')}
                end
              end
              record load@PARTS PART_SIZE mul part add =end-of-parts
              0 =joined
              loop:parts
                part load@SET =set
                part load@LEAST =least
                part load@MOST =most
                here =start
                here least add =limit
                block:enough
                memo part load@MEMO add =slot
                slot load@0 here more slot load@4 limit less or eqz if limit =here br:enough end
                loop:least
                  here limit less eqz br_if:enough
                  here until less eqz br_if:kept
                  set here load8@0 :=byte add load8@0 eqz if
                    ${JOINT}
                  end
                  here start more if
                    here delta add load8@0 :=byte if
                      byte IS_PARAGRAPH and br_if:next
                      byte IS_LINE and if
                        here record load@ANCHOR_LENGTH add until more br_if:kept
                        ${repeated('here')}
                      end
                    end
                  end
                  here 1 add =here
                  br:least
                end end
                joined if
                  ${TOO_LONG}
                  br:kept
                end
                bounded 0 less eqz least 0 more and if
                  start =here
                  ${RUN_END}
                  ahead here sub bounded more if
                    ${noneBefore('ahead bounded sub')}
                  end
                  limit =here
                  -1 =bounded
                end
                most least more if
                  here until less eqz br_if:kept
                  block:over
                    set here load8@0 add load8@0 eqz br_if:over
                    here start more if here delta add load8@0 br_if:kept end
                    ${RUN_END}
                    start most add :=limit =here
                    ahead limit less if ahead =here end
                    here until less eqz br_if:kept
                  end
                  here start most add less if
                    set here load8@0 :=byte add load8@0 br_if:kept
                    here start more byte load8@JOINS and if
                      byte 32 eq eqz br_if:kept
                      ${FRAME}
                    end
                  end
                end
                part PART_SIZE add :=part end-of-parts less br_if:parts
              end
              record load@IS_TO_END if
                here until less eqz br_if:kept
                set here load8@0 add load8@0 here delta add load8@0 eqz and if
                  most least more record load@IS_FIXED and if
                    ${noneBefore('ahead most sub', 'start')}
                  end
                  br:next
                end
              end
              br:kept
            end
            record load@NEXT :=record br_if:records
            rest :=record if
              0 =rest
              br:records
            end
          end
          br:dropped
        end
        written at store@0
        written 4 add =written
        end
        read 4 add :=read end-of-candidates less br_if:candidates
      end
      written CANDIDATES sub 2 shr
    `,
  }
}

/** Leaves if one of the four bytes that follow is of no part of a secret. */
const FOUR_LEAST = `
  record load@FIRST_SET =set
  set here load8@0 add load8@0 eqz br_if:next
  block:four
    ${[1, 2, 3]
      .map(
        (at) => `
          set here load8@${at} :=byte add load8@0 eqz if
            byte load8@JOINS eqz br_if:next
            br:four
          end
        `,
      )
      .join('')}
  end
`

/** Leaves if too little follows the first line of a private key before another line of dashes. */
const PEM = `
  here =start
  block:labelled loop:label
    here until less eqz br_if:kept
    here load8@0 load8@LABEL eqz br_if:labelled
    here 1 add :=here start sub 48 less br_if:label
  end end
  here 5 add until more br_if:kept
  here load@0 FOUR_DASHES ne here load8@4 45 ne or br_if:next
  here 5 add =here
  0 =index
  loop:middle
    here 64 add until more br_if:kept
    here load8@0 :=byte 45 eq here load@0 FOUR_DASHES eq and here load8@4 45 eq and br_if:next
    byte load8@MIDDLE :=last eqz if
      ${isQuote('byte')} br_if:kept
      br:next
    end
    index last 2 eq add :=index 39 more br_if:kept
    here 1 add :=here start sub 16384 less br_if:middle
  end
  br:kept
`

/** Leaves if a letter or digit stands right before an anchor that begins with a group. */
const WORD_BEFORE = `
  group 4 less eqz if
    group load8@BEFORE_1 load8@SIX =a
    group load8@BEFORE_2 load8@SIX =b
    group load8@BEFORE_3 load8@SIX =c
    group load8@BEFORE_4 load8@SIX =d
    a b or c or d or 64 and eqz if
      c 3 and 6 shl d or :=byte load8@WORD if
        byte 109 ne byte 75 ne and a 2 shl b 4 shr or 61 ne and br_if:next
      end
    end
  end
`

/** Decodes the base64 around an anchor, unless that was done for the one before. */
const DECODE = `
  at length add record load@GROUP sub :=group 0 less br_if:next
  record load@BEFORE record load@IS_ANYWHERE or record load@BEHIND or eqz if
    ${WORD_BEFORE}
  end
  group 3 and :=index 3 shl DECODED_AT add =slot
  index REGION mul REGIONS add =region
  group slot load@0 less group slot load@4 less eqz or if
    group =ahead
    0 =last
    loop:before
      ahead 4 less eqz if
        ahead load8@BEFORE_1 load8@SIX ahead load8@BEFORE_2 load8@SIX or
        ahead load8@BEFORE_3 load8@SIX or ahead load8@BEFORE_4 load8@SIX or 64 and eqz if
          ahead 4 sub =ahead
          last 1 add :=last 4 less br_if:before
        end
      end
    end
    slot ahead store@0
    region ahead index sub 2 shr 3 mul add =last
    loop:groups
      ahead 4 add to more eqz if
        ahead load8@TEXT load8@SIX =a
        ahead load8@TEXT_1 load8@SIX =b
        ahead load8@TEXT_2 load8@SIX =c
        ahead load8@TEXT_3 load8@SIX =d
        a b or c or d or 64 and eqz if
          last a 2 shl b 4 shr or store8@0
          last b 4 shl c 2 shr or store8@1
          last c 6 shl d or store8@2
          last 3 add =last
          ahead 4 add =ahead
          br:groups
        end
      end
    end
    slot ahead store@4
  end
  group slot load@4 less eqz br_if:kept
  region slot load@0 index sub 2 shr 3 mul add =begin
  region group index sub 2 shr 3 mul add record load@BEFORE add =place
  region slot load@4 index sub 2 shr 3 mul add =until
  place record load@ANCHOR_LENGTH add =here
  ZEROS region sub =delta
  index 1 add MEMO_BYTES mul MEMOS add =memo
  here until more br_if:kept
`

/** Leaves if the characters of the last part are too many, behind joints before which they were too few. */
const TOO_LONG = `
  record load@IS_TO_END eqz part PART_SIZE add end-of-parts less or br_if:kept
  here until less eqz br_if:kept
  here =ahead
  set here load8@0 add load8@0 here delta add load8@0 eqz and if
    ${RUN_END}
  end
  ahead start sub most more br_if:next
`

/** Leaves if what stands before an anchor says that it is none. */
const BOUNDARY = `
  record load@BEHIND :=set if
    record load@BEHIND_MOST =most
    0 =index
    block:counted loop:behind
      index most more br_if:counted
      place index sub 1 sub :=ahead begin less br_if:counted
      set ahead load8@0 add load8@0 eqz br_if:counted
      index 1 add =index
      br:behind
    end end
    index record load@BEHIND_LEAST less br_if:next
    index most more record load@IS_ANYWHERE eqz and br_if:next
  else
    record load@IS_ANYWHERE eqz place begin more and place delta add load8@0 eqz and if
      place 1 sub load8@0 :=byte load8@WORD if
        byte 109 ne byte 75 ne and place 3 sub load8@0 61 ne and br_if:next
      end
    end
  end
`

/** A tag within a word is one of few (`shapes/joint.ts`); with any other letter it is none. */
const isFirstOfTag = (byte: string) =>
  Array.from(
    'bisemf',
    (letter, index) => `${byte} ${letter.charCodeAt(0)} eq ${index > 0 ? 'or' : ''}`,
  ).join(' ')

/** Decides about a byte that is not of the set: what joins two parts of a secret, or its end. */
const JOINT = `
  here start eq br_if:next
  byte load8@JOINS eqz br_if:next
  byte 32 eq if
    ${FRAME}
    br:next
  end
  ${isQuote('byte')} if
    here 1 add =ahead
    byte 96 eq if ahead delta add load8@0 br_if:kept end
    loop:between
      ahead until less eqz br_if:kept
      ahead load8@0 load8@BETWEEN if
        ahead 1 add =ahead
        ahead here sub 120 less br_if:between
        br:kept
      end
    end
    ahead load8@0 =byte
    ${isQuote('byte')} eqz br_if:next
    ahead 1 add =ahead
    ${BEHIND_JOINT}
  end
  here 3 add until less eqz br_if:kept
  here load8@1 =ahead
  byte 61 eq byte 43 eq or if
    here delta add load8@1 IS_LINE eq br_if:kept
    br:next
  end
  byte 94 eq if
    ahead 91 eq br_if:kept
    br:next
  end
  byte 194 eq if
    ahead 173 eq br_if:kept
    br:next
  end
  byte 239 eq if
    ahead 187 eq br_if:kept
    br:next
  end
  byte 38 eq if
    here 16 add until less eqz br_if:kept
    here =ahead
    loop:entity
      ahead 1 add :=ahead load8@0 59 eq br_if:kept
      ahead here sub 15 less br_if:entity
    end
    br:next
  end
  byte 60 eq if
    here 1 add until less eqz br_if:kept
    here load8@1 32 or :=byte 47 eq byte 119 eq or br_if:kept
    ${isFirstOfTag('byte')} eqz br_if:next
    here 1 add =ahead
    loop:tag
      ahead until less eqz br_if:kept
      ahead load8@0 62 ne if
        ahead 1 add =ahead
        ahead here sub 120 less br_if:tag
        br:kept
      end
    end
    ahead 1 add =ahead
    ${BEHIND_JOINT}
  end
  br:kept
`
