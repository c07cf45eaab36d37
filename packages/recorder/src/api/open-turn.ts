import type { AsyncLocalStorage } from 'node:async_hooks'
import type { HostPlace } from '@tacho/format'
import { newSpanId } from '../ids.js'
import type { HostRecording } from '../register/host-recording.js'
import type { Ending } from './follow.js'
import { tell, words } from './tell.js'
import { currentPlace, placeStorage } from './within.js'

export type TurnStart = {
  name: string | undefined
  thread: string | undefined
  signal: AbortSignal | undefined
}

/** A running turn of the program's, and what happens in it. */
export class OpenTurn {
  readonly place: HostPlace & { turnId: string }
  readonly #host: HostRecording
  readonly #storage: AsyncLocalStorage<HostPlace>
  readonly #signals = new Map<AbortSignal, () => void>()
  #isOver = false

  constructor(host: HostRecording, { name, thread, signal }: TurnStart) {
    const above = currentPlace()
    const turnId = newSpanId()
    const threadId = thread ?? above.threadId
    this.#host = host
    this.#storage = placeStorage(host)
    this.place = { ...(threadId !== undefined && { threadId }), turnId }
    tell(host, 'turn-started', () => ({
      turnId,
      threadId,
      name,
      parentTurnId: above.turnId,
      within: above.within,
    }))
    this.listenTo(signal)
  }

  get isOver(): boolean {
    return this.#isOver
  }

  /** Runs work inside the turn. */
  run<Result>(work: () => Result): Result {
    return this.#storage.run(this.place, work)
  }

  /** Records a cancellation of the turn when the signal aborts. */
  listenTo(signal: AbortSignal | undefined): void {
    if (signal === undefined || this.#signals.has(signal)) return
    const listen = () => this.#cancelledBy(signal)
    this.#signals.set(signal, listen)
    if (signal.aborted) listen()
    signal.addEventListener('abort', listen, { once: true })
  }

  /** @param isCancelled whether whoever ran the work reports that it was stopped. */
  end({ outcome, error }: Ending, isCancelled = false): void {
    if (this.#isOver) return
    this.#isOver = true
    for (const [signal, listen] of this.#signals) signal.removeEventListener('abort', listen)
    // Many agents end normally after an abort: all that is known is that they were asked to stop.
    const wasAborted = isCancelled || [...this.#signals.keys()].some(({ aborted }) => aborted)
    tell(this.#host, 'turn-ended', () => ({
      ...this.place,
      outcome: wasAborted ? 'cancelled' : outcome,
      error: wasAborted ? undefined : error,
    }))
  }

  #cancelledBy(signal: AbortSignal): void {
    tell(this.#host, 'cancellation-requested', () => ({
      ...this.place,
      cancellationId: newSpanId(),
      ...requestOf(signal),
    }))
  }
}

function requestOf({ reason }: AbortSignal): { reason: string; origin: string } {
  if (!(reason instanceof Error)) return { reason: words(reason ?? 'abort'), origin: 'host' }
  const origin = reason.name === 'TimeoutError' ? 'timeout' : 'host'
  return { reason: words(reason.message), origin }
}

/** Whether a value is an AbortSignal; accepts anything. */
export function isSignal(value: unknown): value is AbortSignal {
  try {
    return value instanceof AbortSignal
  } catch {
    return false
  }
}
