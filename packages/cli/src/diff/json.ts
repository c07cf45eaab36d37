import type {
  ComparedExchanges,
  ComparedSessions,
  RequestComparison,
  SessionStep,
} from '@tacho/reader'
import { messageJson } from '../conversation/json.js'

/** Returns the output of `tacho diff --json` for two requests (docs/cli.md). */
export function exchangesJson({
  before,
  after,
  comparison,
  body,
  missing,
}: ComparedExchanges): object {
  return {
    before: before.number,
    after: after.number,
    ...comparisonJson(comparison),
    body: { ...body, place: body.place ?? null },
    missing,
  }
}

/** The same for two sessions. */
export function sessionsJson(
  { shared, steps, parted, start }: ComparedSessions,
  ids: readonly [string, string],
): object {
  return {
    sessions: ids,
    shared,
    steps,
    parted: [0, 1].map((side) => stepJson(parted[side])),
    start: start === undefined ? null : { ...comparisonJson(start), messages: undefined },
  }
}

function comparisonJson(comparison: RequestComparison): object {
  const { messages, model, first, ...rest } = comparison
  return {
    ...rest,
    first: first ?? null,
    model: model ?? null,
    messages: messages.map(({ in: side, before, after, messages: some }) => ({
      in: side,
      before: before ?? null,
      after: after ?? null,
      count: some.length,
      messages: side === 'both' ? [] : some.map(messageJson),
    })),
  }
}

function stepJson(step: SessionStep | undefined): object | null {
  return step === undefined ? null : { ...step, name: step.name ?? null }
}
