import type { Conversation } from '@tacho/recorder'
import { headerValue, type RequestHead } from '../../taps/http/wire/message-head.js'

/**
 * Reads what opencode says about the conversation in the headers of each request (1.18). It gives a
 * sub-agent a session of its own; Tacho makes that a thread of the session that it works for.
 */
export class Conversations {
  /** Each sub-agent's session, and the session that it belongs to, as seen so far. */
  readonly #roots = new Map<string, string>()

  /** Notes that a session is part of another one. */
  noteParent(id: string, parent: string): void {
    if (id !== parent) this.#roots.set(id, this.rootOf(parent))
  }

  /**
   * Returns the session that one of opencode's sessions belongs to; the session itself if it is not
   * part of another.
   */
  rootOf(id: string): string {
    return this.#roots.get(id) ?? id
  }

  /** @param body the first bytes of the request's body. */
  of({ headers }: Pick<RequestHead, 'headers'>, body?: Uint8Array): Conversation {
    const header = (name: string) => wordOf(headerValue(headers, name))
    // For opencode's own gateway, it uses other header names.
    const id = header('x-session-id') ?? header('x-opencode-session')
    const parent = header('x-parent-session-id') ?? header('x-opencode-parent-session')
    if (id !== undefined && parent !== undefined) this.noteParent(id, parent)
    const turnId = header('x-opencode-request')
    const agentVersion = /^opencode\/(\S+)/.exec(headerValue(headers, 'user-agent') ?? '')?.[1]
    const sessionId = id === undefined ? undefined : this.rootOf(id)
    return {
      ...(sessionId !== undefined && { sessionId }),
      ...(id !== undefined && placeOf(id, { turnId, isPart: id !== sessionId }, body)),
      ...(agentVersion !== undefined && { agentVersion }),
    }
  }
}

type Place = Pick<Conversation, 'threadId' | 'turnId' | 'threadSource' | 'requestKind'>

// Requests for a session's title, and for compaction, use the session's own id and run alongside
// its conversation: only their content tells them apart.
function placeOf(
  id: string,
  { turnId, isPart }: { turnId: string | undefined; isPart: boolean },
  body: Uint8Array | undefined,
): Place {
  const begins = beginningOf(body)
  if (TITLE.test(begins)) return { threadId: `${id}/title`, threadSource: 'title' }
  return {
    threadId: id,
    ...(turnId !== undefined && { turnId }),
    ...(isPart && { threadSource: 'subagent' }),
    ...(COMPACTION.test(begins) && { requestKind: 'compaction' }),
  }
}

function beginningOf(body: Uint8Array | undefined): string {
  return body === undefined ? '' : new TextDecoder().decode(body.subarray(0, BODY_BYTES))
}

/** How much of a body is read. */
const BODY_BYTES = 8 * 1024

// The instructions, which a user can change, and the first message, which is fixed (opencode 1.18).
const TITLE = /"You are a title generator\. |"Generate a title for this conversation:\\n/

function wordOf(value: string | undefined): string | undefined {
  return value !== undefined && /^[\w-]{1,200}$/.test(value) ? value : undefined
}

// The instructions (opencode 1.18).
const COMPACTION = /"You are a context summarization agent\. /
