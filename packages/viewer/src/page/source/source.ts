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

/** Bytes from one up to the one before another. */
export type ByteRange = { from: number; to: number }

/** Where a message stands in a conversation. */
export type MessageList = 'instructions' | 'messages' | 'answer'

/** What has not changed since the last time is the same object. */
export type Follower = {
  told(answer: SessionAnswer): void
  failed(cause: Error): void
}

export type ExchangeName = { session: string; number: number }

/** Where the page has its data from: a server on this machine, or the file that the page itself is. */
export type Source = {
  /** Whether there are other sessions to go to. */
  hasList: boolean
  sessions(): Promise<SessionList>
  /** The diagnosis in one line, unless it is not wanted any more. */
  verdict(id: string, signal: AbortSignal): Promise<Verdict>
  explanation(id: string): Promise<ExplanationAnswer>
  exchange(id: string, number: number): Promise<ExchangeAnswer>
  /** A body, or a part of it. */
  body(
    id: string,
    number: number,
    side: 'request' | 'response',
    range?: ByteRange,
  ): Promise<Uint8Array>
  conversation(id: string, number: number): Promise<ConversationAnswer>
  /** A message with all of its text. */
  message(id: string, number: number, list: MessageList, message: number): Promise<ShownMessage>
  context(id: string): Promise<ContextAnswer>
  compare(one: ExchangeName, other: ExchangeName): Promise<ComparisonAnswer>
  log(id: string, from: number): Promise<Page<LogLine>>
  events(id: string, from: number): Promise<Page<EventLine>>
  /** Tells what a session is, and again whenever it has changed, until it is told to stop. */
  follow(id: string, follower: Follower): () => void
}

/** What keeps a source from answering, in words for the user. */
export class SourceError extends Error {
  override readonly name = 'SourceError'
  readonly code = 'no-answer'
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}
