import type { Conversation } from '@tacho/recorder'
import { headerValue, type RequestHead } from '../../taps/http/wire/message-head.js'

/**
 * Returns what Claude Code says about the conversation in the headers of each request (2.1.332). A
 * sub-agent has the session's id and its own, and works on one task, which is its turn. The id of a
 * user's prompt is sent only if Claude Code takes the API for Anthropic's own.
 */
export function conversationOf({ headers }: Pick<RequestHead, 'headers'>): Conversation {
  const said = (name: string) => short(headerValue(headers, name))
  const sessionId = said('x-claude-code-session-id')
  const agentId = said('x-claude-code-agent-id')
  const turnId = agentId ?? said('x-claude-code-prompt-id')
  const threadId = agentId ?? sessionId
  const agentVersion = versionOf(headerValue(headers, 'user-agent') ?? '')
  return {
    ...(sessionId !== undefined && { sessionId }),
    ...(threadId !== undefined && { threadId }),
    ...(turnId !== undefined && { turnId }),
    ...(agentId !== undefined && { threadSource: 'subagent' }),
    ...(agentVersion !== undefined && { agentVersion }),
  }
}

/** `claude-cli/2.1.332 (external, cli)`. */
function versionOf(userAgent: string): string | undefined {
  return /^claude-cli\/(\d[\w.+-]{0,60})/.exec(userAgent)?.[1]
}

function short(value: string | undefined): string | undefined {
  return value === undefined || value === '' || value.length > 200 ? undefined : value
}
