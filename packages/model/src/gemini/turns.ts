import { type Attributes, decodeAttributes } from '@tacho/format'
import type { Conversation } from '../conversation.js'
import type { ExchangeStarted, Observation } from '../observation.js'

type Turn = {
  conversation: Conversation
  /** Calls of its last answer whose output no request has contained yet. */
  calls: string[]
  /** The latest exchange, and whether its model has answered. */
  last: string
  hasAnswered: boolean
}

/**
 * The turns of an agent that names none. A request continues a turn if it contains outputs of the
 * turn's tools, or repeats a request that was not answered; any other begins a turn, which is named
 * after it.
 */
export class GeminiTurns {
  readonly #turns = new Map<string, Turn>()

  placeOf({ threadId }: Conversation, started: ExchangeStarted): Conversation | undefined {
    if (threadId === undefined || isOutside(started)) return undefined
    const turn = this.#turns.get(threadId)
    const goesOn =
      turn !== undefined &&
      (!turn.hasAnswered || (turn.calls.length > 0 && bringsOutputs(started, turn.calls)))
    const conversation = goesOn ? turn.conversation : { threadId, turnId: started.exchange }
    const last = started.exchange
    this.#turns.set(threadId, { conversation, calls: [], last, hasAnswered: false })
    return conversation
  }

  observe(observation: Observation): void {
    const turn = this.#turnOf(observation)
    if (turn === undefined) return
    if (observation.kind === 'tool-called') turn.calls.push(observation.callId)
    else if (observation.kind === 'exchange-ended' && observation.exchange === turn.last)
      turn.hasAnswered = isAnswered(observation.chat?.attributes)
  }

  #turnOf(observation: Observation): Turn | undefined {
    if (!('exchange' in observation)) return undefined
    return this.#turns.get(observation.conversation.threadId ?? '')
  }
}

/**
 * Returns whether a request is part of no conversation, neither the user's nor a sub-agent's: it
 * belongs to no turn, and contains no tool's output.
 */
export function isOutside({ threadSource }: ExchangeStarted): boolean {
  return threadSource !== undefined && threadSource !== SUB_AGENT
}

/** What the thread of a sub-agent is for. */
export const SUB_AGENT = 'subagent'

function bringsOutputs({ outputs = () => [] }: ExchangeStarted, calls: readonly string[]): boolean {
  return outputs(calls).length > 0
}

// Whoever stops an answer does not ask for it again.
function isAnswered(attributes: Attributes = {}): boolean {
  const { outcome } = decodeAttributes('chat', attributes)
  return outcome !== 'failed' && outcome !== 'truncated' && outcome !== 'unreadable'
}
