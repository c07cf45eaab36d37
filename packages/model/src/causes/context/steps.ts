import type { RequestStep } from '../request-step.js'
import type { Call, SessionCase } from '../session-case.js'

/** A request, and the one before it in its thread, of one that is the user's own or a sub-agent's. */
export type Pair = { step: RequestStep; call: Call; before: Call; isSameRun: boolean }

/** Requests that follow another of their thread. */
export function pairs(session: SessionCase): Pair[] {
  const calls = new Map(session.calls.map((call) => [call.number, call]))
  return session.steps.flatMap((step) => {
    const call = calls.get(step.exchange)
    const before = calls.get(step.previous ?? 0)
    if (call === undefined || before === undefined) return []
    return [{ step, call, before, isSameRun: call.run === before.run }]
  })
}

/** Whether the conversation of a request was made shorter on purpose since the one before it. */
export function compactionBefore(session: SessionCase, { call, before }: Pair): Call | undefined {
  return compactionsOf(session).find(
    ({ number, threadId }) =>
      number > before.number && number < call.number && threadId === call.threadId,
  )
}

const known = new WeakMap<SessionCase, Call[]>()

// Asked for each request, and there are few of them.
function compactionsOf(session: SessionCase): Call[] {
  const held =
    known.get(session) ??
    session.calls.filter(({ requestKind }) => requestKind?.startsWith('compaction') === true)
  known.set(session, held)
  return held
}
