/** Connections at once: Codex 0.169 exports over one, a sub-agent over another. */
export const OTLP_CONNECTIONS = 64

/** The head of an export: a few fields, and those that the user has set for the user's own endpoint. */
export const OTLP_HEAD_BYTES = 64 * 1024

/**
 * The largest body that is taken in, and the largest that it may become when it is unzipped. Codex
 * sends at most 512 events at once: 160 KB of JSON in a session of short tool calls (0.169).
 */
export const EXPORT_BYTES = 16 * 1024 * 1024

/** What may wait for the user's own endpoint (promises: bounded). What comes then is counted. */
export const FORWARD_BYTES = 8 * 1024 * 1024

/** How long the user's own endpoint may take for an export: OpenTelemetry's default. */
export const FORWARD_MILLISECONDS = 10_000

/**
 * How long what waits is still sent when the agent has ended: as long as Codex 0.169 itself waits
 * at its end for an endpoint that does not answer, so that nobody waits longer than without us.
 */
export const LAST_FORWARD_MILLISECONDS = 5_000
