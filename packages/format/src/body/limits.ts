/**
 * Bytes of one body that are kept whole, and the longest body that a reader puts together. Longer
 * ones are recorded with their middle left out.
 */
export const MAX_BODY_BYTES = 64 * 1024 * 1024

/**
 * Bytes of earlier bodies that an encoder holds to copy from. A conversation keeps one body, of 1
 * to 2 MiB at the end of a model's context, so this is some forty long conversations at once; the
 * longest body there can be has room too.
 */
export const KEPT_BYTES = 80 * 1024 * 1024

/** Bodies that an encoder holds at most: each is looked at for each new body. */
export const KEPT_BODIES = 64

/** What a kept body costs beside its bytes: its objects, and each of the ranges it copied. */
export const KEPT_BODY_COST = 512
export const KEPT_RANGE_COST = 96

/**
 * A body of which the next one of its conversation leaves out less than this gives its place to it:
 * what changes from turn to turn is metadata, well below this. One of another conversation, or of
 * none that is known, must have it nearly all: two that have just begun differ in little else than
 * their first message.
 */
export const REST_WORTH_KEEPING = 4096
export const FOREIGN_REST_WORTH_KEEPING = 1024

/** The shortest copy that is written: as a JSON piece between two literals it takes 60 bytes. */
export const SHORTEST_COPY = 80

/**
 * The shortest copy from a place that is not where the bodies differ. It is longer, for new text
 * should stay in one piece when it only shares a line or a phrase with something far off.
 */
export const SHORTEST_FAR_COPY = 256

/** New bytes from which on it pays to look for them in all kept bodies, not only at the change. */
export const FAR_SEARCH_FROM = 1024

/** Bytes that are searched for each new byte far off. */
export const FAR_SEARCH_RATIO = 128

/** Bytes that are searched for one body at most, at the change and far off: some 50 ms each. */
export const SEARCH_BYTES = 8 * 1024 * 1024

/** Copies in one body. Beyond it the short ones become literal, so that reading stays quick. */
export const MAX_COPIES = 4096

/**
 * The longest chain of bodies that copy from each other. The body after it is written whole, which
 * for a body of 1 MiB is 256 bytes an exchange, and reading one body opens no more records than this.
 */
export const MAX_CHAIN = 4096

/** Valid UTF-8 in a row that is written as text amid bytes that are no text. */
export const TEXT_RUN = 32

/** Bytes that are no text are searched for text among them up to here: what is larger is a file. */
export const SEARCHED_FOR_TEXT = 1024 * 1024

/** A chain longer than this in a file that is read is a circle, or made to do harm. */
export const MAX_READ_CHAIN = 65_536

/** Pieces of one content that are read: twice as many as any encoder writes. */
export const MAX_READ_PIECES = 65_536

/** Bytes that a reader holds of bodies, and of records, that it will likely copy from again. */
export const READ_CACHE_BYTES = 64 * 1024 * 1024

/** Bytes that it holds of bodies of which parts were asked for: some thousand of them. */
export const READ_PARTS_BYTES = 8 * 1024 * 1024

/** What a body, or one piece of a record, costs a reader beside its bytes. */
export const READ_BODY_COST = 128
export const PART_COST = 192

/**
 * The work that one body may cost a reader, in bytes; a step from piece to piece counts as
 * {@link READ_STEP}. An honest body stays far below; a hostile one ends after some seconds.
 */
export const READ_WORK = 2 ** 30
export const READ_STEP = 256

/**
 * The same for all bodies of one reader together, each of whose bytes counts half. Of an honest
 * session, that is six gigabytes of requests; a folder that was made to do harm ends after seconds.
 */
export const READ_TOTAL_WORK = 3 * 2 ** 30
