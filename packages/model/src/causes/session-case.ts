import type { GapRecord, LiveDelivery } from '@tacho/format'
import type { AnswerFacts } from '../model-api/answer-facts.js'
import type { Outcome } from '../model-api/outcome.js'
import type { SessionExchange } from '../parts/exchange.js'
import type { Ended, SessionRun } from '../parts/run.js'
import type { SessionParts } from '../parts/session-parts.js'
import type { EvidencePlace } from './cause.js'
import type { RequestStep } from './request-step.js'

/** A session as the rules of causes are given it. Times are microseconds since 1970. */
export type SessionCase = {
  id: string
  ended: Ended
  parts: SessionParts
  /** All exchanges, in the order in which they began. */
  calls: Call[]
  /** Requests to models, in their order, as far as their bodies could be read. */
  steps: RequestStep[]
  /** Tools that answers called, by the API's id of the call. */
  called: ReadonlyMap<string, CalledTool>
  /** Calls of which the agent told that its sandbox denied them. */
  sandboxDenied: string[]
  /** Tools were run in a sandbox, as the agent told. */
  isSandboxed: boolean
  /** What was seen of each run besides, oldest first. */
  runs: RunSeen[]
  gaps: { gap: GapRecord; at: EvidencePlace }[]
  /** What of the folder could not be read. */
  damage: { file: string; line?: number; reason: string }[]
  /** What the agent and the recorder said, as far as it stands in the debug log. */
  words: LogWords[]
  /** The last sign of life; absent where there is none. */
  lastSeenAt?: number
  /** When the session is looked at. */
  now: number
  /** The machine on which it is looked at. */
  machine: Machine
}

/** A call of a tool, as an answer has it. */
export type CalledTool = {
  name: string
  /** JSON, or the input of a tool that takes text. */
  input: string
  exchange: number
  place: EvidencePlace
}

/** What the reader's machine tells, each where it is known. */
export type Machine = {
  /** Of Linux: another one after each boot. */
  bootId?: string
  /** When it was booted. */
  bootedAt?: number
  /** The session's file system has no room. */
  isFull?: boolean
  /** Processes that the kernel has killed for want of memory, by cgroup. */
  memoryKills?: Record<string, number>
}

/** An exchange, with what its records tell. */
export type Call = SessionExchange & {
  asksModel: boolean
  /** What was read of the answer. */
  facts: AnswerFacts
  places: CallPlaces
  /** Seconds after which the API asks to come again. */
  retryAfter?: number
  /** The longest time for which nothing came, once something had. */
  silence?: Silence
  /** Microseconds from its beginning to its last chunk. */
  lastChunkAt?: number
  /** Events of the answer that are no JSON. */
  brokenEvents: number
}

export type CallPlaces = {
  exchange: EvidencePlace
  requestBody?: EvidencePlace
  response?: EvidencePlace
  firstChunk?: EvidencePlace
  lastChunk?: EvidencePlace
  unparsed?: EvidencePlace
  end?: EvidencePlace
}

export type Silence = {
  /** Microseconds since the exchange began, and how long. */
  at: number
  ms: number
  /** The chunk before it. */
  place: EvidencePlace
  /** It came in the middle of a text, or of a tool's arguments: no model thinks there. */
  isWithinText: boolean
  /** What came before it is of a thought, which the model may have gone on with. */
  isThought: boolean
}

/** What the events of a run tell. */
export type RunSeen = {
  id: string
  run?: SessionRun
  started?: EvidencePlace
  startedAt?: number
  ended?: EvidencePlace
  endedAt?: number
  command?: string
  idleTimeout?: number
  bootId?: string
  /** The cgroup, and how many processes the kernel had killed in it for want of memory. */
  memory?: { cgroup: string; kills: number }
  /** How many more it were at the end of the run. */
  memoryKillsAtEnd?: number
  /** When the machine's clock jumped, and by how many microseconds. */
  clockJumps: { at: number; by: number; place: EvidencePlace }[]
  /** Signals that reached the agent. */
  signals: { signal: string; at: number; place: EvidencePlace }[]
  live: LiveDelivery[]
}

/** A message of the debug log. */
export type LogWords = {
  at: number
  level: string
  source: string
  text: string
  place: EvidencePlace
}

/** How an answer came out; `undefined` as long as it has not. */
export type CallOutcome = Outcome | undefined
