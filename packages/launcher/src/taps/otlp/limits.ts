/** The most concurrent connections: Codex 0.169 exports over one, a sub-agent over another. */
export const OTLP_CONNECTIONS = 64

/**
 * The largest head of an export: a few fields, and those that the user has set for the user's own
 * endpoint.
 */
export const OTLP_HEAD_BYTES = 64 * 1024

/**
 * The largest accepted body, also after decompression. Codex sends at most 512 events at once: 160
 * KB of JSON in a session of short tool calls (0.169).
 */
export const EXPORT_BYTES = 16 * 1024 * 1024

/** How much may wait for the user's own endpoint (promises: bounded). More is only counted. */
export const FORWARD_BYTES = 8 * 1024 * 1024

/** How long the user's own endpoint may take for an export: OpenTelemetry's default. */
export const FORWARD_MILLISECONDS = 10_000

/**
 * How long queued exports are still sent after the agent has ended: as long as Codex 0.169 itself
 * waits at its end for an unresponsive endpoint, so that nobody waits longer than without Tacho.
 */
export const LAST_FORWARD_MILLISECONDS = 5_000
