import type { AgentIdentity, Headers } from '@tacho/format'
import type { SessionParts } from '@tacho/model'

/** What the server tells the page, and an exported page holds. All of it is what was recorded: hostile. */

/** One session in the list. */
export type ListedSession = {
  id: string
  /** The folder that its folder is in. */
  root: string
  agent?: string
  /** ISO 8601. */
  startedAt?: string
  endedAt?: string
  ended?: string
  cwd?: string
  /** What the user asked for first. */
  title?: string
  exchanges?: number
  failed?: number
  approvals?: number
  cancellations?: number
  isDamaged?: boolean
  inputTokens?: number
  outputTokens?: number
  /** Why there is nothing more to tell: a format of a later Tacho, no right to read it. */
  problem?: string
}

/** The diagnosis of one session in one line; empty where that would take too long. */
export type Verdict = { sentence?: string }

export type SessionList = {
  sessions: ListedSession[]
  /** Where they were looked for. */
  roots: string[]
}

/** A place in a session's files, and what stands there. */
export type Evidence = { file: string; line?: number; text: string }

/** Why a session went as it did. */
export type Cause = {
  code: string
  certainty: string
  /** `end`: why it ended so; `trouble`; `note`: it did no harm. */
  weight: string
  exchange?: number
  /** The span of the tool, and of the approval. */
  tool?: string
  approval?: string
  evidence: Evidence[]
  sentence: string
  next?: string
}

export type ExplanationAnswer = { ended: string; sentence: string; causes: Cause[] }

/** A session, without bodies. */
export type SessionAnswer = {
  id: string
  /** Its title, or what the user asked for first. */
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
  /** Where Jaeger shows its trace, by the settings of whoever looks at it; not there where it was sent nowhere. */
  traceUrl?: string
}

/** One exchange, without its bodies. */
export type ExchangeAnswer = {
  number: number
  /** `sentAt`: microseconds since the exchange began until the request was out. */
  request: { headers: Headers; bytes?: number; sentAt?: number }
  response?: { status?: number; statusText?: string; headers: Headers; trailers?: Headers }
  /** Of each chunk: microseconds since the exchange began, and bytes. */
  chunks: [at: number, bytes: number][]
  error?: { side?: string; code: string; message: string }
  /** What it is in the trace: its own span, and those of it. */
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

/** A part of a long list, and where the next one begins; not there at its end. */
export type Page<Item> = { items: Item[]; next?: number }

/** A part of a message as it is shown; long texts are cut, `characters` says how long they are. */
export type ShownPart =
  | { type: 'text' | 'reasoning' | 'other'; text: string; characters?: number; encrypted?: number }
  | { type: 'tool_call'; name: string; id?: string; text: string; characters?: number }
  | { type: 'tool_call_response'; name?: string; id?: string; parts: ShownPart[] }
  | { type: 'image' | 'file'; name?: string; mediaType?: string; bytes?: number; url?: string }

export type ShownMessage = {
  /** From 1, in the request; of an answer, in it. */
  number: number
  role: string
  parts: ShownPart[]
  /** The request before did not have it. */
  isNew?: boolean
  /** The exchange that sent or answered it first. */
  origin?: number
}

/** In which part two requests differ first, and how far they are the same. */
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
  /** What of it is not there, in words. */
  missing: string[]
  sizes: { kind: string; name: string; bytes: number; estimatedTokens?: number }[]
}

/** Of what the context of each request consisted. */
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

/** Two requests, or what was first different in two sessions. */
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
