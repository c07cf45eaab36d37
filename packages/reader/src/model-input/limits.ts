/**
 * How many answers are followed back. A turn has one per tool call, a conversation some hundred
 * turns.
 */
export const MAX_LINKS = 10_000

/**
 * Characters of items that are held. A model's context is a few megabytes; more was written to
 * exhaust memory.
 */
export const MAX_CHARACTERS = 128 * 1024 * 1024

/**
 * Limit for the bytes read, as a multiple of the log's size. Reading an answer passes over what
 * sub-agents did meanwhile, so some parts are read by each of them; only a hostile log needs more.
 */
export const MAX_LOG_READS = 16

/** The same for a short log. */
export const LEAST_READ_BYTES = 64 * 1024 * 1024
