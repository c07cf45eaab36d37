/**
 * Of one body this much is kept whole; beyond it length, SHA-256 and both ends (promises: bounded). It
 * is also how far a coded body is decoded, whatever its coding is.
 */
export const BODY_BYTES = 64 * 1024 * 1024

/** What is kept of each end of a body that is larger than {@link BODY_BYTES}. */
export const BODY_END_BYTES = 64 * 1024

/**
 * Of one answer this much is written as text, which can be read and searched as it stands, whatever
 * it costs; what comes after it as base64 where text costs more. No model writes that much.
 */
export const TEXT_BYTES = 4 * 1024 * 1024

/** Up to here a coded request is decoded at once, so that it is on the disk before its answer is out. */
export const INLINE_WIRE_BYTES = 256 * 1024
export const INLINE_DECODED_BYTES = 1024 * 1024

/**
 * Bytes on the wire that may wait to be decoded, of all bodies together. What comes faster is cut off
 * for the record: it is not worth the host's memory.
 */
export const DECODING_QUEUE_BYTES = 32 * 1024 * 1024

/** Decoded bytes that may wait for us: what is dealt with in one turn of the host's event loop. */
export const DECODED_AHEAD_BYTES = 256 * 1024

/** After twice so long without a word from the thread that decodes, it is ended. */
export const DECODING_SILENCE_MILLISECONDS = 5_000

/** How long a record may be in the kernel's hands only. A kill loses nothing; a power cut, this much. */
export const SYNC_MILLISECONDS = 500

/**
 * How often a recorder that has nothing to write touches a file, for those who cannot see its process
 * and know no lock. A reader takes it for dead after six times as long.
 */
export const HEARTBEAT_MILLISECONDS = 10_000

/**
 * How long a span waits for its line while the bytes that it is about go first; and how long a request
 * waits for its record while its answer may come at once.
 */
export const DEFER_MILLISECONDS = 2

/** How much longer it waits where an answer may be about to come: a server on the same machine is as fast. */
export const AWAITED_MILLISECONDS = 5

/**
 * An answer that comes later than this waits for the record of its request, if that is not there yet.
 * One that is sooner, as no model's is, goes first.
 */
export const OVERDUE_MILLISECONDS = 5

/** How long work of ours is done in one go while there may be something for the host to do. */
export const SLICE_MILLISECONDS = 0.25

/**
 * Memory that may wait to be recorded: more than the largest answers that are known, of generated
 * images, so that they are passed on as fast as they are taken. Beyond it the host waits for us; and so
 * it does for as much at its exit, 20 ms.
 */
export const WAITING_BYTES = 8 * 1024 * 1024

/** Bytes that come at once where more are about to come: no event of an answer is as large. */
export const FLOW_BYTES = 32 * 1024

/** Faults of one part of ours after which it switches itself off for the session. */
export const FAULTS = 5

/** OpenTelemetry's defaults are 128 each and drop the oldest without a word. */
export const SPAN_ATTRIBUTES = 1024
export const SPAN_EVENTS = 1024

/**
 * What is kept of a text in a span's attribute: bodies are in the raw log. Tempo cuts at 2,048
 * bytes, Jaeger's queries at 4 MiB a trace.
 */
export const ATTRIBUTE_CHARACTERS = 1024

/** How long the end of a recording waits for bodies that are still being decoded; the host waits with it. */
export const LAST_WORDS_MILLISECONDS = 200

/** What may wait to be sent, in one recording: as much as the promises allow. Beyond it, files only. */
export const LIVE_QUEUE_BYTES = 8 * 1024 * 1024

/** Spans or lines in one request: about 200 KB, which a Collector takes at any setting. */
export const LIVE_BATCH_ITEMS = 256

/** How long a span waits for others to be sent with. */
export const LIVE_BATCH_MILLISECONDS = 1_000

/** The pause after what was sent has been refused; twice as long each time. */
export const LIVE_RETRY_MILLISECONDS = { first: 1_000, most: 30_000 }

/** Of one line of the debug log this much is sent; the file has all of it. */
export const LIVE_LINE_BYTES = 16 * 1024

/** How long the end of a recording waits for what is still to be sent; the host waits with it. */
export const LIVE_CLOSE_MILLISECONDS = 200

/** How long the end of a recording waits in all: for those bodies, and then for what is to be sent. */
export const CLOSE_MILLISECONDS = 250

/**
 * How long bodies that are still being decoded may take, and then what is to be sent out, where no host
 * waits for it any more.
 */
export const LEFT_BEHIND_MILLISECONDS = 3_000

/** What a host tells is gathered up to here before it is handed over: one call of the system's takes it. */
export const BATCH_BYTES = 64 * 1024

/** Bytes of a body that are at least this many are not copied to be gathered with others. */
export const DIRECT_BYTES = 8 * 1024

/** Bytes of a body are handed over in pieces of this size at the most: each is held whole by who reads. */
export const BODY_PIECE_BYTES = 1024 * 1024

/**
 * What a host keeps of what the process that records it has not taken yet. It takes a quarter of a
 * second to start, in which a fast stream brings as much. Beyond it the bytes of bodies are cut.
 */
export const OUTBOX_BYTES = 16 * 1024 * 1024

/** So much more is kept of messages, which are small, and say what was cut. Beyond it they are counted. */
export const OUTBOX_MESSAGE_BYTES = 1024 * 1024

/** What the process that records holds of what it has not dealt with yet. Then it reads no further. */
export const INBOX_BYTES = 64 * 1024 * 1024

/** It takes so much out of the pipe at once: all that the pipe holds. */
export const INBOX_READ_BYTES = 256 * 1024

/**
 * How long it does not listen behind having read, unless there was as much as nearly fills the pipe. A
 * host that wakes it writes for twice as long, and some do so three times in a millisecond.
 */
export const INBOX_REST_MILLISECONDS = 2
export const INBOX_REST_BYTES = 96 * 1024

/**
 * When a host is idle, as far as can be told: after so long without a word. What it has told is dealt with
 * then, or so much later, or where it is as much as this.
 */
export const INBOX_IDLE_MILLISECONDS = 5
export const INBOX_BEHIND_MILLISECONDS = 500
export const INBOX_BEHIND_BYTES = 32 * 1024 * 1024

/** How long it deals with that before it looks whether more is there: the host is to get rid of it. */
export const INBOX_SLICE_MILLISECONDS = 5

/** How long the exit of a host waits for what it has told to be in the session's files. */
export const EXIT_MILLISECONDS = 200

/** How much of that for the pipe to take it. What it does not is left in a file. */
export const HANDOVER_MILLISECONDS = 80
