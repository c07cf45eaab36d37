/**
 * The most accepted connections that are not checked yet. Each holds a descriptor, and a check
 * takes a few milliseconds; any more are closed at once, whoever they are from. An agent can open
 * hundreds at once.
 */
export const UNCHECKED_CONNECTIONS = 512

/**
 * How long checking a peer may take. Usually some milliseconds; seconds on a machine with ten times
 * more work than it can handle, where an agent's connection must not be cut for that.
 */
export const CHECK_MILLISECONDS = 30_000

/**
 * The most admitted connections of one listener. An agent opens one for each request in flight, and
 * has at most some tens of sub-agents.
 */
export const CONNECTIONS = 1_024

/**
 * The most admitted connections that have not sent a complete head. Above it the oldest is closed:
 * an agent sends its head at once, so a connection that waits for ever is not its own.
 */
export const UNFINISHED_HEADS = 256

/** How long a head may take from its first byte to its last: the default of Node's own server. */
export const HEAD_MILLISECONDS = 60_000

/**
 * The largest head of a request to a model API. Agents behind some gateways send tens of kilobytes
 * of headers.
 */
export const HEAD_BYTES = 1024 * 1024

/**
 * How often to try whether another program answers on a refusing port of ours, or whether a port
 * that should accept can do so again: one loopback connection, 0.1 ms.
 */
export const WATCH_MILLISECONDS = 100
