import { isoOfMicros, type ToldExplanation, verdictOf } from '@tacho/reader'

/** What `tacho explain --json` prints. What is not known is left out. */
export function explanationJson(explanation: ToldExplanation): object {
  const { session, end, causes, notes, inFlight } = explanation
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
  }
}

// What gives a cause its place in the list says nothing beside that place.
function causeJson({ weight: _, isLast: __, ...cause }: ToldExplanation['causes'][number]): object {
  return cause
}
