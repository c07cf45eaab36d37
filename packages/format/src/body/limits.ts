/**
 * How many bytes of one body are kept whole, and the longest body that a reader assembles. Longer
 * ones are recorded with their middle omitted.
 */
export const MAX_BODY_BYTES = 64 * 1024 * 1024

/**
 * How many bytes of earlier bodies an encoder keeps to copy from. A conversation keeps one body, of
 * 1 to 2 MiB at the end of a model's context, so this fits some forty long conversations at once,
 * or the longest possible body.
 */
export const KEPT_BYTES = 80 * 1024 * 1024

/** How many bodies an encoder keeps: each is compared with each new body. */
export const KEPT_BODIES = 64

/** What a kept body costs besides its bytes: its objects, and each range that it copied. */
export const KEPT_BODY_COST = 512
export const KEPT_RANGE_COST = 96

/**
 * A kept body is dropped when a later body of its conversation leaves out less than this of it:
 * what changes from turn to turn is metadata, well below this. A body of another or unknown
 * conversation must repeat nearly all of it: two new conversations differ in little but their first
 * message.
 */
export const REST_WORTH_KEEPING = 4096
export const FOREIGN_REST_WORTH_KEEPING = 1024

/** The shortest copy that is written: as JSON between two literals, it takes 60 bytes. */
export const SHORTEST_COPY = 80

/**
 * The shortest copy from away from the change. It is longer, so that new text is not split because
 * it shares a line or phrase with something elsewhere.
 */
export const SHORTEST_FAR_COPY = 256

/** New bytes above which searching all kept bodies, not only around the change, pays off. */
export const FAR_SEARCH_FROM = 1024

/** How many bytes to search elsewhere per new byte. */
export const FAR_SEARCH_RATIO = 128

/**
 * How many bytes to search for one body at most, around the change and elsewhere: some 50 ms each.
 */
export const SEARCH_BYTES = 8 * 1024 * 1024

/**
 * The most copies in one body. Above it the short ones become literal, so that reading stays fast.
 */
export const MAX_COPIES = 4096

/**
 * The longest chain of bodies that copy from each other. The next body is written whole, which for
 * a body of 1 MiB averages 256 bytes an exchange; reading one body opens no more records than this.
 */
export const MAX_CHAIN = 4096

/** The shortest run of valid UTF-8 that is written as text between bytes that are not. */
export const TEXT_RUN = 32

/** Binary bodies up to this size are searched for text; larger ones are files. */
export const SEARCHED_FOR_TEXT = 1024 * 1024

/** While reading, a chain longer than this is a cycle, or hostile. */
export const MAX_READ_CHAIN = 65_536

/** The most pieces of one content that are read: twice what any encoder writes. */
export const MAX_READ_PIECES = 65_536

/**
 * How many bytes of bodies, and of records, a reader holds because later bodies probably copy from
 * them.
 */
export const READ_CACHE_BYTES = 64 * 1024 * 1024

/**
 * A layout with more parts is dropped once its body is held: it takes more memory than the body, and
 * can be made again. The encoder writes few parts.
 */
export const HELD_LAYOUT_PARTS = 64

/** How many bytes it holds of bodies that were read in part: enough for some thousand. */
export const READ_PARTS_BYTES = 8 * 1024 * 1024

/** What a body, or one piece of a record, costs a reader besides its bytes. */
export const READ_BODY_COST = 128
export const PART_COST = 192

/**
 * The work that one body may cost a reader, in bytes; a step from piece to piece counts as {@link
 * READ_STEP}. An honest body stays far below; a hostile one is stopped after a few seconds.
 */
export const READ_WORK = 2 ** 30
export const READ_STEP = 256

/**
 * The same for all bodies of one reader together, with their bytes counted by half. An honest
 * session could have six gigabytes of requests; a hostile folder is stopped after seconds.
 */
export const READ_TOTAL_WORK = 3 * 2 ** 30
