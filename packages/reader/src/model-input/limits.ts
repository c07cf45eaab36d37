/** Answers that are followed back. A turn has one for each tool call, a conversation some hundred turns. */
export const MAX_LINKS = 10_000

/**
 * Characters of items that are held. A model's window is a few megabytes; what is more was written to
 * fill a memory.
 */
export const MAX_CHARACTERS = 128 * 1024 * 1024

/**
 * Bytes of the log that are read, as a multiple of it. Reading an answer passes over what sub-agents did
 * meanwhile, so that some parts are read by each of them; more than this many times were written to be.
 */
export const MAX_LOG_READS = 16

/** The same for a log that is short. */
export const LEAST_READ_BYTES = 64 * 1024 * 1024
