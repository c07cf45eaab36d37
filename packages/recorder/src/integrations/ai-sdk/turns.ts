import { type Ending, endingBy } from '../../api/follow.js'
import type { OpenTurn } from '../../api/open-turn.js'
import { currentPlace } from '../../api/within.js'
import type { AiApprovals } from './approvals.js'

type Known = {
  turn: OpenTurn
  /** Whether it continues after the call has returned its stream. */
  isStreamed: boolean
  /** Open SDK calls in this turn: tools make calls too. */
  calls: number
}

/** The open turns, found by the current place in the program. */
export class Turns {
  readonly #open = new Map<string, Known>()
  readonly #approvals: AiApprovals

  constructor(approvals: AiApprovals) {
    this.#approvals = approvals
  }

  add(turn: OpenTurn, isStreamed: boolean): void {
    this.#open.set(turn.place.turnId, { turn, isStreamed, calls: 0 })
  }

  /** Notes that an SDK call begins in the current turn. */
  callStarted(): void {
    const known = this.#here
    if (known !== undefined) known.calls += 1
  }

  /**
   * Notes that it has ended, with a result or an error. A stream's turn ends with the first call
   * that began in it.
   */
  callEnded(result: unknown, error?: { cause: unknown }): void {
    const known = this.#here
    if (known === undefined) return
    known.calls -= 1
    if (!known.isStreamed || known.calls > 0) return
    if (error === undefined) this.over(known.turn, { outcome: 'completed' }, result)
    else this.over(known.turn, endingBy(error.cause))
  }

  /** Ends a turn, unless it completed and waits for an approval. */
  over(turn: OpenTurn, ending: Ending, result?: unknown): void {
    this.#open.delete(turn.place.turnId)
    if (ending.outcome !== 'completed' || !this.#approvals.askedBy(result, turn)) turn.end(ending)
  }

  get #here(): Known | undefined {
    return this.#open.get(currentPlace().turnId ?? '')
  }
}
