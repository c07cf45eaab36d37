import type { Conversation } from '@tacho/recorder'
import type { AcpSessions } from '../../taps/acp/sessions.js'
import { headerValue, type RequestHead } from '../../taps/http/wire/message-head.js'

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
 * The header in which Claude Code (2.1) names a sub-agent to the API: a thread with one task, which
 * is its turn.
 */
const SUB_AGENT_HEADER = 'x-claude-code-agent-id'

/**
 * Returns a function that finds a request's session: none if the request names no known session and
 * no session works alone.
 */
export function conversationWith(
  sessions: AcpSessions,
): (request: Pick<RequestHead, 'headers'>) => Conversation {
  return ({ headers }) => {
    const named = SESSION_HEADERS.map((name) => headerValue(headers, name))
    // A request that names none belongs to the open prompt.
    const sessionId = named.find((id) => sessions.isKnown(id)) ?? sessions.working
    const [own] = named.filter(isShort)
    const subAgent = headerValue(headers, SUB_AGENT_HEADER)
    return {
      ...(sessionId !== undefined && { sessionId }),
      ...(own !== undefined && { threadId: own }),
      ...(isShort(subAgent) && {
        threadId: subAgent,
        turnId: subAgent,
        threadSource: 'subagent',
      }),
    }
  }
}

function isShort(id: string | undefined): id is string {
  return id !== undefined && id !== '' && id.length <= 200
}
