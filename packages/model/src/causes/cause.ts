import type { CauseCode, EndCode } from './codes.js'

/** A line in a file of the session's folder. */
export type EvidencePlace = { file: string; line: number }

/** Where something is recorded: a line, or the last line about a span. */
export type Pointer = EvidencePlace | { spanId: string }

/** Evidence for a cause: a line, and what it says. */
export type Clue = { at: Pointer | undefined; text: string }

/**
 * How sure a cause is. `certain`: the recording says so. `likely`: it says something that has
 * hardly any other reason. `possible`: it fits, but so would other things.
 */
export const CERTAINTIES = ['certain', 'likely', 'possible'] as const

export type Certainty = (typeof CERTAINTIES)[number]

/** Why, or partly why, a session went as it did. */
export type Cause = {
  code: CauseCode
  certainty: Certainty
  /** The number of the exchange that shows it. */
  exchange?: number
  /** The spans of the tool and of the approval. */
  tool?: string
  approval?: string
  clues: Clue[]
  /** What happened, in one sentence. */
  sentence: string
  /** What to do, or where to look, next. */
  next: string
  /**
   * How much it explains. `end`: why the session ended as it did, or does not go on. `trouble`:
   * something went wrong, but the session went on. `note`: it did no harm.
   */
  weight: Weight
  /** Nothing was done after it, so it may be why somebody stopped the session. */
  isLast?: true
}

export type Weight = 'end' | 'trouble' | 'note'

/** How a session ended, or what state it is in. */
export type SessionEnd = {
  code: EndCode
  certainty: Certainty
  clues: Clue[]
  sentence: string
  /** Where to look next, if that depends on more than how it ended. */
  next?: string
}

/** Something in flight when the session ended, or in flight now. */
export type InFlight = {
  kind: 'exchange' | 'tool' | 'approval' | 'turn'
  spanId: string
  /** For an exchange. */
  number?: number
  /** What it is: the model, the command, the question. */
  what: string
  /** The span of the open question for which a called tool waits: it has not begun. */
  waitsFor?: string
  /** Microseconds since 1970. */
  startedAt: number
  /** Milliseconds from then until the session ended or died, or until now. */
  forMs: number
}

/** An exchange that has ended, but whose end is missing from the record. */
export type EndMissing = {
  exchange: number
  spanId: string
  /** The model, or the request. */
  what: string
}

/** What there is to say about a session. */
export type Diagnosis = {
  end: SessionEnd
  /** The main cause first; empty if all went well. */
  causes: Cause[]
  /** Worth knowing, but harmless. */
  notes: Cause[]
  inFlight: InFlight[]
  endsMissing: EndMissing[]
}
