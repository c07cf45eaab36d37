import type { Content } from '@tacho/format'
import type { ComparisonAnswer, ConversationAnswer, ShownMessage } from './answers.js'

/**
 * What an exported page holds beside itself: tables of rows, in blocks of JSON that are packed (gzip,
 * base64) and read when a row of theirs is asked for.
 */
export const TABLES = [
  /** One row: the session. */
  'session',
  /** One row: why it went as it did. */
  'explanation',
  /** A row an exchange, in the order of their numbers. */
  'exchanges',
  'conversations',
  'requests',
  'responses',
  'comparisons',
  /** Messages that conversations are made of, each once. */
  'messages',
  /** A row each. */
  'log',
  'events',
  /** One row: what the context consisted of. */
  'context',
] as const

export type TableName = (typeof TABLES)[number]

/** Where the rows of each table stand: the index of a block's first row, and its element's id. */
export type Directory = {
  id: string
  tables: Record<TableName, [firstRow: number, block: string][]>
}

/** The element that holds the directory. */
export const DIRECTORY_ID = 'tacho-directory'

/** The element that holds the script of the worker that reads bodies. */
export const WORKER_ID = 'tacho-worker'

/** A row of `messages`: what of a message is the same wherever it stands. */
export type MessageRow = Pick<ShownMessage, 'role' | 'parts'>

/** A message of a conversation, by its row. */
export type PlacedMessage = Omit<ShownMessage, 'role' | 'parts'> & { row: number }

/** A row of `conversations`; null where there is none. */
export type EmbeddedConversation = Omit<
  ConversationAnswer,
  'instructions' | 'messages' | 'removed' | 'answer'
> & {
  instructions: PlacedMessage[]
  messages: PlacedMessage[]
  removed: PlacedMessage[]
  answer: PlacedMessage[]
}

/** A row of `requests`: the body, as copies of those of other exchanges; null where it is not there. */
export type EmbeddedRequest = { id: string; content: Content | null }

/** A row of `responses`: the chunks. */
export type EmbeddedResponse = Content[]

/** A row of `comparisons`: with the request before it; null where there is none. */
export type EmbeddedComparison = { other: number; parts: ComparisonAnswer['parts'] } | null
