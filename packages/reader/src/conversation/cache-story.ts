import {
  compareRequests,
  type Difference,
  type ModelRequest,
  type RequestComparison,
  type SessionExchange,
} from '@tacho/model'
import type { IndexedExchange } from '../raw-index.js'
import { ReaderError } from '../reader-error.js'
import type { ConversationReader } from './conversation-reader.js'

/**
 * What became of the prompt cache at a request.
 *
 * - `first`: there is no request before it in its thread.
 * - `hit`: what it has in common with that one came from the cache.
 * - `changed`: it does not begin with all of that one: {@link CachedExchange.difference} says where.
 * - `expired`: it does, and so much time lies between them that a cache has forgotten.
 * - `missed`: it does, there was no such time, and the cache had it not or not all the same.
 * - `short`: there is too little in common for a cache to keep it.
 * - `unknown`: its API told no cached tokens, or a body is not there.
 */
export type CacheVerdict = 'first' | 'hit' | 'changed' | 'expired' | 'missed' | 'short' | 'unknown'

/** A request, and what of it could come and came from the prompt cache. */
export type CachedExchange = {
  exchange: number
  threadId?: string
  model?: string
  /** The number of the request before it in its thread. */
  previous?: number
  /** Milliseconds from the end of that one to the beginning of this one. */
  idleMs?: number
  /** As the API told them. */
  inputTokens?: number
  cachedTokens?: number
  /** UTF-8 bytes of JSON that both begin with, of those that the one before had. */
  shared?: { bytes: number; of: number }
  verdict: CacheVerdict
  /** The first part that is not the same, in the order in which a model is given them. */
  difference?: Difference
  /** Tokens of the one before that were read anew, by what both APIs told; absent where none were. */
  lostTokens?: number
}

/** Caches of OpenAI and Anthropic forget after five minutes of rest where nobody pays for more. */
export const CACHE_FORGETS_MS = 5 * 60 * 1000
/** Both keep no prefix that is shorter, in tokens. */
export const LEAST_CACHED_TOKENS = 1024
/** Prefixes are kept in blocks, so that the end of what two requests share may not be. */
const MOSTLY = 0.8

/**
 * What became of the prompt cache, request by request.
 *
 * @param exchanges those of the session, with what their APIs told of tokens.
 */
export function* cacheStory(
  reader: ConversationReader,
  exchanges: readonly SessionExchange[],
): Generator<CachedExchange> {
  const threads = new Map<string | undefined, { told: SessionExchange; request?: ModelRequest }>()
  for (const indexed of reader.requests()) {
    // Of the others nothing can be told; the reader's damage says so.
    if (reader.isSpent) return
    const told = exchanges[indexed.number - 1]
    if (told === undefined || told.id !== indexed.id) continue
    const request = requestOf(reader, indexed)
    if (request !== undefined && request.api === undefined) continue
    const before = threads.get(told.threadId)
    yield cached(told, request, before)
    threads.set(told.threadId, { told, ...(request !== undefined && { request }) })
  }
}

function requestOf(
  reader: ConversationReader,
  exchange: IndexedExchange,
): ModelRequest | undefined {
  try {
    return reader.given(exchange).request
  } catch (cause) {
    if (cause instanceof ReaderError) return undefined
    throw cause
  }
}

function cached(
  told: SessionExchange,
  request: ModelRequest | undefined,
  before: { told: SessionExchange; request?: ModelRequest } | undefined,
): CachedExchange {
  const { threadId, model, usage } = told
  const { inputTokens, cacheReadInputTokens: cachedTokens } = usage ?? {}
  const idleMs = before && idle(before.told, told)
  const comparison =
    before?.request && request ? compareRequests(before.request, request) : undefined
  const own = {
    exchange: told.number,
    ...(threadId !== undefined && { threadId }),
    ...(model !== undefined && { model }),
    ...(before !== undefined && { previous: before.told.number }),
    ...(idleMs !== undefined && { idleMs }),
    ...(inputTokens !== undefined && { inputTokens }),
    ...(cachedTokens !== undefined && { cachedTokens }),
  }
  if (before === undefined) return { ...own, verdict: 'first' }
  if (comparison === undefined) return { ...own, verdict: 'unknown' }
  const { bytes, first } = comparison
  const earlier = before.told.usage?.inputTokens
  const verdict = verdictOf(comparison, { earlier, cachedTokens, idleMs })
  const lost = earlier === undefined || cachedTokens === undefined ? 0 : earlier - cachedTokens
  const isLost =
    lost > 0 && (verdict === 'changed' || verdict === 'expired' || verdict === 'missed')
  return {
    ...own,
    shared: { bytes: bytes.shared, of: bytes.before },
    verdict,
    ...(first !== undefined && { difference: first }),
    ...(isLost && { lostTokens: lost }),
  }
}

function idle(before: SessionExchange, told: SessionExchange): number | undefined {
  if (before.startedMicros === 0 || told.startedMicros === 0) return undefined
  return Math.max(0, (told.startedMicros - before.startedMicros - before.lastAt) / 1000)
}

type Told = {
  earlier: number | undefined
  cachedTokens: number | undefined
  idleMs: number | undefined
}

function verdictOf({ isContinuation, bytes }: RequestComparison, told: Told): CacheVerdict {
  const { earlier, cachedTokens, idleMs = 0 } = told
  if (!isContinuation) return 'changed'
  if (earlier === undefined || cachedTokens === undefined) return 'unknown'
  const shared = earlier * (bytes.before === 0 ? 0 : bytes.shared / bytes.before)
  if (cachedTokens >= shared * MOSTLY) return 'hit'
  if (shared < LEAST_CACHED_TOKENS) return 'short'
  return idleMs >= CACHE_FORGETS_MS ? 'expired' : 'missed'
}
