import type { RequestStep } from '../request-step.js'
import type { Call, SessionCase } from '../session-case.js'

/** A request and the one before it, in a thread of the user's or of a sub-agent. */
export type Pair = { step: RequestStep; call: Call; before: Call; isSameRun: boolean }

/** Returns requests that follow another in their thread. */
export function pairs(session: SessionCase): Pair[] {
  const calls = new Map(session.calls.map((call) => [call.number, call]))
  return session.steps.flatMap((step) => {
    const call = calls.get(step.exchange)
    const before = calls.get(step.previous ?? 0)
    if (call === undefined || before === undefined) return []
    return [{ step, call, before, isSameRun: call.run === before.run }]
  })
}

/**
 * Returns the request that deliberately shortened the conversation between this request and the one
 * before, if any.
 */
export function compactionBefore(session: SessionCase, { call, before }: Pair): Call | undefined {
  return compactionsOf(session).find(
    ({ number, threadId }) =>
      number > before.number && number < call.number && threadId === call.threadId,
  )
}

const known = new WeakMap<SessionCase, Call[]>()

// Looked up for each request, and few in number.
function compactionsOf(session: SessionCase): Call[] {
  const held =
    known.get(session) ??
    session.calls.filter(({ requestKind }) => requestKind?.startsWith('compaction') === true)
  known.set(session, held)
  return held
}
