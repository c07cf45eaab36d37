import { type Ending, endingBy } from '../../api/follow.js'
import type { OpenTurn } from '../../api/open-turn.js'
import { currentPlace } from '../../api/within.js'
import type { AiApprovals } from './approvals.js'

type Known = {
  turn: OpenTurn
  /** It goes on when the call has given its stream. */
  isStreamed: boolean
  /** Calls of the SDK's that go on in it: tools make some, too. */
  calls: number
}

/** The turns that go on, found again by where in the program a thing is told. */
export class Turns {
  readonly #open = new Map<string, Known>()
  readonly #approvals: AiApprovals

  constructor(approvals: AiApprovals) {
    this.#approvals = approvals
  }

  add(turn: OpenTurn, isStreamed: boolean): void {
    this.#open.set(turn.place.turnId, { turn, isStreamed, calls: 0 })
  }

  /** A call of the SDK's begins, here. */
  callStarted(): void {
    const known = this.#here
    if (known !== undefined) known.calls += 1
  }

  /** It has ended, with a result or an error: with the first that began in it, a stream's turn ends. */
  callEnded(result: unknown, error?: { cause: unknown }): void {
    const known = this.#here
    if (known === undefined) return
    known.calls -= 1
    if (!known.isStreamed || known.calls > 0) return
    if (error === undefined) this.over(known.turn, { outcome: 'completed' }, result)
    else this.over(known.turn, endingBy(error.cause))
  }

  /** What went well may wait for an approval; what did not is over. */
  over(turn: OpenTurn, ending: Ending, result?: unknown): void {
    this.#open.delete(turn.place.turnId)
    if (ending.outcome !== 'completed' || !this.#approvals.askedBy(result, turn)) turn.end(ending)
  }

  get #here(): Known | undefined {
    return this.#open.get(currentPlace().turnId ?? '')
  }
}
