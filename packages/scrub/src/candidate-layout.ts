/** Where in memory a text in normal form is, and its candidates. */
export type Checked = {
  bytes: number
  /** Where lines begin in it. */
  lines: number
  candidates: number
  /** The longest text. */
  longest: number
  /** Where the memory begins that a check may use, and all pages. */
  own: number
  pages: number
}

/** Words of a record: what is known of a pattern, followed by the parts of it. */
export const RECORD = {
  /** The next one that begins alike. */
  next: 0,
  /** What it begins with in the text, and how long that is. */
  bytes: 4,
  length: 8,
  /** Which of the first four bytes count: it may have only three. */
  mask: 68,
  /** {@link KEPT}, {@link KNOWN}, {@link PLAIN} or {@link ENCODED}. */
  kind: 12,
  isAnywhere: 16,
  /** What must stand before it: a set, 0 for none, and how many. */
  behind: 20,
  behindLeast: 24,
  behindMost: 28,
  /** The most of the first part if it is bounded, else -1. */
  bounded: 32,
  needs: 36,
  /** How far away that may be. */
  longest: 40,
  /** Whether the secret ends with the last part. */
  isToEnd: 44,
  /** Of known secrets that begin alike: in a bit for each hash, which four bytes follow. */
  following: 48,
  anchor: 48,
  anchorLength: 52,
  /** In base64: how many bytes of its first group precede it, and from that group to its end. */
  before: 56,
  group: 60,
  parts: 64,
  /** Whether it is a private key, which has no parts. */
  isPem: 72,
  /** Its last four bytes, and which of them count: none if it has only three. */
  tail: 76,
  tailMask: 80,
  /** Whether at least four characters of the first part must follow. */
  isFourLeast: 84,
  /** In the text being checked: a candidate before this offset is none. */
  noneBefore: 88,
  /** Whether the last part always begins equally far behind the anchor. */
  isFixed: 92,
  firstPart: 96,
} as const

/** Words of a part: its set, where the memory of that set is, and how many. */
export const PART = { set: 0, memo: 4, least: 8, most: 12, size: 16 } as const

/** Nothing can be said about it. */
export const KEPT = 0
/** Secrets known by value that begin alike. */
export const KNOWN = 1
/** A shape, in the text as it is or in base64. */
export const PLAIN = 2
export const ENCODED = 3

/** How many hashes there are of the four bytes that follow. */
export const FOLLOWING_BITS = 13

/** How many sets of bytes have a memory of how far they continue; as many as there are bytes. */
export const SETS = 256
export const MEMO_BYTES = 2 * 8 * SETS
/** How many beginnings that have no record yet are reported at once. */
export const MOST_UNKNOWN = 64

/** How many hashes there are of the four bytes with which nearly all of them begin. */
export const FOUR_HEADS_BITS = 14

const PAGE = 64 * 1024

/** Returns where the parts of the memory of a check are. */
export function checkLayout(own: number, longest: number) {
  const decoded = longest + 1024
  const fourHeads = own + 4 * 0x10000
  const memos = fourHeads + 4 * 2 ** FOUR_HEADS_BITS
  const tables = memos + 5 * MEMO_BYTES
  const zeros = tables + PAGE / 8
  const regions = zeros + decoded
  const records = regions + 4 * decoded
  return {
    /**
     * By the hash of three bytes: the first record of those that are no longer, or 0 if nothing is
     * known of what begins with them.
     */
    heads: own,
    headsLength: memos - own,
    /** By the hash of four bytes: the first record of the others. */
    fourHeads,
    /** How far runs continue, in the text and in its base64 at each of four alignments. */
    memos,
    memosLength: 5 * MEMO_BYTES,
    /** From and to which character the base64 was decoded, at each alignment. */
    decodedAt: tables,
    unknown: tables + 64,
    joins: tables + 512,
    between: tables + 768,
    six: tables + 1024,
    word: tables + 1280,
    label: tables + 1536,
    middle: tables + 1792,
    zeros,
    regions,
    region: decoded,
    records,
    end: records + RECORDS_BYTES,
  }
}

const RECORDS_BYTES = 8 * PAGE
