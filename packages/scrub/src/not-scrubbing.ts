import type { AllScrubbed, Scrubbed, ScrubbedBytes } from './scrubbed.js'
import type { ScrubbedHeaders, Scrubber, ScrubStream } from './scrubber.js'
import type { Swept } from './swept.js'

/**
 * Returns a stand-in for a scrubber for users who want nothing replaced (`--no-scrub`): everything
 * passes unchanged. This is the only place that calls something scrubbed that is not.
 */
export function notScrubbing(): Scrubber {
  return {
    faults: 0,
    learn: () => undefined,
    headers: (headers) => headers.map(([name, value]) => [name, value]) as ScrubbedHeaders,
    url: (url) => url as Scrubbed,
    bytes: asItIs,
    stream: () => PASSING,
    answer: () => PASSING,
    text: (text) => text as Scrubbed,
    all: <Value>(value: Value) => value as AllScrubbed<Value>,
  }
}

const PASSING: ScrubStream = { push: asItIs, end: () => asItIs(new Uint8Array(0)) }

function asItIs(bytes: Uint8Array): Swept {
  return { bytes: bytes as ScrubbedBytes, found: [] }
}
