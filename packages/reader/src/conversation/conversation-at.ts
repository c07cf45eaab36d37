import {
  compareRequests,
  type Message,
  type ModelAnswer,
  type RequestComparison,
} from '@tacho/model'
import type { IndexedExchange } from '../raw-index.js'
import { ReaderError } from '../reader-error.js'
import type { ConversationReader, Given } from './conversation-reader.js'

/** What a model was given at an exchange, what of it was new, and what it answered. */
export type ConversationAt = Given & {
  exchange: IndexedExchange
  answer: ModelAnswer
  /** The request before it in its thread; absent if none can be read. */
  previous?: IndexedExchange
  /** With that request. */
  comparison?: RequestComparison
  /** The numbers, starting at 1, of the messages that the request before did not have. */
  newMessages: ReadonlySet<number>
  /** Messages of the request before that are gone. */
  removed: { number: number; message: Message }[]
  /** Why the answer is incomplete; absent if it is not. */
  missingAnswer?: string
}

/**
 * Returns the conversation as a model was given it.
 *
 * @throws ReaderError `missing-bytes` if the body of its own request is missing.
 */
export function conversationAt(
  reader: ConversationReader,
  exchange: IndexedExchange,
): ConversationAt {
  const now = reader.given(exchange)
  const { answer, missing: missingAnswer } = reader.answered(exchange, now.request.api)
  const previous = reader.before(exchange)
  const earlier = previous && givenOrNothing(reader, previous)
  const comparison = earlier && compareRequests(earlier.request, now.request)
  return {
    ...now,
    exchange,
    answer,
    ...(missingAnswer !== undefined && { missingAnswer }),
    ...(earlier !== undefined && previous !== undefined && { previous }),
    ...(comparison !== undefined && { comparison }),
    newMessages: new Set(newNumbers(now, comparison)),
    removed: removedOf(comparison),
  }
}

function givenOrNothing(reader: ConversationReader, exchange: IndexedExchange): Given | undefined {
  try {
    return reader.given(exchange)
  } catch (cause) {
    if (cause instanceof ReaderError) return undefined
    throw cause
  }
}

function newNumbers({ request }: Given, comparison: RequestComparison | undefined): number[] {
  if (comparison === undefined) return request.messages.map((_, index) => index + 1)
  return comparison.messages.flatMap(({ in: side, after = 0, messages }) =>
    side === 'after' ? messages.map((_, index) => after + index) : [],
  )
}

function removedOf(comparison: RequestComparison | undefined): ConversationAt['removed'] {
  return (comparison?.messages ?? []).flatMap(({ in: side, before = 0, messages }) =>
    side === 'before'
      ? messages.map((message, index) => ({ number: before + index, message }))
      : [],
  )
}
