import type {
  ComparisonAnswer,
  ContextAnswer,
  ConversationAnswer,
  EventLine,
  ExchangeAnswer,
  ExplanationAnswer,
  LogLine,
  Page,
  SessionAnswer,
  SessionList,
  ShownMessage,
  Verdict,
} from '../../api/answers.js'

/** A range of bytes; the end is exclusive. */
export type ByteRange = { from: number; to: number }

/** Which list of a conversation a message is in. */
export type MessageList = 'instructions' | 'messages' | 'answer'

/** What has not changed since the last time is the same object. */
export type Follower = {
  told(answer: SessionAnswer): void
  failed(cause: Error): void
}

export type ExchangeName = { session: string; number: number }

/**
 * Where the page gets its data: from a server on this machine, or from the file that is the page
 * itself.
 */
export type Source = {
  /** Whether there are other sessions to go to. */
  hasList: boolean
  sessions(): Promise<SessionList>
  /** Returns the diagnosis in one line, unless aborted. */
  verdict(id: string, signal: AbortSignal): Promise<Verdict>
  explanation(id: string): Promise<ExplanationAnswer>
  exchange(id: string, number: number): Promise<ExchangeAnswer>
  /** Returns a body, or a part of it. */
  body(
    id: string,
    number: number,
    side: 'request' | 'response',
    range?: ByteRange,
  ): Promise<Uint8Array>
  conversation(id: string, number: number): Promise<ConversationAnswer>
  /** Returns a message with all of its text. */
  message(id: string, number: number, list: MessageList, message: number): Promise<ShownMessage>
  context(id: string): Promise<ContextAnswer>
  compare(one: ExchangeName, other: ExchangeName): Promise<ComparisonAnswer>
  log(id: string, from: number): Promise<Page<LogLine>>
  events(id: string, from: number): Promise<Page<EventLine>>
  /** Passes on a session, and again whenever it has changed; returns a function that stops this. */
  follow(id: string, follower: Follower): () => void
}

/** Why a source cannot answer, worded for the user. */
export class SourceError extends Error {
  override readonly name = 'SourceError'
  readonly code = 'no-answer'
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}
