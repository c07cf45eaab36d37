import type { Conversation } from '../conversation.js'
import type { ToolOutput } from '../model-api/tool-outputs.js'
import type { Observation } from '../observation.js'
import type { SessionReducer } from '../session/session-reducer.js'
import type { ToolEnd } from '../session/tools.js'

/**
 * The tools that Gemini CLI runs, each from its call to the request with its output. Time spent
 * asking a person is part of this.
 */
export class GeminiTools {
  readonly #session: SessionReducer
  readonly #pending = new Map<string, Conversation>()

  constructor(session: SessionReducer) {
    this.#session = session
  }

  observe(observation: Observation): void {
    if (observation.kind === 'tool-called') {
      const { callId, conversation, at } = observation
      this.#pending.set(callId, conversation)
      this.#session.tools.start(callId, conversation, at)
    } else if (observation.kind === 'exchange-started') {
      const { threadId } = observation.conversation
      const calls = [...this.#pending].filter(([, call]) => call.threadId === threadId)
      // Requests outside the conversation contain none of its outputs.
      if (calls.length === 0 || observation.threadSource !== undefined) return
      for (const told of observation.outputs?.(calls.map(([id]) => id)) ?? [])
        this.#ended(told.callId, endOf(told), observation.at)
      for (const [callId] of calls) this.#forgotten(callId, observation.at)
    }
  }

  /** Gemini CLI forgets a call that was refused or stopped; its telemetry may not. */
  #forgotten(callId: string, at: number): void {
    const end = () => this.#ended(callId, { outcome: 'unknown' }, at)
    if (!this.#pending.has(callId)) return
    if (this.#session.run?.taps.includes('log-events'))
      this.#session.deadlines.at(at + TOLD_MICROSECONDS, end)
    else end()
  }

  #ended(callId: string, end: ToolEnd, at: number): void {
    const conversation = this.#pending.get(callId)
    if (conversation === undefined) return
    this.#pending.delete(callId)
    this.#session.toolEnded(callId, conversation, at, end)
  }
}

/** Gemini CLI exports its log events every five seconds. */
const TOLD_MICROSECONDS = 6_000_000

/** Returns how a call ended, if what the model is told shows it (Gemini CLI 0.61). */
function endOf({ output, isError }: ToolOutput): ToolEnd {
  if (/^\[Operation Cancelled\]/.test(output)) return { outcome: 'declined' }
  const code = /^Exit Code: (-?\d{1,10})$/m.exec(output)?.[1]
  if (code !== undefined) return { outcome: 'failed', exitCode: Number(code) }
  return { outcome: isError === true ? 'failed' : 'completed' }
}
