/**
 * How much of one body is kept whole; of a longer one, its length, SHA-256 and both ends are kept
 * (promises: bounded). Also the limit to which a coded body is decoded, whatever its coding.
 */
export const BODY_BYTES = 64 * 1024 * 1024

/** How much is kept of each end of a body larger than {@link BODY_BYTES}. */
export const BODY_END_BYTES = 64 * 1024

/**
 * How much of one answer is written as text, which is readable and searchable, whatever it costs;
 * the rest is written as base64 where text costs more. No model writes this much.
 */
export const TEXT_BYTES = 4 * 1024 * 1024

/**
 * Coded requests up to this size are decoded synchronously, so that they are on disk before their
 * answer arrives.
 */
export const INLINE_WIRE_BYTES = 256 * 1024
export const INLINE_DECODED_BYTES = 1024 * 1024

/**
 * How many bytes on the wire may wait to be decoded, for all bodies together. Bodies that come
 * faster are cut in the record: they are not worth the host's memory.
 */
export const DECODING_QUEUE_BYTES = 32 * 1024 * 1024

/**
 * How many decoded bytes may wait for us: as many as are processed in one turn of the host's event
 * loop.
 */
export const DECODED_AHEAD_BYTES = 256 * 1024

/** The decoding thread is stopped after twice this long without a message. */
export const DECODING_SILENCE_MILLISECONDS = 5_000

/**
 * How long a record may be in the kernel's hands only. A kill loses nothing; a power cut loses this
 * much.
 */
export const SYNC_MILLISECONDS = 500

/**
 * How often an idle recorder touches a file, for readers that cannot see its process or its lock. A
 * reader takes it for dead after six times this long.
 */
export const HEARTBEAT_MILLISECONDS = 10_000

/**
 * How long a span's line waits so that the bytes it is about go first, and how long a request's
 * record waits while its answer may arrive at once.
 */
export const DEFER_MILLISECONDS = 2

/**
 * How much longer it waits if an answer may be about to arrive: a server on the same machine is
 * this fast.
 */
export const AWAITED_MILLISECONDS = 5

/**
 * An answer that takes longer than this waits until its request's record is written. A faster one,
 * as no model's is, goes first.
 */
export const OVERDUE_MILLISECONDS = 5

/** How long our work runs in one go while the host may have something to do. */
export const SLICE_MILLISECONDS = 0.25

/**
 * How much memory may wait to be recorded: more than the largest known answers, of generated
 * images, so that they are passed on as fast as they are accepted. Above it the host waits for us;
 * its exit waits up to 20 ms for this much.
 */
export const WAITING_BYTES = 8 * 1024 * 1024

/** If this many bytes arrive at once, more are about to: no event of an answer is as large. */
export const FLOW_BYTES = 32 * 1024

/** After this many faults, a part of ours is switched off for the session. */
export const FAULTS = 5

/** OpenTelemetry's defaults are 128 each, and it drops the oldest silently. */
export const SPAN_ATTRIBUTES = 1024
export const SPAN_EVENTS = 1024

/**
 * How much of a text a span's attribute keeps: bodies are in the raw log. Tempo cuts at 2,048
 * bytes, Jaeger's queries at 4 MiB a trace.
 */
export const ATTRIBUTE_CHARACTERS = 1024

/**
 * How long closing a recording waits for bodies that are still being decoded; the host waits too.
 */
export const LAST_WORDS_MILLISECONDS = 200

/**
 * How much may wait to be sent in one recording: as much as the promises allow. The rest goes to
 * the files only.
 */
export const LIVE_QUEUE_BYTES = 8 * 1024 * 1024

/**
 * The most spans or lines in one request: about 200 KB, which a Collector accepts with any
 * settings.
 */
export const LIVE_BATCH_ITEMS = 256

/** How long a span waits to be sent together with others. */
export const LIVE_BATCH_MILLISECONDS = 1_000

/** The pause after a refused batch; it doubles each time. */
export const LIVE_RETRY_MILLISECONDS = { first: 1_000, most: 30_000 }

/** How much of one line of the debug log is sent; the file has all of it. */
export const LIVE_LINE_BYTES = 16 * 1024

/** How long closing a recording waits for what is still to be sent; the host waits too. */
export const LIVE_CLOSE_MILLISECONDS = 200

/** How long closing a recording waits in total: for those bodies, then for sending. */
export const CLOSE_MILLISECONDS = 250

/** How long bodies may still be decoded, and then sent, once no host waits for them. */
export const LEFT_BEHIND_MILLISECONDS = 3_000

/** Messages from a host are batched up to this size: one system call takes it. */
export const BATCH_BYTES = 64 * 1024

/** Pieces of a body of at least this size are not copied into a batch. */
export const DIRECT_BYTES = 8 * 1024

/** The largest piece in which a body is handed over: the receiver holds each piece whole. */
export const BODY_PIECE_BYTES = 1024 * 1024

/**
 * How much a host keeps for the recorder process until it is accepted. That process takes a quarter
 * of a second to start, and a fast stream brings this much meanwhile. Above it, bodies are cut.
 */
export const OUTBOX_BYTES = 16 * 1024 * 1024

/**
 * How much more is kept of messages, which are small and say what was cut. Above it, they are only
 * counted.
 */
export const OUTBOX_MESSAGE_BYTES = 1024 * 1024

/** How much the recorder process holds unprocessed before it stops reading. */
export const INBOX_BYTES = 64 * 1024 * 1024

/** The most that one read takes from the pipe: everything in it. */
export const INBOX_READ_BYTES = 256 * 1024

/**
 * The longest that the recorder process does not listen after a read. A write that wakes it takes the
 * host three times as long, and a busy host writes three times per millisecond. It begins with 1 ms and
 * doubles that while there is little to read, but a read of nearly a full pipe is followed by another.
 */
export const INBOX_REST_MILLISECONDS = 4
export const INBOX_LITTLE_BYTES = 48 * 1024
export const INBOX_REST_BYTES = 96 * 1024

/** A host that has been silent for this long counts as idle, and its messages are processed. */
export const INBOX_IDLE_MILLISECONDS = 5

/** Messages of a busy host are processed this much later, or once this much is waiting. */
export const INBOX_BEHIND_MILLISECONDS = 1000
export const INBOX_BEHIND_BYTES = 48 * 1024 * 1024

/**
 * How long it processes before it checks for more input, so that the host can hand over its own.
 */
export const INBOX_SLICE_MILLISECONDS = 2

/** How long a host's exit waits for its messages to reach the session's files. */
export const EXIT_MILLISECONDS = 200

/** How much of that is for the pipe to accept them. The rest is left in a file. */
export const HANDOVER_MILLISECONDS = 80
