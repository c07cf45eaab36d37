import { createHash, type Hash } from 'node:crypto'
import { bytesOf, type ChunkRecord, type Content } from '@tacho/format'
import type { Scrubber, ScrubStream } from '@tacho/scrub'
import { type Replacement, replacementsIn } from './secret-ranges.js'

/** What is to be replaced in one response. */
export type AnswerSecrets = {
  replacements: Replacement[]
  /** SHA-256 of its chunks after the replacement; absent if some of them are missing. */
  sha256: string | undefined
}

type Open = {
  stream: ScrubStream
  hash: Hash
  /** The offset in the body of the next bytes of the stream. */
  at: number
  isWhole: boolean
  replacements: Replacement[]
}

/**
 * Searches responses for secrets, each as one body however many chunks it came in, because a secret
 * can span several chunks, and the deltas of several events.
 */
export class AnswerSearch {
  readonly #scrubber: Scrubber
  readonly #open = new Map<string, Open>()
  readonly #found = new Map<string, AnswerSecrets>()

  constructor(scrubber: Scrubber) {
    this.#scrubber = scrubber
  }

  chunk({ exchange, content }: ChunkRecord): void {
    const open = this.#open.get(exchange) ?? this.#begin(exchange)
    for (const piece of piecesOf(content)) {
      if (typeof piece === 'object' && 'omitted' in piece) this.#skip(open, piece.omitted)
      else take(open, open.stream.push(bytesOf([piece])))
    }
  }

  end(exchange: string): void {
    const open = this.#open.get(exchange)
    if (open === undefined) return
    this.#open.delete(exchange)
    take(open, open.stream.end())
    const { replacements, isWhole, hash } = open
    if (replacements.length === 0) return
    this.#found.set(exchange, {
      replacements,
      sha256: isWhole ? hash.digest('hex') : undefined,
    })
  }

  /**
   * Returns what is to be replaced, by exchange, including those in flight at the end of the log.
   */
  found(): ReadonlyMap<string, AnswerSecrets> {
    for (const exchange of [...this.#open.keys()]) this.end(exchange)
    return this.#found
  }

  #begin(exchange: string): Open {
    const open: Open = {
      stream: this.#scrubber.answer(),
      hash: createHash('sha256'),
      at: 0,
      isWhole: true,
      replacements: [],
    }
    this.#open.set(exchange, open)
    return open
  }

  /** Bytes that were not kept cannot be searched, and nothing continues across them. */
  #skip(open: Open, omitted: number): void {
    take(open, open.stream.end())
    open.stream = this.#scrubber.answer()
    open.at += omitted
    open.isWhole = false
  }
}

function take(open: Open, swept: ReturnType<ScrubStream['end']>): void {
  open.replacements.push(...replacementsIn(swept, open.at))
  open.hash.update(swept.bytes)
  open.at += swept.bytes.length
}

function piecesOf(content: Content): Exclude<Content, string> {
  return typeof content === 'string' ? [content] : content
}
