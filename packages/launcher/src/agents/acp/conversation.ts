import type { Conversation } from '@tacho/recorder'
import type { AcpSessions } from '../../taps/acp/sessions.js'
import { headerValue, type RequestHead } from '../../taps/http/wire/message-head.js'

/**
 * Headers in which agents name their session to the API, by the id that they give it over ACP too: a
 * session that the request is of, or that one which it is a part of (Claude Code 2.1, opencode 1.18, and
 * Codex 0.169 in codex-acp).
 */
const SESSION_HEADERS = [
  'x-claude-code-session-id',
  'x-session-id',
  'x-parent-session-id',
  'session-id',
]

/** Which session a request is of: nothing, where it names none that was spoken of, and none works alone. */
export function conversationWith(
  sessions: AcpSessions,
): (request: Pick<RequestHead, 'headers'>) => Conversation {
  return ({ headers }) => {
    const named = SESSION_HEADERS.map((name) => headerValue(headers, name))
    // Who names none, works at the prompt that is open.
    const sessionId = named.find((id) => sessions.isKnown(id)) ?? sessions.working
    const [own] = named.filter((id) => id !== undefined)
    return {
      ...(sessionId !== undefined && { sessionId }),
      ...(own !== undefined && own.length <= 200 && { threadId: own }),
    }
  }
}
