import type { Message } from '../../conversation/index.js'
import type { Cause } from '../cause.js'
import type { SessionCase } from '../session-case.js'
import { countWords, shortText } from '../words.js'
import { isShortened } from './rewrites.js'
import { compactionBefore, type Pair, pairs } from './steps.js'

/** More than one per turn: what is dropped comes back at once. */
const OFTEN = 2

/**
 * Returns conversations that were shortened, and what was dropped: a note, unless that was missed.
 */
export function compactions(session: SessionCase): Cause[] {
  const made = pairs(session).filter(
    (pair) => compactionBefore(session, pair) !== undefined || isShortened(pair),
  )
  const failed = failedCompaction(session)
  if (made.length === 0) return failed
  return [...failed, ...made.map((pair) => causeOf(session, pair, made))]
}

function causeOf(session: SessionCase, pair: Pair, made: readonly Pair[]): Cause {
  const { step, call, before } = pair
  const by = compactionBefore(session, pair)
  const again = calledAgain(session, pair)
  const inTurn = made.filter(
    (one) => one.call.turnId !== undefined && one.call.turnId === call.turnId,
  )
  const isOften = inTurn.length >= OFTEN && inTurn[1] === pair
  const harm =
    again !== undefined
      ? ` After it the agent did ${shortText(again, 80)} again, which it had done before.`
      : isOften
        ? ` It was compacted ${inTurn.length} times in that turn.`
        : ''
  const [from, to] = [before.facts.inputTokens, call.facts.inputTokens]
  const sizes = from === undefined || to === undefined ? '' : `, from ${from} to ${to} tokens`
  return {
    code: 'compacted',
    certainty: by === undefined ? 'likely' : 'certain',
    exchange: by?.number ?? call.number,
    clues: [
      ...(by === undefined
        ? []
        : [
            {
              at: by.places.exchange,
              text: `exchange ${by.number} asks for it: ${by.requestKind}`,
            },
          ]),
      {
        at: step.place,
        text: `exchange ${call.number}: ${countWords(step.dropped.length, 'message')} of exchange ${before.number} dropped, ${step.added.length} in their place`,
      },
    ],
    sentence: `The conversation was compacted before exchange ${call.number}${sizes}: ${countWords(step.dropped.length, 'message')} dropped${step.dropped.length > 0 ? ` (${kindsOf(step.dropped)})` : ''}, ${step.sharedMessages} kept.${harm}`,
    next: `See what was there before: tacho context ${session.id} ${before.number}, and after it ${call.number}.`,
    weight: harm === '' ? 'note' : 'trouble',
  }
}

function failedCompaction(session: SessionCase): Cause[] {
  const failed = session.calls.findLast(
    ({ requestKind, outcome }) =>
      requestKind?.startsWith('compaction') === true &&
      outcome !== undefined &&
      outcome !== 'completed',
  )
  if (failed === undefined) return []
  const later = session.calls.some(
    ({ number, requestKind, outcome }) =>
      number > failed.number &&
      requestKind?.startsWith('compaction') === true &&
      outcome === 'completed',
  )
  if (later) return []
  return [
    {
      code: 'compacted',
      certainty: 'certain',
      exchange: failed.number,
      clues: [
        {
          at: failed.places.end ?? failed.places.exchange,
          text: `exchange ${failed.number}: ${failed.error?.type ?? failed.outcome}`,
        },
      ],
      sentence: `The compaction of the conversation failed at exchange ${failed.number}: ${failed.error?.type ?? failed.outcome}.`,
      next: `See how full it was: tacho context ${session.id}.`,
      weight: 'trouble',
    },
  ]
}

/** Returns a call that the compaction dropped and that was then made again. */
function calledAgain(session: SessionCase, { step, call }: Pair): string | undefined {
  const before = new Set(step.dropped.flatMap(callsIn))
  for (const later of session.steps) {
    if (later.threadId !== step.threadId || later.exchange <= call.number) continue
    const again = later.added.flatMap(callsIn).find((one) => before.has(one))
    if (again !== undefined) return again
  }
  return undefined
}

function callsIn({ parts }: Message): string[] {
  return parts.flatMap((part) =>
    part.type === 'tool_call' ? [`${part.name} ${part.arguments}`] : [],
  )
}

function kindsOf(messages: readonly Message[]): string {
  const counts = new Map<string, number>()
  for (const { role, parts } of messages) {
    const kind = parts.some(({ type }) => type === 'tool_call_response')
      ? 'tool output'
      : parts.some(({ type }) => type === 'tool_call')
        ? 'tool call'
        : role
    counts.set(kind, (counts.get(kind) ?? 0) + 1)
  }
  return [...counts].map(([kind, count]) => `${count} ${kind}`).join(', ')
}
