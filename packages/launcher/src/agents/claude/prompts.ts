import { text } from '@tacho/model'
import type { Conversation } from '@tacho/recorder'

/**
 * Which prompt of the user's each session works on, as the hooks tell it. To an API that is not
 * Anthropic's own, requests do not say it.
 */
export class Prompts {
  readonly #ofSession = new Map<string, string>()

  /** A hook was told something. */
  note(json: Record<string, unknown>): void {
    const [sessionId, promptId] = [text(json.session_id), text(json.prompt_id)]
    if (sessionId === undefined || promptId === undefined) return
    // A sub-agent can still work on an earlier one.
    if (text(json.agent_id) === undefined) this.#ofSession.set(sessionId, promptId)
  }

  /** The conversation of a request with the prompt that it belongs to. */
  placed(conversation: Conversation): Conversation {
    const { sessionId, turnId } = conversation
    const promptId = sessionId === undefined ? undefined : this.#ofSession.get(sessionId)
    return turnId !== undefined || promptId === undefined
      ? conversation
      : { ...conversation, turnId: promptId }
  }
}
