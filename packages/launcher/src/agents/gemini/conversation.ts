import type { Conversation } from '@tacho/recorder'
import { headerValue, type RequestHead } from '../../taps/http/wire/message-head.js'

/**
 * Returns what a request of Gemini CLI's (0.61) belongs to. The request itself does not say: the
 * session is known from elsewhere, and so is the sub-agent. Requests without streaming
 * (`generateContent`) are not part of the conversation but support it: choosing a model, detecting a
 * loop, summarizing.
 *
 * @param sessionId the session's id, if known.
 * @param subAgentIn returns the sub-agent of this session that makes the request, if one does.
 */
export function conversationOf(
  { headers, target }: Pick<RequestHead, 'headers'> & Partial<Pick<RequestHead, 'target'>>,
  sessionId: string | undefined,
  subAgentIn: (sessionId: string) => string | undefined = () => undefined,
): Conversation {
  const agentVersion = /^GeminiCLI[^/\s]*\/(\d[^/\s]*)/.exec(
    headerValue(headers, 'user-agent') ?? '',
  )?.[1]
  const isAside = /:generateContent(?:\?|$)/.test(target ?? '')
  return {
    ...(sessionId !== undefined && { sessionId, threadId: sessionId }),
    ...(isAside
      ? { ...(sessionId !== undefined && { threadId: `${sessionId}/utility` }), ...UTILITY }
      : sessionId !== undefined && ofSubAgent(subAgentIn(sessionId))),
    ...(agentVersion !== undefined && { agentVersion }),
  }
}

const UTILITY = { threadSource: 'utility' }

function ofSubAgent(threadId: string | undefined): Partial<Conversation> {
  return threadId === undefined ? {} : { threadId, threadSource: 'subagent' }
}
