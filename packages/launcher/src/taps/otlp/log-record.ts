/** An event of the agent's, as far as its log record tells it in plain values. */
export type LogRecord = {
  /** When it happened, or else when it was observed; microseconds since the epoch, 0 where neither is told. */
  at: number
  attributes: ReadonlyMap<string, AttributeValue>
}

/** The values of attributes that are kept; arrays, maps and bytes are not. */
export type AttributeValue = string | number | boolean

/** A body that is not what its content type says. */
export class Malformed extends Error {
  override readonly name = 'Malformed'
  readonly code = 'malformed-export'
}

/** The moment of a record (OTLP: `time_unix_nano` may be 0, `observed_time_unix_nano` is set then). */
export function momentOf(timeNanoseconds: bigint, observedNanoseconds: bigint): number {
  const nanoseconds = timeNanoseconds > 0n ? timeNanoseconds : observedNanoseconds
  return Number(nanoseconds / 1000n)
}
