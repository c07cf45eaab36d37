/**
 * A message on its way from a host: its length, its form, and when it was told; then the message as
 * JSON, or, of the bytes of a body, the number of their request, and they. All numbers are little-endian.
 *
 * | bytes | |
 * | --- | --- |
 * | 4 | how many follow |
 * | 1 | {@link FORM} |
 * | 8, 8 | the monotonic clock and the wall clock, in milliseconds, as doubles |
 */
export const HEAD_BYTES = 21

/** Where in it the form stands, and the times. */
export const FORM_AT = 4
export const MONOTONIC_AT = 5
export const WALL_AT = 13

/** The number of a request takes this many bytes. */
export const REQUEST_BYTES = 4

/** What stands behind the head. */
export const FORM = { json: 0, requestBytes: 1, responseBytes: 2 } as const
