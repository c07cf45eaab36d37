import { text } from '../codex/values.js'
import type { Conversation } from '../conversation.js'

/**
 * Returns the place of something, from the ids that Claude Code sends with it (2.1.332). A
 * sub-agent is a thread of its own with one task, which is its turn; everything else belongs to the
 * user's prompt.
 */
export function placeOf(ids: {
  sessionId: unknown
  agentId: unknown
  promptId: unknown
}): Conversation {
  const agentId = text(ids.agentId)
  const threadId = agentId ?? text(ids.sessionId)
  const turnId = agentId ?? text(ids.promptId)
  return {
    ...(threadId !== undefined && { threadId }),
    ...(turnId !== undefined && { turnId }),
  }
}
