/**
 * Connections that have been accepted and not been looked at yet. Each holds a descriptor, and a
 * look takes a few milliseconds; what comes beyond is closed at once, whoever it is from. An agent
 * can open hundreds at once.
 */
export const UNCHECKED_CONNECTIONS = 512

/**
 * How long a look at the other end may take. Some milliseconds mostly; seconds on a machine that has
 * ten times more to do than it can, where an agent's connection must not be broken off for that.
 */
export const CHECK_MILLISECONDS = 30_000

/**
 * Connections that have been let in, of one listener. An agent opens one for each request in
 * flight, and has some tens of sub-agents at the most.
 */
export const CONNECTIONS = 1_024

/**
 * Connections that have been let in and have not sent a whole head yet. Beyond that the oldest one
 * is closed: an agent's own sends its head at once, and whoever waits without end is not one.
 */
export const UNFINISHED_HEADS = 256

/** How long a head may take from its first byte to its last: as long as Node's own server gives. */
export const HEAD_MILLISECONDS = 60_000

/** A head of a request to a model API. Some gateways' agents send tens of kilobytes of headers. */
export const HEAD_BYTES = 1024 * 1024

/**
 * How often is tried, while a port of ours refuses, whether somebody else answers on it, and while
 * it is to accept and cannot, whether it can: a connection on the loopback, 0.1 ms.
 */
export const WATCH_MILLISECONDS = 100
