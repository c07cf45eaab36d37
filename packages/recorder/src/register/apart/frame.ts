/**
 * A message from a host: its length, its form, and when it was sent; then either JSON, or the
 * number of a request followed by bytes of its body. All numbers are little-endian.
 *
 * | bytes | |
 * | --- | --- |
 * | 4 | how many follow |
 * | 1 | {@link FORM} |
 * | 8, 8 | the monotonic clock and the wall clock, in milliseconds, as doubles |
 */
export const HEAD_BYTES = 21

/** The offsets of the form and the times. */
export const FORM_AT = 4
export const MONOTONIC_AT = 5
export const WALL_AT = 13

/** The size of a request's number. */
export const REQUEST_BYTES = 4

/** What follows the head. */
export const FORM = { json: 0, requestBytes: 1, responseBytes: 2 } as const
