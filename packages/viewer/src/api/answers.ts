import type { AgentIdentity, Headers } from '@tacho/format'
import type { SessionParts } from '@tacho/model'

/**
 * What the server sends the page, and what an exported page contains. All of it was recorded, and
 * is hostile.
 */

/** One session in the list. */
export type ListedSession = {
  id: string
  /** The folder that contains its folder. */
  root: string
  agent?: string
  /** ISO 8601. */
  startedAt?: string
  endedAt?: string
  ended?: string
  cwd?: string
  /** The user's first prompt. */
  title?: string
  exchanges?: number
  failed?: number
  approvals?: number
  cancellations?: number
  isDamaged?: boolean
  inputTokens?: number
  outputTokens?: number
  /** Why nothing more is known: the format of a later Tacho, or missing permissions. */
  problem?: string
}

/** The diagnosis of one session in one line; empty if that would take too long. */
export type Verdict = { sentence?: string }

export type SessionList = {
  sessions: ListedSession[]
  /** Where they were looked for. */
  roots: string[]
}

/** A place in a session's files, and what it says. */
export type Evidence = { file: string; line?: number; text: string }

/** Why a session went as it did. */
export type Cause = {
  code: string
  certainty: string
  /** `end`: why it ended like this; `trouble`; `note`: it did no harm. */
  weight: string
  exchange?: number
  /** The spans of the tool and of the approval. */
  tool?: string
  approval?: string
  evidence: Evidence[]
  sentence: string
  next?: string
}

export type ExplanationAnswer = {
  ended: string
  sentence: string
  causes: Cause[]
  /** What of a long session was not read, in words; absent if all of it was. */
  unread?: string
  /** What could not be read, or is missing. */
  damage: SessionAnswer['damage']
}

/** A session, without bodies. */
export type SessionAnswer = {
  id: string
  /** Its title, or the user's first prompt. */
  heading?: string
  folder: string
  agent: AgentIdentity
  ended: string
  startedAt?: string
  endedAt?: string
  lastSeenAt?: string
  parts: SessionParts
  gaps: { time: string; since: string; lost: Record<string, number>; reason: string }[]
  damage: { file: string; line?: number; lines: number; reason: string }[]
  /** Lines of the debug log that are warnings or errors: microseconds since 1970. */
  logProblems: { at: number; level: string; text: string; line: number }[]
  /**
   * Where Jaeger shows its trace, by the settings of the user who views it; absent if it was sent
   * nowhere.
   */
  traceUrl?: string
}

/** One exchange, without its bodies. */
export type ExchangeAnswer = {
  number: number
  /** `sentAt`: microseconds from the start of the exchange until the request was sent. */
  request: { headers: Headers; bytes?: number; sentAt?: number }
  response?: { status?: number; statusText?: string; headers: Headers; trailers?: Headers }
  /** For each chunk: microseconds since the exchange began, and bytes. */
  chunks: [at: number, bytes: number][]
  error?: { side?: string; code: string; message: string }
  /** Its spans in the trace: its own, and those below. */
  spans: ShownSpan[]
}

export type ShownSpan = {
  spanId: string
  parentSpanId?: string
  name: string
  attributes: [name: string, value: string][]
}

/** A line of the debug log. */
export type LogLine = { line: number; text: string }

/** A record of `session_events.log`. */
export type EventLine = {
  line: number
  time: string
  kind: string
  record: Record<string, unknown>
}

/** A part of a long list, and where the next one begins; absent at its end. */
export type Page<Item> = { items: Item[]; next?: number }

/** A part of a message as shown; long texts are cut, and `characters` says how long they are. */
export type ShownPart =
  | { type: 'text' | 'reasoning' | 'other'; text: string; characters?: number; encrypted?: number }
  | { type: 'tool_call'; name: string; id?: string; text: string; characters?: number }
  | { type: 'tool_call_response'; name?: string; id?: string; parts: ShownPart[] }
  | { type: 'image' | 'file'; name?: string; mediaType?: string; bytes?: number; url?: string }

export type ShownMessage = {
  /** Starting at 1, in the request or in the answer. */
  number: number
  role: string
  parts: ShownPart[]
  /** The request before did not contain it. */
  isNew?: boolean
  /** The exchange that first sent or answered it. */
  origin?: number
}

/** The first part in which two requests differ, and how much they share. */
export type PrefixFate = {
  /** The exchange that it is compared with. */
  previous: number
  isContinuation: boolean
  sharedBytes: number
  bytes: number
  first?: {
    kind: string
    change: string
    name?: string
    number?: number
    before?: string
    after?: string
  }
}

/** What a model was given at an exchange, and what it answered. */
export type ConversationAnswer = {
  api?: string
  model?: string
  parameters: { name: string; text: string }[]
  tools: { name: string; description?: string; text: string }[]
  instructions: ShownMessage[]
  messages: ShownMessage[]
  removed: ShownMessage[]
  answer: ShownMessage[]
  other: string[]
  prefix?: PrefixFate
  /** What is missing, in words. */
  missing: string[]
  sizes: { kind: string; name: string; bytes: number; estimatedTokens?: number }[]
}

/** What the context of each request consisted of. */
export type ContextAnswer = {
  exchanges: {
    number: number
    at: number
    /** Bytes by kind of part. */
    bytes: Record<string, number>
    inputTokens?: number
    cachedTokens?: number
    isCompaction: boolean
  }[]
}

/** Two requests, or the first difference between two sessions. */
export type ComparisonAnswer = {
  before: { session: string; number: number }
  after: { session: string; number: number }
  parts: {
    kind: string
    change: 'added' | 'removed' | 'changed' | 'same'
    name: string
    before?: string
    after?: string
    count?: number
  }[]
}
