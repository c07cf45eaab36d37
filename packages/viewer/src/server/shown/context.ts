import { compactionOf, type SessionExchange, sizesOf } from '@tacho/model'
import { type ConversationReader, ReaderError, requestKindOf } from '@tacho/reader'
import type { ContextAnswer } from '../../api/answers.js'

/** Yields what the context of each request consisted of, one after another. */
export function* shownContexts(
  reader: ConversationReader,
  exchanges: readonly SessionExchange[],
): Generator<ContextAnswer['exchanges'][number]> {
  for (const exchange of reader.requests()) {
    if (reader.isSpent) return
    const bytes = sizesByKind(reader, exchange)
    const told = exchanges[exchange.number - 1]
    if (bytes === undefined || told === undefined) continue
    const { inputTokens, cacheReadInputTokens } = told.usage ?? {}
    yield {
      number: exchange.number,
      at: told.startedMicros,
      bytes,
      ...(inputTokens !== undefined && { inputTokens }),
      ...(cacheReadInputTokens !== undefined && { cachedTokens: cacheReadInputTokens }),
      isCompaction: compactionOf(requestKindOf(reader.head(exchange))) !== undefined,
    }
  }
}

/** Returns undefined if its body is missing, or it asks no model. */
function sizesByKind(
  reader: ConversationReader,
  exchange: Parameters<ConversationReader['given']>[0],
): Record<string, number> | undefined {
  try {
    const { request } = reader.given(exchange)
    if (request.api === undefined) return undefined
    const sums: Record<string, number> = {}
    for (const { kind, bytes } of sizesOf(request)) sums[kind] = (sums[kind] ?? 0) + bytes
    return sums
  } catch (cause) {
    if (cause instanceof ReaderError) return undefined
    throw cause
  }
}
