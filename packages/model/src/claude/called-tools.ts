import type { Conversation } from '../conversation.js'
import type { Observation } from '../observation.js'
import type { SessionReducer } from '../session/session-reducer.js'

/**
 * Log events come ten times a second, so another tap may still report during this time how a tool
 * ended.
 */
const TOLD_MICROSECONDS = 1_500_000

/**
 * Derives tools from the model's answers and the requests that follow: a tool runs from its call to
 * the request with its result. Hooks and log events are more exact and take precedence.
 */
export class CalledTools {
  readonly #session: SessionReducer
  /** Calls whose result no request has contained yet. */
  readonly #pending = new Map<string, { conversation: Conversation; at: number }>()

  constructor(session: SessionReducer) {
    this.#session = session
  }

  observe(observation: Observation): void {
    if (observation.kind === 'tool-called') {
      const { callId, conversation, at, isHosted } = observation
      if (isHosted !== true) this.#pending.set(callId, { conversation, at })
    } else if (observation.kind === 'exchange-started') {
      const { threadId } = observation.conversation
      const calls = [...this.#pending].filter(([, call]) => call.conversation.threadId === threadId)
      if (calls.length === 0 || observation.outputs === undefined) return
      for (const { callId, isError } of observation.outputs(calls.map(([callId]) => callId)))
        this.#ended(callId, isError === true, observation.at)
    }
  }

  #ended(callId: string, isError: boolean, at: number): void {
    const call = this.#pending.get(callId)
    if (call === undefined) return
    this.#pending.delete(callId)
    const { tools, deadlines } = this.#session
    deadlines.at(at + TOLD_MICROSECONDS, () => {
      if (!tools.hasStarted(callId)) tools.start(callId, call.conversation, call.at)
      this.#session.toolEnded(callId, call.conversation, at, {
        outcome: isError ? 'failed' : 'completed',
      })
    })
  }
}
