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
 * What happened to the prompt cache at a request.
 *
 * - `first`: its thread has no earlier request.
 * - `hit`: what it shares with the request before came from the cache.
 * - `changed`: it does not begin with all of that request: {@link CachedExchange.difference} says
 *   where.
 * - `expired`: it does, but the request before is so long ago that a cache has forgotten it.
 * - `missed`: it does, within that time, but the cache lacked all or part of it.
 * - `short`: what both share is too short for a cache to keep.
 * - `unknown`: the API reported no cached tokens, or a body is missing.
 */
export type CacheVerdict = 'first' | 'hit' | 'changed' | 'expired' | 'missed' | 'short' | 'unknown'

/** A request, with what could and did come from the prompt cache. */
export type CachedExchange = {
  exchange: number
  threadId?: string
  model?: string
  /** The number of the request before it in its thread. */
  previous?: number
  /** Milliseconds from the end of that request to the start of this one. */
  idleMs?: number
  /** As reported by the API. */
  inputTokens?: number
  cachedTokens?: number
  /** UTF-8 bytes of JSON that both begin with, and how many the request before had. */
  shared?: { bytes: number; of: number }
  verdict: CacheVerdict
  /** The first part that differs, in the order in which a model is given them. */
  difference?: Difference
  /**
   * Tokens of the request before that were not cached this time, from what the API reported for
   * both; absent if there were none.
   */
  lostTokens?: number
}

/**
 * The caches of OpenAI and Anthropic forget after five idle minutes, unless somebody pays for more.
 */
export const CACHE_FORGETS_MS = 5 * 60 * 1000
/** Neither keeps shorter prefixes (in tokens). */
export const LEAST_CACHED_TOKENS = 1024
/** Prefixes are kept in blocks, so the end of what two requests share may be missing. */
const MOSTLY = 0.8

/**
 * Tells what happened to the prompt cache, request by request.
 *
 * @param exchanges of the session, with the tokens that their APIs reported.
 */
export function* cacheStory(
  reader: ConversationReader,
  exchanges: readonly SessionExchange[],
): Generator<CachedExchange> {
  const threads = new Map<string | undefined, { told: SessionExchange; request?: ModelRequest }>()
  for (const indexed of reader.requests()) {
    // Nothing is known about the rest; the reader's damage says so.
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
