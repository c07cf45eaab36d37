import type { Conversation } from '@tacho/recorder'
import { headerValue, type RequestHead } from '../../taps/http/wire/message-head.js'

/**
 * What a request of Gemini CLI's (0.61) belongs to. It says nothing of that itself: the session is
 * known by other ways. What it asks in one piece (`generateContent`) is not part of its conversation, but
 * helps it with that: which model to ask, whether it goes round in a loop, a summary.
 *
 * @param sessionId where it is known.
 */
export function conversationOf(
  { headers, target }: Pick<RequestHead, 'headers'> & Partial<Pick<RequestHead, 'target'>>,
  sessionId: string | undefined,
): Conversation {
  const agentVersion = /^GeminiCLI[^/\s]*\/(\d[^/\s]*)/.exec(
    headerValue(headers, 'user-agent') ?? '',
  )?.[1]
  const isAside = /:generateContent(?:\?|$)/.test(target ?? '')
  return {
    ...(sessionId !== undefined && {
      sessionId,
      threadId: isAside ? `${sessionId}/utility` : sessionId,
    }),
    ...(isAside && { threadSource: 'utility' }),
    ...(agentVersion !== undefined && { agentVersion }),
  }
}
