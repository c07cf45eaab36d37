import type { Conversation } from '../conversation.js'
import type { Observation } from '../observation.js'
import type { SessionReducer } from '../session/session-reducer.js'
import { exitCodeOf, refusalOf } from './tool-results.js'

/**
 * Codex exports its log events once a second (0.169), so another tap may still report the tool
 * during this time.
 */
const TOLD_MICROSECONDS = 2_500_000

type Call = { conversation: Conversation; at: number }

/**
 * Derives tools from the model's answers and the requests that follow: a tool runs from its call to
 * the request with its output. This is only used if no other tap reports tools, because the others
 * know when one began and how it ended: that is, for a Codex without log events, for example with
 * `analytics.enabled = false`.
 */
export class CalledTools {
  readonly #session: SessionReducer
  /** Calls whose output no request has contained yet. */
  readonly #pending = new Map<string, Call>()
  readonly #waiting = new Set<() => void>()
  #isToldElsewhere = false

  constructor(session: SessionReducer) {
    this.#session = session
  }

  observe(observation: Observation): void {
    if (this.#isToldElsewhere) return
    if (tellsOfTools(observation)) this.#leaveToOthers()
    else if (observation.kind === 'tool-called' && observation.isHosted !== true) {
      const { callId, conversation, at } = observation
      this.#pending.set(callId, { conversation, at })
    } else if (observation.kind === 'exchange-started') {
      const { threadId } = observation.conversation
      const calls = [...this.#pending].filter(([, call]) => call.conversation.threadId === threadId)
      if (calls.length === 0 || observation.outputs === undefined) return
      for (const { callId, output } of observation.outputs(calls.map(([callId]) => callId)))
        this.#ended(callId, output, observation.at)
    }
  }

  #ended(callId: string, output: string, at: number): void {
    const call = this.#pending.get(callId)
    if (call === undefined) return
    this.#pending.delete(callId)
    const callOff = this.#session.deadlines.at(at + TOLD_MICROSECONDS, () => {
      this.#waiting.delete(callOff)
      this.#tell(callId, call, output, at)
    })
    this.#waiting.add(callOff)
  }

  #tell(callId: string, { conversation, at: calledAt }: Call, output: string, at: number): void {
    const refusal = refusalOf(output)
    const exitCode = exitCodeOf(output)
    const ended = exitCode === undefined ? undefined : exitCode === 0 ? 'completed' : 'failed'
    this.#session.tools.start(callId, conversation, calledAt)
    this.#session.toolEnded(callId, conversation, at, {
      outcome: refusal === undefined ? ended : 'declined',
      exitCode,
      error: refusal?.by === 'policy' ? refusal.words : undefined,
    })
  }

  #leaveToOthers(): void {
    this.#isToldElsewhere = true
    for (const callOff of this.#waiting) callOff()
    this.#waiting.clear()
    this.#pending.clear()
  }
}

/** Returns whether another tap reports a tool. */
function tellsOfTools(observation: Observation): boolean {
  switch (observation.kind) {
    case 'json-rpc':
    case 'acp':
    case 'hook':
    case 'tool-started':
      return true
    case 'log-event':
      return /^codex\.tool_(decision|result)$/.test(observation.name)
    default:
      return false
  }
}
