import type { SessionParts } from '@tacho/model'
import { approvalsOf } from './approvals.js'
import { cancellationsOf } from './cancellations.js'
import type { Session } from './read-session.js'
import { threadsOf, turnsOf } from './threads.js'
import { toolsOf } from './tools.js'

/**
 * Returns the meaning of a session: its runs, threads, turns, exchanges, tools, approvals and
 * cancellations.
 */
export function sessionParts(session: Session): SessionParts {
  const { runs, exchanges } = session
  const threads = threadsOf(session)
  return {
    runs,
    threads,
    turns: turnsOf(threads),
    exchanges,
    tools: toolsOf(session),
    approvals: approvalsOf(session),
    cancellations: cancellationsOf(session),
  }
}
