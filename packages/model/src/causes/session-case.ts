import type { GapRecord, LiveDelivery } from '@tacho/format'
import type { AnswerFacts } from '../model-api/answer-facts.js'
import type { Outcome } from '../model-api/outcome.js'
import type { SessionExchange } from '../parts/exchange.js'
import type { Ended, SessionRun } from '../parts/run.js'
import type { SessionParts } from '../parts/session-parts.js'
import type { EvidencePlace } from './cause.js'
import type { RequestStep } from './request-step.js'

/** A session in the form that cause rules take. Times are microseconds since 1970. */
export type SessionCase = {
  id: string
  ended: Ended
  parts: SessionParts
  /** All exchanges, in order of start. */
  calls: Call[]
  /** Requests to models, in order; those whose bodies could be read. */
  steps: RequestStep[]
  /** Tools called by answers, by the API's call id. */
  called: ReadonlyMap<string, CalledTool>
  /** Calls that the sandbox denied, according to the agent. */
  sandboxDenied: string[]
  /** Tools ran in a sandbox, according to the agent. */
  isSandboxed: boolean
  /** What else was seen of each run, oldest first. */
  runs: RunSeen[]
  gaps: { gap: GapRecord; at: EvidencePlace }[]
  /** What could not be read in the folder, or is missing there; not where a limit was reached. */
  damage: { file: string; line?: number; reason: string }[]
  /** The last run's end is in the logs, and not in the manifest, which is written after them. */
  isManifestLate: boolean
  /** Messages of the agent and the recorder in the debug log. */
  words: LogWords[]
  /** The last sign of life; absent if there is none. */
  lastSeenAt?: number
  /** The current time. */
  now: number
  /** The machine that reads the session. */
  machine: Machine
}

/** A tool call in an answer. */
export type CalledTool = {
  name: string
  /** JSON, or text for a tool that takes text. */
  input: string
  exchange: number
  place: EvidencePlace
}

/** What is known about the reader's machine. */
export type Machine = {
  /** Linux's boot id, which differs after each boot. */
  bootId?: string
  /** When it booted. */
  bootedAt?: number
  /** The session's file system is full. */
  isFull?: boolean
  /** How many processes the kernel has killed for lack of memory, by cgroup. */
  memoryKills?: Record<string, number>
}

/** An exchange with the facts in its records. */
export type Call = SessionExchange & {
  asksModel: boolean
  /** Facts from the answer. */
  facts: AnswerFacts
  places: CallPlaces
  /** After how many seconds the API says to retry. */
  retryAfter?: number
  /** The longest time without data once some had come. */
  silence?: Silence
  /** Microseconds from its start to its last chunk. */
  lastChunkAt?: number
  /** Events of the answer that are not JSON. */
  brokenEvents: number
  /** Its end is not in the raw log; its span tells it. */
  isEndLost?: true
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
  /** Microseconds since the exchange began, and the duration. */
  at: number
  ms: number
  /** The chunk before it. */
  place: EvidencePlace
  /** It came in the middle of a text, or of a tool's arguments, where no model thinks. */
  isWithinText: boolean
  /** It came after a thought, which the model may have continued. */
  isThought: boolean
}

/** What the events of a run show. */
export type RunSeen = {
  id: string
  run?: SessionRun
  started?: EvidencePlace
  startedAt?: number
  ended?: EvidencePlace
  endedAt?: number
  command?: string
  /** Recorded from inside the program, by a process that outlives it. */
  isFromInside?: true
  /** What the agent wrote to standard error is in the debug log. */
  isStderrRead?: true
  idleTimeout?: number
  bootId?: string
  /** The cgroup, and how many processes the kernel had killed in it for lack of memory. */
  memory?: { cgroup: string; kills: number }
  /** How many more by the end of the run. */
  memoryKillsAtEnd?: number
  /** When the machine's clock jumped, and by how many microseconds. */
  clockJumps: { at: number; by: number; place: EvidencePlace }[]
  /** Signals that reached the agent. */
  signals: { signal: string; at: number; place: EvidencePlace }[]
  live: LiveDelivery[]
  /** How many records of the raw log its last event follows; absent if it has no events. */
  after?: number
}

/** A message of the debug log. */
export type LogWords = {
  at: number
  level: string
  source: string
  text: string
  place: EvidencePlace
}

/** How an answer ended; `undefined` until it has. */
export type CallOutcome = Outcome | undefined
