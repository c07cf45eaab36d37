import type { Content } from '@tacho/format'
import type { ComparisonAnswer, ConversationAnswer, ShownMessage } from './answers.js'

/**
 * The data of an exported page: tables of rows, in blocks of JSON that are packed (gzip, base64)
 * and unpacked when one of their rows is needed.
 */
export const TABLES = [
  /** One row: the session. */
  'session',
  /** One row: why it went as it did. */
  'explanation',
  /** One row per exchange, in the order of their numbers. */
  'exchanges',
  'conversations',
  'requests',
  'responses',
  'comparisons',
  /** Messages of conversations, each once. */
  'messages',
  /** One row per line or event. */
  'log',
  'events',
  /** One row: what the context consisted of. */
  'context',
] as const

export type TableName = (typeof TABLES)[number]

/**
 * Where the rows of each table are: the index of each block's first row, and the id of its element.
 */
export type Directory = {
  id: string
  tables: Record<TableName, [firstRow: number, block: string][]>
}

/** The element with the directory. */
export const DIRECTORY_ID = 'tacho-directory'

/** The element with the script of the worker that reads bodies. */
export const WORKER_ID = 'tacho-worker'

/** A row of `messages`: the members of a message that are the same wherever it occurs. */
export type MessageRow = Pick<ShownMessage, 'role' | 'parts'>

/** A message of a conversation, by its row. */
export type PlacedMessage = Omit<ShownMessage, 'role' | 'parts'> & { row: number }

/** A row of `conversations`; null if there is none. */
export type EmbeddedConversation = Omit<
  ConversationAnswer,
  'instructions' | 'messages' | 'removed' | 'answer'
> & {
  instructions: PlacedMessage[]
  messages: PlacedMessage[]
  removed: PlacedMessage[]
  answer: PlacedMessage[]
}

/** A row of `requests`: the body, as copies from other exchanges' bodies; null if it is missing. */
export type EmbeddedRequest = { id: string; content: Content | null }

/** A row of `responses`: the chunks. */
export type EmbeddedResponse = Content[]

/** A row of `comparisons`: with the request before it; null if there is none. */
export type EmbeddedComparison = { other: number; parts: ComparisonAnswer['parts'] } | null
