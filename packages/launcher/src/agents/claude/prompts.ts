import { text } from '@tacho/model'
import type { Conversation } from '@tacho/recorder'

/**
 * The user prompt that each session works on, from its hooks. Requests do not name it to an API
 * other than Anthropic's own.
 */
export class Prompts {
  readonly #ofSession = new Map<string, string>()

  /** Notes what was passed to a hook. */
  note(json: Record<string, unknown>): void {
    const [sessionId, promptId] = [text(json.session_id), text(json.prompt_id)]
    if (sessionId === undefined || promptId === undefined) return
    // A sub-agent can still be working on an earlier one.
    if (text(json.agent_id) === undefined) this.#ofSession.set(sessionId, promptId)
  }

  /** Adds to a request's conversation the prompt that it belongs to. */
  placed(conversation: Conversation): Conversation {
    const { sessionId, turnId } = conversation
    const promptId = sessionId === undefined ? undefined : this.#ofSession.get(sessionId)
    return turnId !== undefined || promptId === undefined
      ? conversation
      : { ...conversation, turnId: promptId }
  }
}
