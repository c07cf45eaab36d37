import { requestPurposeOf } from '@tacho/model'
import type { Conversation } from '@tacho/recorder'
import { headerValue, type RequestHead } from '../../taps/http/wire/message-head.js'
import { versionOf } from './user-agent.js'

/** Returns what Codex says about the conversation in the headers of each request (Codex 0.169). */
export function conversationOf({ headers }: Pick<RequestHead, 'headers'>): Conversation {
  const [userAgent, originator] = ['user-agent', 'originator'].map((name) =>
    headerValue(headers, name),
  )
  const agentVersion = versionOf(userAgent ?? '', originator)
  return {
    ...told(objectOf(headerValue(headers, 'x-codex-turn-metadata')), {
      sessionId: text(headerValue(headers, 'session-id')),
      threadId: text(headerValue(headers, 'thread-id')),
    }),
    ...(agentVersion !== undefined && { agentVersion }),
  }
}

/**
 * Returns what a WebSocket message says about it, in its `client_metadata` (Codex 0.169).
 *
 * @param upgrade what the request that opened the WebSocket said.
 */
export function conversationOfMessage(
  message: Record<string, unknown>,
  upgrade: Conversation,
): Conversation {
  const { client_metadata: metadata } = message
  const members = typeof metadata === 'object' && metadata !== null ? metadata : {}
  const { 'x-codex-turn-metadata': turn } = members as Record<string, unknown>
  const { turnId: _, requestKind: _kind, ...before } = upgrade
  return { ...before, ...told(objectOf(typeof turn === 'string' ? turn : undefined), {}) }
}

function told(
  metadata: Record<string, unknown>,
  otherwise: { sessionId?: string | undefined; threadId?: string | undefined },
): Conversation {
  // The TUI asks for a session's title in a thread whose ids make it look like a session of its
  // own.
  const isTitle = metadata.thread_source === 'thread_title'
  const sessionId = isTitle ? undefined : (text(metadata.session_id) ?? otherwise.sessionId)
  const threadId = text(metadata.thread_id) ?? otherwise.threadId
  const turnId = text(metadata.turn_id)
  return {
    ...(sessionId !== undefined && { sessionId }),
    ...(threadId !== undefined && { threadId }),
    ...(turnId !== undefined && { turnId }),
    ...requestPurposeOf(metadata),
  }
}

// Codex's prewarm has an empty turn id.
function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= 200 ? value : undefined
}

function objectOf(json: string | undefined): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(json ?? '')
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
