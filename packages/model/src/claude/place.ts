import { text } from '../codex/values.js'
import type { Conversation } from '../conversation.js'

/**
 * Where something happened, by the ids that Claude Code tells with it (2.1.332): a sub-agent is a
 * thread of its own with one task, which is its turn; all else is of the prompt that the user gave.
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
