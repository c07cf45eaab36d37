import { isoOfMicros, type ToldExplanation, verdictOf } from '@tacho/reader'

/** Returns the output of `tacho explain --json`. Unknown values are left out. */
export function explanationJson(explanation: ToldExplanation): object {
  const { session, end, causes, notes, inFlight, endsMissing, unreadAnswers } = explanation
  return {
    session: session.id,
    folder: session.folder,
    ended: end.code,
    verdict: verdictOf(explanation),
    certainty: end.certainty,
    sentence: end.sentence,
    evidence: end.evidence,
    causes: causes.map(causeJson),
    notes: notes.map(causeJson),
    inFlight: inFlight.map(({ startedAt, ...rest }) => ({
      ...rest,
      startedAt: isoOfMicros(startedAt),
    })),
    endsMissing,
    unreadAnswers: unreadAnswers ?? 0,
  }
}

// The order of the list already shows what these members are for.
function causeJson({ weight: _, isLast: __, ...cause }: ToldExplanation['causes'][number]): object {
  return cause
}
