import type { Conversation } from '@tacho/recorder'
import { headerValue, type RequestHead } from '../http-server/request-head.js'

/** What Codex says of the conversation in the headers of each request (Codex 0.169). */
export function conversationOf({ headers }: RequestHead): Conversation {
  const metadata = objectOf(headerValue(headers, 'x-codex-turn-metadata'))
  // The TUI asks for a title of the session in a thread that is a session of its own by its ids.
  const isTitle = metadata.thread_source === 'thread_title'
  const sessionId = isTitle
    ? undefined
    : (text(metadata.session_id) ?? text(headerValue(headers, 'session-id')))
  const threadId = text(metadata.thread_id) ?? text(headerValue(headers, 'thread-id'))
  const turnId = text(metadata.turn_id)
  const agentVersion = /^codex[\w-]*\/(\d[\w.+-]{0,40})/.exec(
    headerValue(headers, 'user-agent') ?? '',
  )?.[1]
  return {
    ...(sessionId !== undefined && { sessionId }),
    ...(threadId !== undefined && { threadId }),
    ...(turnId !== undefined && { turnId }),
    ...(agentVersion !== undefined && { agentVersion }),
  }
}

// An empty turn id comes with Codex's warm-up request.
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
