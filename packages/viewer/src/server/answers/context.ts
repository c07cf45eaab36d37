import { compactionOf, sizesOf } from '@tacho/model'
import {
  type ConversationReader,
  conversationReader,
  ReaderError,
  requestKindOf,
} from '@tacho/reader'
import type { ContextAnswer } from '../../api/answers.js'
import { answerJson } from '../answer.js'
import type { Asked } from '../routes.js'
import { sessionIn } from './named.js'

/** Of what the context of each request consisted. */
export async function answerContext(asked: Asked): Promise<void> {
  const found = sessionIn(asked)
  const { session } = await asked.sessions.read(found)
  const reader = conversationReader(found.folder)
  const answer: ContextAnswer = { exchanges: [] }
  for (const exchange of reader.requests()) {
    const bytes = sizesByKind(reader, exchange)
    const told = session.exchanges[exchange.number - 1]
    if (bytes === undefined || told === undefined) continue
    const { inputTokens, cacheReadInputTokens } = told.usage ?? {}
    answer.exchanges.push({
      number: exchange.number,
      at: told.startedMicros,
      bytes,
      ...(inputTokens !== undefined && { inputTokens }),
      ...(cacheReadInputTokens !== undefined && { cachedTokens: cacheReadInputTokens }),
      isCompaction: compactionOf(requestKindOf(reader.head(exchange))) !== undefined,
    })
    // So that others are answered meanwhile.
    await new Promise((resolve) => setImmediate(resolve))
    if (asked.response.destroyed) return
  }
  await answerJson(asked.response, answer)
}

/** Nothing where its body is not there, or it asks no model. */
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
