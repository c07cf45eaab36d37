/**
 * What a folder may cost to read, however it was made: no command takes more than some seconds and
 * 500 MB. Beyond a limit the answer is partial, and `damage` says so.
 */

/**
 * The longest line that is read. A body is kept up to 64 MiB, and what JSON adds to one is a few
 * percent; of such a line up to five times its length is in memory while it is decoded.
 */
export const LINE_BYTES = 80 * 1024 * 1024

/** Values within one line that is longer than {@link PLAIN_LINE_BYTES}: its objects, lists and members. */
export const LINE_VALUES = 500_000
export const PLAIN_LINE_BYTES = 4 * 1024 * 1024

/** What one pass over a log may cost: its bytes, and so much for each of its lines. */
export const LOG_WORK = 1536 * 1024 * 1024
export const LINE_WORK = 1024
/** A line that is damaged, beside that: to find that out takes an error. */
export const DAMAGED_LINE_WORK = 8192
/** A line that is passed over by its bytes: to find its end takes as long as a quarter of a KiB in a long one. */
export const PASSED_LINE_WORK = 256

/** What is held of a session: five times, and ten times, what the longest known conversation has. */
export const EXCHANGES = 50_000
export const SPANS = 100_000
/** Exchanges that are held to explain a session, with what their answers say: half as many again as the longest known conversation has. */
export const CALLS = 15_000
export const RUNS = 10_000
/** Bytes of the events of a session that are held while its spans are made anew. */
export const EVENT_BYTES = 64 * 1024 * 1024

/** How many spans above one are looked at: a run, a turn, a tool and a question are four. */
export const SPAN_DEPTH = 64

/** Blocks of a sealed file: of 512 KiB each, 32 GiB. */
export const SEALED_BLOCKS = 65_536

/** The longest manifest that is read; a run is some hundred bytes and its arguments. */
export const MANIFEST_BYTES = 8 * 1024 * 1024

/** The same for all places of a log that are looked at again: its exchanges, and the bodies copied from. */
export const LOOK_UP_WORK = LOG_WORK

/** Opening a log for one place of it. */
export const OPEN_WORK = 16 * 1024

/** Putting a request's body together, beside its bytes and its line; and each of its pieces. */
export const BODY_WORK = 48 * 1024
export const PIECE_WORK = 1024

/**
 * The longest body that is read as a conversation: the APIs of models take no request that is longer,
 * but for files. Of a longer one its bytes are given, and nothing of what they say: read as JSON they
 * would be in memory eight times.
 */
export const CONVERSATION_BYTES = 32 * 1024 * 1024

/**
 * What scrubbing one file may cost, by its lines: three million, or 350,000 damaged ones. Nothing is
 * passed over in it: a file with more of them is not scrubbed at all, and that is said.
 */
export const SCRUB_WORK = 3 * 1024 * 1024 * 1024

/** Lines of one session in which a search finds something: nobody looks through more. */
export const HITS = 250_000

/** What reading a request of a session for what it adds to the one before may cost, for all of them. */
export const STEPS_WORK = 512 * 1024 * 1024

/** Counts the work of one pass. */
export class Work {
  #left: number

  constructor(work: number = LOG_WORK) {
    this.#left = work
  }

  /** Whether something was not done, because there was not so much left. */
  get isSpent(): boolean {
    return this.#left < 0
  }

  /** @returns whether there was so much left. */
  spend(work: number): boolean {
    this.#left -= work
    return this.#left >= 0
  }
}
