import type { Conversation } from '@tacho/recorder'
import type { AcpSessions } from '../../taps/acp/sessions.js'
import { headerValue, type RequestHead } from '../../taps/http/wire/message-head.js'
import type { RecordedAgent } from '../agent.js'

/**
 * Headers in which agents name their session to the API, with the same id that they use over ACP:
 * the session of the request, or its parent (Claude Code 2.1, opencode 1.18, and Codex 0.169 in
 * codex-acp).
 */
const SESSION_HEADERS = [
  'x-claude-code-session-id',
  'x-session-id',
  'x-parent-session-id',
  'session-id',
]

/**
 * Returns a function that finds a request's session: none if the request names no known session and
 * no session works alone.
 *
 * @param others agents that may speak ACP through an adapter.
 */
export function conversationWith(
  sessions: AcpSessions,
  others: readonly RecordedAgent[],
): (request: Pick<RequestHead, 'headers'>) => Conversation {
  return (request) => {
    const { headers } = request
    const named = SESSION_HEADERS.map((name) => headerValue(headers, name))
    // A request that names none belongs to the open prompt.
    const sessionId = named.find((id) => sessions.isKnown(id)) ?? sessions.working
    const [own] = named.filter(isShort)
    return {
      ...(sessionId !== undefined && { sessionId }),
      ...(own !== undefined && { threadId: own }),
      ...asideIn(request, others),
    }
  }
}

/**
 * Returns the thread and turn of a request that is not the user's own thread's, such as a
 * sub-agent's: it can have the session's id, and says what it is for as it does without ACP. Empty
 * for others.
 */
function asideIn(
  request: Pick<RequestHead, 'headers'>,
  others: readonly RecordedAgent[],
): Partial<Conversation> {
  for (const { conversationOf } of others) {
    const { threadId, turnId, threadSource } = conversationOf(request)
    if (threadId === undefined || threadSource === undefined) continue
    return { threadId, threadSource, ...(turnId !== undefined && { turnId }) }
  }
  return {}
}

function isShort(id: string | undefined): id is string {
  return id !== undefined && id !== '' && id.length <= 200
}
