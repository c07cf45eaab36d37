import type { MarkShape } from './decide.js'
import { DeltaJoiner } from './deltas.js'
import { FoundBefore } from './found-before.js'
import type { Headers } from './header-fields.js'
import { headerKind } from './header-names.js'
import { scrubHeadersByPlace } from './headers.js'
import { KnownSecrets } from './known-secrets.js'
import { SHORTEST_SECRET } from './limits.js'
import { unscrubbed, writeAscii } from './marker.js'
import type { AllScrubbed, Scrubbed, ScrubbedBytes } from './scrubbed.js'
import { anchorsOf, type SearchIndex } from './search-index.js'
import { SHAPES } from './shapes/index.js'
import type { Shape } from './shapes/shape.js'
import { Sweep } from './sweep.js'
import { sweepLines } from './sweep-lines.js'
import type { Swept } from './swept.js'
import { scrubUrlByPlace } from './url.js'

/** Header fields that have been scrubbed. */
export type ScrubbedHeaders = [name: Scrubbed, value: Scrubbed][]

/** How a secret is learnt. */
export type Learning = {
  /**
   * Search for it whatever it looks like, because a person said that it is a secret. Without this,
   * a short one, or a word, a path or a name, is not searched for: it would match innocent text.
   */
  isCertain?: boolean
}

/**
 * Replaces secrets by place, by known value and by shape, before anything reaches a disk or a
 * network. Never throws: what cannot be scrubbed is replaced whole, with its length kept where
 * length matters, and reported under the rule `fault`.
 */
export type Scrubber = {
  /** Learns a secret by its value: it is found from now on in any form. */
  learn(secret: string, rule: string, learning?: Learning): void
  /**
   * Replaces secret header values, and learns the credentials among them. Order, names and
   * duplicates stay.
   *
   * @param isStrangers they are an answer's: nothing is learnt from them.
   */
  headers(headers: Headers, isStrangers?: boolean): ScrubbedHeaders
  /**
   * Replaces and learns the secret query values of a URL (absolute, or path and query) and the
   * password before its host.
   */
  url(url: string): Scrubbed
  /**
   * Scrubs a whole body. The length stays the same; if nothing is found, the same array is
   * returned.
   */
  bytes(body: Uint8Array): Swept
  /** Scrubs a body that comes in chunks. */
  stream(): ScrubStream
  /**
   * Scrubs the body of a model's answer that comes in chunks: its text is streamed in pieces, over
   * many events, so this also finds secrets that are spread over several of them.
   */
  answer(): ScrubStream
  /** Scrubs a short text: a log line, an argument, an error message. */
  text(text: string): Scrubbed
  /** Scrubs all texts in a value, including the names of members. */
  all<Value>(value: Value): AllScrubbed<Value>
  /** How often something could not be scrubbed, and was replaced whole. */
  readonly faults: number
}

/**
 * Scrubs a body in chunks. The joined output is what `bytes` makes of the joined input, except that
 * up to two letters of a shape's start are emitted before the third comes, because they mean
 * nothing alone, so its marker begins after them. And if a secret is cut off by the end of the
 * body, or of one of an answer's texts, most of it is replaced, in other places than if it had gone
 * on.
 */
export type ScrubStream = {
  /**
   * Returns the bytes that are safe to write now; what could be the start of a secret is held back
   * until the next push. `found` is relative to the first byte of `bytes`.
   *
   * @returns bytes that share memory with the chunk, or with a buffer that the next push
   * overwrites.
   */
  push(chunk: Uint8Array): Swept
  /** Returns what was held back. */
  end(): Swept
}

export type ScrubberOptions = {
  /**
   * Returns 4 hex digits of an HMAC of a secret, under a key for this session only: enough to tell
   * secrets apart, too little to guess one.
   */
  fingerprint: (secret: string) => string
  /** The user's own shapes, in addition to the known ones. */
  shapes?: readonly Shape[]
}

/**
 * A scrubber for one session.
 *
 * @example
 * const scrubber = createScrubber({ fingerprint })
 * scrubber.learn(apiKey, 'openai-key')
 * scrubber.text(`Authorization: Bearer ${apiKey}`) // Authorization: Bearer [secret:openai-key:7f3a…]
 */
export function createScrubber({ fingerprint, shapes = [] }: ScrubberOptions): Scrubber {
  const anchors = shapes.length === 0 ? knownAnchors() : anchorsOf([...SHAPES, ...shapes])
  return new SecretScrubber(new KnownSecrets(fingerprint, anchors))
}

let anchorsOnce: ReturnType<typeof anchorsOf> | undefined

function knownAnchors(): ReturnType<typeof anchorsOf> {
  anchorsOnce ??= anchorsOf(SHAPES)
  return anchorsOnce
}

class SecretScrubber implements Scrubber {
  faults = 0
  readonly #known: KnownSecrets
  /** Short texts in which nothing was found; valid until something else is searched for. */
  readonly #clean = new Set<string>()
  #cleanOf: SearchIndex | undefined

  constructor(known: KnownSecrets) {
    this.#known = known
  }

  // `#known` remembers if a secret could not be learnt: everything after that is replaced whole.
  learn(secret: string, rule: string, { isCertain = false }: Learning = {}): void {
    this.#safely(
      () =>
        void this.#known.learn(secret, {
          rule,
          shortest: isCertain ? 1 : SHORTEST_SECRET,
          origin: 'host',
          isCertain,
        }),
      () => undefined,
    )
  }

  // First all places, then all values: a secret can come before the place that reveals it.
  headers(headers: Headers, isStrangers = false): ScrubbedHeaders {
    return this.#safely(
      () =>
        scrubHeadersByPlace(headers, this.#known, isStrangers).map(
          ([name, value]) => [this.#text(name), this.#text(value)] as [Scrubbed, Scrubbed],
        ),
      () =>
        headers.map(
          ([name]) => [knownName(name), unscrubbed(UNSCRUBBED_LENGTH)] as [Scrubbed, Scrubbed],
        ),
    )
  }

  url(url: string): Scrubbed {
    return this.#safely(
      () => this.#text(scrubUrlByPlace(url, (secret, lesson) => this.#known.learn(secret, lesson))),
      () => unscrubbed(UNSCRUBBED_LENGTH) as Scrubbed,
    )
  }

  bytes(body: Uint8Array): Swept {
    return this.#safely(
      () => this.#sweep().push(body, this.#known.index, true),
      () => fault(body.length),
    )
  }

  stream(): ScrubStream {
    const sweep = this.#sweep()
    return this.#stream((chunk, isLast) => sweep.push(chunk, this.#known.index, isLast))
  }

  answer(): ScrubStream {
    const sweep = this.#sweep()
    const joiner = new DeltaJoiner(this.#markShape)
    const joined = new FoundBefore()
    return this.#stream((chunk, isLast) => {
      const { index } = this.#known
      const { bytes, found, suspects } = joiner.push(chunk, index, isLast)
      joined.add(found, bytes.length)
      const swept = isLast
        ? sweep.push(bytes, index, true)
        : sweepLines(sweep, bytes, suspects, index)
      return joined.with(swept)
    })
  }

  #stream(push: (chunk: Uint8Array, isLast: boolean) => Swept): ScrubStream {
    let held = 0
    let isFaulty = false
    const take = (chunk: Uint8Array, isLast: boolean): Swept => {
      held += chunk.length
      const swept = isFaulty
        ? fault(held)
        : this.#safely(
            () => push(chunk, isLast),
            () => {
              // The state of the sweep is unknown after a fault.
              isFaulty = true
              return fault(held)
            },
          )
      held -= swept.bytes.length
      return swept
    }
    return { push: (chunk) => take(chunk, false), end: () => take(new Uint8Array(0), true) }
  }

  text(text: string): Scrubbed {
    if (this.#isClean(text)) return text as Scrubbed
    return this.#safely(
      () => this.#text(text),
      () => unscrubbed(encoder.encode(text).length) as Scrubbed,
    )
  }

  all<Value>(value: Value): AllScrubbed<Value> {
    return this.#all(value) as AllScrubbed<Value>
  }

  #all(value: unknown): unknown {
    if (typeof value === 'string') return this.text(value)
    if (typeof value !== 'object' || value === null) return value
    if (Array.isArray(value)) return value.map((one) => this.#all(one))
    const members = Object.entries(value).map(([name, one]) => [this.text(name), this.#all(one)])
    return Object.fromEntries(members)
  }

  #text(text: string): Scrubbed {
    if (this.#isClean(text)) return text as Scrubbed
    const { index } = this.#known
    const { bytes, found } = this.#sweep().push(encoder.encode(text), index, true)
    if (found.length > 0) return decoder.decode(bytes) as Scrubbed
    this.#noteClean(text, index)
    // The text itself is right, and may contain lone surrogates.
    return text as Scrubbed
  }

  /** The same names, values and words come with every request. */
  #isClean(text: string): boolean {
    return (
      text.length <= SHORT_TEXT && this.#clean.has(text) && this.#cleanOf === this.#known.readyIndex
    )
  }

  #noteClean(text: string, index: SearchIndex): void {
    if (text.length > SHORT_TEXT) return
    if (this.#cleanOf !== index || this.#clean.size >= CLEAN_TEXTS) this.#clean.clear()
    this.#cleanOf = index
    this.#clean.add(text)
  }

  #sweep(): Sweep {
    return new Sweep(this.#markShape)
  }

  readonly #markShape: MarkShape = (rule, secret) => this.#known.mark(rule, latin1.decode(secret))

  #safely<Result>(work: () => Result, otherwise: () => Result): Result {
    try {
      return work()
    } catch {
      this.faults += 1
      return otherwise()
    }
  }
}

/** The length of texts that are likely to come again, and how many of them to remember. */
const SHORT_TEXT = 512
const CLEAN_TEXTS = 512

/** The length of `[secret:unscrubbed]`, for places that may change their length. */
const UNSCRUBBED_LENGTH = 19

const encoder = new TextEncoder()
const latin1 = new TextDecoder('latin1')
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

function knownName(name: string): string {
  return headerKind(name.toLowerCase()) === 'unknown' ? unscrubbed(UNSCRUBBED_LENGTH) : name
}

function fault(length: number): Swept {
  const bytes = new Uint8Array(length) as ScrubbedBytes
  writeAscii(bytes, 0, unscrubbed(length))
  return { bytes, found: length === 0 ? [] : [[0, length, 'fault']] }
}
