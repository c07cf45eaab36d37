import {
  compactionOf,
  compareRequests,
  type SizedPart,
  type SizeKind,
  sizesOf,
  type Usage,
} from '@tacho/model'
import type { IndexedExchange } from '../raw-index.js'
import { ReaderError } from '../reader-error.js'
import { type ConversationReader, type Given, requestKindOf } from './conversation-reader.js'
import { goesOn } from './own-requests.js'

/** What was in a model's context, by parts. */
export type Context = {
  exchange: IndexedExchange
  /** As its API counted them; absent if it did not. */
  toldTokens?: number
  /** For all parts with an estimate, scaled to the reported tokens if those are known. */
  estimatedTokens: number
  bytes: number
  /** Largest first. */
  parts: SizedPart[]
  /** The same by kind, largest first. */
  kinds: ContextKind[]
  missing: Given['missing']
}

export type ContextKind = { kind: SizeKind; count: number; bytes: number; estimatedTokens: number }

/** A history that was shortened between two requests of a thread. */
export type Shortened = {
  before: Context
  after: Context
  /** The request that asked for it, and who wanted it; absent if unknown. */
  compaction?: { exchange: number; by: string }
  /** Messages of the request before that are gone, that both have, and that replaced them. */
  messages: { dropped: number; kept: number; added: number }
}

type Uses = ReadonlyMap<string, Usage>

/**
 * Returns what a model had in its context at an exchange.
 *
 * @throws ReaderError `missing-bytes` if the body of its request is missing.
 */
export function contextAt(
  reader: ConversationReader,
  exchange: IndexedExchange,
  uses: Uses,
): Context {
  return contextOf(exchange, reader.given(exchange), uses)
}

function contextOf(exchange: IndexedExchange, given: Given, uses: Uses): Context {
  const sizes = sizesOf(given.request)
  const told = uses.get(exchange.id)?.inputTokens
  // The reported tokens include those of images, whose number is unknown.
  const isKnown = sizes.every(({ estimatedTokens }) => estimatedTokens !== undefined)
  const sum = sumOf(sizes)
  const scale = told === undefined || !isKnown || sum === 0 ? 1 : told / sum
  const parts = sizes
    .map((part) => scaled(part, scale))
    .sort((one, other) => weight(other) - weight(one))
  return {
    exchange,
    ...(told !== undefined && { toldTokens: told }),
    estimatedTokens: sumOf(parts),
    bytes: sizes.reduce((total, { bytes }) => total + bytes, 0),
    parts,
    kinds: kindsOf(parts),
    missing: given.missing,
  }
}

function sumOf(parts: readonly SizedPart[]): number {
  return parts.reduce((total, { estimatedTokens = 0 }) => total + estimatedTokens, 0)
}

function scaled(part: SizedPart, scale: number): SizedPart {
  const { estimatedTokens: tokens } = part
  return tokens === undefined ? part : { ...part, estimatedTokens: Math.round(tokens * scale) }
}

// Without an estimate, by bytes: an image of a megabyte should not come last.
function weight({ bytes, estimatedTokens = bytes / 1000 }: SizedPart): number {
  return estimatedTokens
}

function kindsOf(parts: readonly SizedPart[]): ContextKind[] {
  const kinds = new Map<SizeKind, ContextKind>()
  for (const { kind, bytes, estimatedTokens = 0 } of parts) {
    const sum = kinds.get(kind) ?? { kind, count: 0, bytes: 0, estimatedTokens: 0 }
    sum.count += 1
    sum.bytes += bytes
    sum.estimatedTokens += estimatedTokens
    kinds.set(kind, sum)
  }
  return [...kinds.values()].sort((one, other) => other.estimatedTokens - one.estimatedTokens)
}

/**
 * Finds where the history of an exchange's thread was shortened, by a compaction that the agent
 * reported, or by a request that contains less than the one before it.
 */
export function shortenedHistories(
  reader: ConversationReader,
  exchange: IndexedExchange,
  uses: Uses,
): Shortened[] {
  const found: Shortened[] = []
  let before: IndexedExchange | undefined
  let compaction: Shortened['compaction']
  for (const one of reader.requests()) {
    if (reader.isSpent) break
    if (one.threadId !== exchange.threadId) continue
    const by = compactionOf(requestKindOf(reader.head(one)))
    if (by !== undefined) {
      compaction = { exchange: one.number, by }
      continue
    }
    const isShortened =
      before !== undefined && (compaction !== undefined || !goesOn(reader, before, one))
    if (isShortened && before !== undefined) {
      const shortened = compared(reader, before, one, uses)
      if (shortened !== undefined) {
        found.push({ ...shortened, ...(compaction !== undefined && { compaction }) })
      }
    }
    compaction = undefined
    before = one
  }
  return found
}

function compared(
  reader: ConversationReader,
  before: IndexedExchange,
  after: IndexedExchange,
  uses: Uses,
): Shortened | undefined {
  try {
    const [one, two] = [reader.given(before), reader.given(after)]
    const messages = { dropped: 0, kept: 0, added: 0 }
    for (const run of compareRequests(one.request, two.request).messages) {
      const count = { before: 'dropped', both: 'kept', after: 'added' } as const
      messages[count[run.in]] += run.messages.length
    }
    return {
      before: contextOf(before, one, uses),
      after: contextOf(after, two, uses),
      messages,
    }
  } catch (cause) {
    if (cause instanceof ReaderError) return undefined
    throw cause
  }
}
