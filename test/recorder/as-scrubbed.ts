import type { AllScrubbed, ScrubbedBytes } from '@tacho/scrub'

/** A record without secrets, as a test makes one up. */
export function asScrubbed<Value>(value: Value): AllScrubbed<Value> {
  return value as AllScrubbed<Value>
}

/** Bytes without secrets. */
export function asScrubbedBytes(bytes: Uint8Array): ScrubbedBytes {
  return bytes as ScrubbedBytes
}
