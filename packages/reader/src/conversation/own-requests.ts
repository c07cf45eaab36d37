import type { IndexedExchange } from '../raw-index.js'
import { ReaderError } from '../reader-error.js'
import { requestBody } from '../request-body.js'
import type { ConversationReader } from './conversation-reader.js'

/** Returns the requests of the user's thread. */
export function ownRequests(reader: ConversationReader): IndexedExchange[] {
  const last = reader.last()
  if (last === undefined) return []
  return reader.requests().filter(({ threadId }) => threadId === last.threadId)
}

/**
 * Returns whether a request contains everything of the one before it: histories only grow, unless
 * they are shortened or rewritten.
 */
export function goesOn(
  reader: ConversationReader,
  now: IndexedExchange,
  next: IndexedExchange,
): boolean {
  try {
    const { folder, index } = reader
    const [one, two] = [requestBody(folder, index, now), requestBody(folder, index, next)]
    if (two.length >= one.length) return true
    return Buffer.from(two.buffer, two.byteOffset, two.length).includes('"previous_response_id":"')
  } catch (cause) {
    if (cause instanceof ReaderError) return false
    throw cause
  }
}
