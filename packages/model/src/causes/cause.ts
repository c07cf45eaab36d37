import type { CauseCode, EndCode } from './codes.js'

/** A line of a file of the session's folder. */
export type EvidencePlace = { file: string; line: number }

/** Where something stands: a line, or the last line that tells of a span. */
export type Pointer = EvidencePlace | { spanId: string }

/** What shows that a cause is one: a line, and what it says. */
export type Clue = { at: Pointer | undefined; text: string }

/**
 * How sure a cause is. `certain`: what was recorded says so. `likely`: it says something that has
 * hardly another reason. `possible`: it fits, and other things would fit as well.
 */
export const CERTAINTIES = ['certain', 'likely', 'possible'] as const

export type Certainty = (typeof CERTAINTIES)[number]

/** Why a session went as it did, or a part of why. */
export type Cause = {
  code: CauseCode
  certainty: Certainty
  /** The number of the exchange that shows it. */
  exchange?: number
  /** The span of the tool, and of the approval. */
  tool?: string
  approval?: string
  clues: Clue[]
  /** What happened, in one sentence. */
  sentence: string
  /** What to do or to look at next. */
  next: string
  /**
   * How much it explains. `end`: why the session ended as it did, or why it does not go on. `trouble`:
   * it went wrong, and the session went on. `note`: it is so, and did no harm.
   */
  weight: Weight
  /** Nothing else was done after it: who stops a session then has a reason to. */
  isLast?: true
}

export type Weight = 'end' | 'trouble' | 'note'

/** How a session ended, or stands. */
export type SessionEnd = {
  code: EndCode
  certainty: Certainty
  clues: Clue[]
  sentence: string
  /** What to look at next, where that depends on more than how it ended. */
  next?: string
}

/** Something that was not over when the session ended, or is not over now. */
export type InFlight = {
  kind: 'exchange' | 'tool' | 'approval' | 'turn'
  spanId: string
  /** Of an exchange. */
  number?: number
  /** What it is: the model, the command, the question. */
  what: string
  /** Microseconds since 1970. */
  startedAt: number
  /** Milliseconds from then until the session ended, died, or was looked at. */
  forMs: number
}

/** What is to be said of a session. */
export type Diagnosis = {
  end: SessionEnd
  /** The main one first; none where all went well. */
  causes: Cause[]
  /** What is worth knowing, and did no harm. */
  notes: Cause[]
  inFlight: InFlight[]
}
