/**
 * What reading any folder may cost: no command takes more than a few seconds and 500 MB. Beyond a
 * limit the answer is partial, and `damage` says so.
 */

/**
 * The longest line that is read. A body is kept up to 64 MiB, to which JSON adds a few percent;
 * decoding such a line takes up to five times its length in memory.
 */
export const LINE_BYTES = 80 * 1024 * 1024

/** Values in a line longer than {@link PLAIN_LINE_BYTES}: objects, lists and members. */
export const LINE_VALUES = 500_000
export const PLAIN_LINE_BYTES = 4 * 1024 * 1024

/** The cost of one pass over a log: its bytes, plus this much for each line. */
export const LOG_WORK = 1536 * 1024 * 1024
export const LINE_WORK = 1024
/**
 * How much of a long log is read chunk by chunk to explain a session: its first and its last bytes,
 * as many of each. In between, the chunks of answers are passed by their bytes.
 */
export const EXPLAINED_BYTES = 64 * 1024 * 1024
/** The cost of one pass over a log that is read so. */
export const EXPLAINED_WORK = 2304 * 1024 * 1024
/** The additional cost of a damaged line, because an exception reports it. */
export const DAMAGED_LINE_WORK = 8192
/**
 * The cost of a line that is skipped by its bytes: finding its end takes as long as reading 256
 * bytes of a long line.
 */
export const PASSED_LINE_WORK = 256

/**
 * How much of a session is held: five and ten times as much as in the longest known conversation.
 */
export const EXCHANGES = 50_000
export const SPANS = 100_000
/**
 * Exchanges held to explain a session, with the facts of their answers: 1.5 times the longest known
 * conversation.
 */
export const CALLS = 15_000
export const RUNS = 10_000
/**
 * Bytes of a session's events held while its spans are rebuilt: each its text, and what an object
 * takes beside it. {@link CALLS} exchanges, each with a tool that was asked about, take 55 MB.
 */
export const EVENT_BYTES = 64 * 1024 * 1024
export const EVENT_COST = 256

/** How many ancestors of a span are examined: a run, a turn, a tool and an approval are four. */
export const SPAN_DEPTH = 64

/** Blocks of a sealed file: 512 KiB each, so 32 GiB. */
export const SEALED_BLOCKS = 65_536

/** The longest manifest that is read; a run takes some hundred bytes and its arguments. */
export const MANIFEST_BYTES = 8 * 1024 * 1024

/**
 * The same for all places of a log that are read again: its exchanges, and the bodies copied from.
 */
export const LOOK_UP_WORK = LOG_WORK

/** The cost of opening a log to read one place. */
export const OPEN_WORK = 16 * 1024

/**
 * The cost of assembling a request's body, in addition to its bytes and its line; and of each piece
 * of it, which is copied, compared and shown.
 */
export const BODY_WORK = 48 * 1024
export const BODY_PIECE_WORK = 3 * 1024
/** The cost of each piece whose place alone matters. */
export const PIECE_WORK = 1024

/**
 * The longest body that is read as a conversation: model APIs accept no longer request, except with
 * files. For a longer one only the bytes are available, because parsed JSON would take eight times
 * their memory.
 */
export const CONVERSATION_BYTES = 32 * 1024 * 1024

/**
 * The cost of scrubbing one file, by its lines: three million, or 350,000 damaged ones of the raw
 * log. Nothing in it may be skipped: a file with more lines is not scrubbed at all, and is reported.
 */
export const SCRUB_WORK = 3 * 1024 * 1024 * 1024

/** Lines of one session in which a search finds something: nobody reads more. */
export const HITS = 250_000

/** The cost, for all requests of a session, of finding what each adds to the one before. */
export const STEPS_WORK = 512 * 1024 * 1024

/** Counts the work of one pass. */
export class Work {
  #left: number

  constructor(work: number = LOG_WORK) {
    this.#left = work
  }

  /** Whether something was not done because too little was left. */
  get isSpent(): boolean {
    return this.#left < 0
  }

  /** @returns whether that much was left. */
  spend(work: number): boolean {
    this.#left -= work
    return this.#left >= 0
  }
}
