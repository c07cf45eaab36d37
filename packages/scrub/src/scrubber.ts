import { type Headers, scrubHeadersByPlace } from './headers.js'
import { KnownSecrets } from './known-secrets.js'
import { SHORTEST_SECRET } from './limits.js'
import { unscrubbed, writeAscii } from './marker.js'
import { Sweep, type Swept } from './sweep.js'
import { scrubUrlByPlace } from './url.js'

/**
 * Replaces secrets, by their place and by their known value, before anything reaches a disk or a
 * wire. Never throws: what cannot be scrubbed is replaced whole, its length kept where length
 * matters, and reported under the rule `fault`.
 */
export type Scrubber = {
  /**
   * A secret known by its value: found from now on in any form. One below 12 characters is not
   * searched for: it would hit innocent text.
   */
  learn(secret: string, rule: string): void
  /** Header fields with the values of secret ones replaced; credentials in them are learnt. Order, names, duplicates stay. */
  headers(headers: Headers): Headers
  /** A URL (absolute or path and query) with the secret query values and the password before the host replaced, and learnt. */
  url(url: string): string
  /** A whole body. Same length out as in; the very same array where nothing was found. */
  bytes(body: Uint8Array): Swept
  /** A body that comes in chunks. */
  stream(): ScrubStream
  /** A short text: a log line, an argument, an error message. */
  text(text: string): string
}

/** A body that comes in chunks. All that comes out, joined, is what `bytes` makes of all that went in, joined. */
export type ScrubStream = {
  /**
   * The bytes that are safe to write now; what could be the beginning of a secret is held back
   * until the next push. `found` is relative to the first byte of `bytes`.
   */
  push(chunk: Uint8Array): Swept
  /** What was held back. */
  end(): Swept
}

/**
 * A scrubber for one session.
 *
 * @param options.fingerprint gives 4 hex digits of an HMAC of a secret under a key of this session
 * only: enough to tell two secrets apart, too little to guess one.
 *
 * @example
 * const scrubber = createScrubber({ fingerprint })
 * scrubber.learn(apiKey, 'openai-key')
 * scrubber.text(`Authorization: Bearer ${apiKey}`) // Authorization: Bearer [secret:openai-key:7f3a…]
 */
export function createScrubber(options: { fingerprint: (secret: string) => string }): Scrubber {
  const known = new KnownSecrets(options.fingerprint)
  const text = (one: string) => scrubText(one, known)
  return {
    // A secret that could not be learnt is remembered by `known`: all that follows is replaced whole.
    learn: (secret, rule) =>
      safely(
        () => void known.learn(secret, { rule, shortest: SHORTEST_SECRET, isFromTraffic: false }),
        () => undefined,
      ),
    // First every place, then every value: a secret can stand in front of the place that tells it.
    headers: (headers) =>
      safely(
        () => scrubHeadersByPlace(headers, known).map(([name, value]) => [name, text(value)]),
        () => headers.map(([name]) => [name, unscrubbed(UNSCRUBBED_LENGTH)]),
      ),
    url: (url) =>
      safely(
        () => text(scrubUrlByPlace(url, known)),
        () => unscrubbed(UNSCRUBBED_LENGTH),
      ),
    bytes: (body) =>
      safely(
        () => new Sweep().push(body, known.index, true),
        () => fault(body.length),
      ),
    stream: () => scrubStream(known),
    text: (one) =>
      safely(
        () => text(one),
        () => unscrubbed(encoder.encode(one).length),
      ),
  }
}

/** Characters of `[secret:unscrubbed]`, for places that may change their length. */
const UNSCRUBBED_LENGTH = 19

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

function safely<Result>(work: () => Result, otherwise: () => Result): Result {
  try {
    return work()
  } catch {
    return otherwise()
  }
}

function scrubText(text: string, known: KnownSecrets): string {
  const { index } = known
  if (index === undefined) return text
  const { bytes, found } = new Sweep().push(encoder.encode(text), index, true)
  // Unless something was found the text itself is right: it may have lone surrogates.
  return found.length === 0 ? text : decoder.decode(bytes)
}

function scrubStream(known: KnownSecrets): ScrubStream {
  const sweep = new Sweep()
  let held = 0
  let isFaulty = false
  const take = (chunk: Uint8Array, isLast: boolean): Swept => {
    held += chunk.length
    const swept = safely(
      () => (isFaulty ? fault(held) : sweep.push(chunk, known.index, isLast)),
      () => {
        // What the sweep was in the middle of is not known any more.
        isFaulty = true
        return fault(held)
      },
    )
    held -= swept.bytes.length
    return swept
  }
  return { push: (chunk) => take(chunk, false), end: () => take(new Uint8Array(0), true) }
}

function fault(length: number): Swept {
  const bytes = new Uint8Array(length)
  writeAscii(bytes, 0, unscrubbed(length))
  return { bytes, found: length === 0 ? [] : [[0, length, 'fault']] }
}
