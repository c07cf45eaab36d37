import type { ConversationReader, FoundSession, IndexedExchange, RawIndex } from '@tacho/reader'
import { type Asked, NotFound } from '../routes.js'

/**
 * Returns the session that a path names.
 *
 * @throws NotFound
 */
export function sessionIn(asked: Asked): FoundSession {
  return sessionNamed(asked, asked.words.session ?? '')
}

/** @param word as in the path. */
export function sessionNamed({ sessions }: Asked, word: string): FoundSession {
  const found = sessions.find(decoded(word))
  if (found === undefined) throw new NotFound('There is no such session.')
  return found
}

/**
 * Returns the exchange that a path names, and the reader for its conversation.
 *
 * @throws NotFound
 */
export async function exchangeIn(asked: Asked): Promise<{
  session: FoundSession
  reader: ConversationReader
  exchange: IndexedExchange
}> {
  const session = sessionIn(asked)
  const reader = await asked.sessions.reader(session)
  return { session, reader, exchange: exchangeNumbered(reader.index, asked.words.number ?? '') }
}

/** @throws NotFound */
export function exchangeNumbered({ exchanges }: RawIndex, word: string): IndexedExchange {
  const exchange = /^[1-9]\d{0,8}$/.test(word) ? exchanges[Number(word) - 1] : undefined
  if (exchange === undefined) throw new NotFound('There is no such exchange.')
  return exchange
}

/** Returns a count in the query; `otherwise` if it is not a count. */
export function countIn({ query }: Asked, name: string, otherwise: number): number {
  const text = query.get(name) ?? ''
  return /^\d{1,15}$/.test(text) ? Number(text) : otherwise
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return ''
  }
}
