import type { AllScrubbed, ScrubbedBytes } from '@tacho/scrub'

/** A record that a test makes up, marked as scrubbed. */
export function asScrubbed<Value>(value: Value): AllScrubbed<Value> {
  return value as AllScrubbed<Value>
}

/** Bytes marked as scrubbed. */
export function asScrubbedBytes(bytes: Uint8Array): ScrubbedBytes {
  return bytes as ScrubbedBytes
}
