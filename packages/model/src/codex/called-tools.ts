import type { Conversation } from '../conversation.js'
import type { Observation } from '../observation.js'
import type { SessionReducer } from '../session/session-reducer.js'
import { exitCodeOf, refusalOf } from './tool-results.js'

/** Codex sends its log events once a second (0.169): so long another tap may still tell of a tool. */
const TOLD_MICROSECONDS = 2_500_000

type Call = { conversation: Conversation; at: number }

/**
 * Tools as the model's answers and the requests behind them tell of them: one runs from its call to
 * the request that has its output. Only where no other tap tells of tools at all, for those know when
 * it began and how it ended: Codex without log events, as with `analytics.enabled = false`.
 */
export class CalledTools {
  readonly #session: SessionReducer
  /** Calls whose output nobody has told. */
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

/** Whether it is what another tap tells of a tool. */
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
