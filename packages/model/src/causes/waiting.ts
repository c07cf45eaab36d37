import type { Approval } from '../parts/approval.js'
import type { Tool } from '../parts/tool.js'
import type { OpenCall } from './in-flight.js'
import type { SessionCase } from './session-case.js'

/** Returns the open question that keeps a tool from running, although its agent has reported it. */
export function questionAbout(
  { callId }: Pick<Tool, 'callId'>,
  approvals: readonly Approval[],
): Approval | undefined {
  if (callId === undefined) return undefined
  return approvals.find(
    (one) => one.callId === callId && one.open !== undefined && !ASKED_BY_TOOLS.has(one.kind),
  )
}

/** Asked by a tool that is running, not about whether it may. */
const ASKED_BY_TOOLS: ReadonlySet<string> = new Set(['mcp-elicitation', 'user-input'])

/**
 * Returns the unsettled question behind which a call waits that nothing else tells of. An agent
 * that runs the calls of an answer one after another has not begun it; one that runs them at the
 * same time would have reported it.
 */
export function questionAhead(
  { callId, threadId, answeredSince }: OpenCall,
  { parts }: SessionCase,
): Approval | undefined {
  return parts.approvals.find((one) => {
    if (!isUnsettled(one)) return false
    if (one.callId === callId) return true
    const isOfThread = one.threadId === undefined || one.threadId === threadId
    // Earlier questions are about what earlier answers called.
    return isOfThread && one.askedAt >= answeredSince
  })
}

function isUnsettled({ open, outcome }: Approval): boolean {
  return open !== undefined || outcome === 'unanswered' || outcome === 'cancelled'
}
