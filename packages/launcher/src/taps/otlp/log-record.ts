/** An event of the agent's, reduced to the plain values of its log record. */
export type LogRecord = {
  /** When it happened, or else was observed: microseconds since the epoch, 0 if unknown. */
  at: number
  attributes: ReadonlyMap<string, AttributeValue>
}

/** Attribute values that are kept; arrays, maps and bytes are not. */
export type AttributeValue = string | number | boolean

/** A body that does not match its content type. */
export class Malformed extends Error {
  override readonly name = 'Malformed'
  readonly code = 'malformed-export'
}

/**
 * Returns the time of a record (OTLP: `time_unix_nano` may be 0, and then `observed_time_unix_nano`
 * is set).
 */
export function momentOf(timeNanoseconds: bigint, observedNanoseconds: bigint): number {
  const nanoseconds = timeNanoseconds > 0n ? timeNanoseconds : observedNanoseconds
  return Number(nanoseconds / 1000n)
}
