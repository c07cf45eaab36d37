import { type Rejection, SendError, sendInParts } from '@tacho/otlp'
import { LIVE_BATCH_ITEMS, LIVE_RETRY_MILLISECONDS } from '../limits.js'

/** Reports on items added to a {@link SendingQueue}. */
export type SendingEvents<Item> = {
  /** @param rejection how many of them were rejected; which ones is unknown. */
  delivered: (items: Item[], rejection: Rejection | undefined) => void
  givenUp: (items: Item[], reason: string) => void
  refused: (reason: string) => void
}

/**
 * Sends items in batches, one at a time, and retries until each is accepted or never will be. The
 * caller limits how much is queued.
 */
export class SendingQueue<Item> {
  readonly #send: (items: Item[]) => Promise<Rejection | undefined>
  readonly #events: SendingEvents<Item>
  readonly #waiting: Item[] = []
  #isSending = false
  #retries = 0
  #timer: NodeJS.Timeout | undefined
  #onEmpty: (() => void)[] = []

  /** @param send rejects with a SendError. */
  constructor(
    send: (items: Item[]) => Promise<Rejection | undefined>,
    events: SendingEvents<Item>,
  ) {
    this.#send = send
    this.#events = events
  }

  add(item: Item): void {
    this.#waiting.push(item)
    this.#sendSoon()
  }

  /** Sends what is queued now, whatever the pause, and resolves once the queue is empty. */
  flush(): Promise<void> {
    if (this.#timer !== undefined) {
      clearTimeout(this.#timer)
      this.#timer = setTimeout(() => void this.#sendBatch(), 0)
    }
    return new Promise((resolve) => {
      this.#onEmpty.push(resolve)
      this.#settleIfEmpty()
    })
  }

  // Items added in one turn of the event loop go out together; after a refusal, its pause applies.
  #sendSoon(): void {
    if (this.#isSending || this.#timer !== undefined) return
    this.#timer = setTimeout(() => void this.#sendBatch(), this.#pause())
  }

  async #sendBatch(): Promise<void> {
    this.#timer = undefined
    const items = this.#waiting.splice(0, LIVE_BATCH_ITEMS)
    if (items.length === 0) return
    this.#isSending = true
    await this.#sendItems(items)
    this.#isSending = false
    if (this.#waiting.length > 0) this.#sendSoon()
    this.#settleIfEmpty()
  }

  async #sendItems(items: Item[]): Promise<void> {
    const unsettled = new Set(items)
    const settle = (some: Item[]) => {
      for (const one of some) unsettled.delete(one)
    }
    try {
      await sendInParts(this.#send, items, {
        taken: (taken, rejection) => {
          settle(taken)
          this.#retries = 0
          this.#events.delivered(taken, rejection)
        },
        tooLarge: (item, { message }) => {
          settle([item])
          this.#events.givenUp([item], message)
        },
      })
    } catch (error) {
      this.#notTaken([...unsettled], error)
    }
  }

  #notTaken(items: Item[], error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error)
    if (error instanceof SendError && error.isRetryable) {
      this.#retries += 1
      this.#waiting.unshift(...items)
      this.#events.refused(reason)
    } else this.#events.givenUp(items, reason)
  }

  /** Returns the pause, which grows with each refusal. */
  #pause(): number {
    if (this.#retries === 0) return 0
    const { first, most } = LIVE_RETRY_MILLISECONDS
    return Math.min(most, first * 2 ** (this.#retries - 1))
  }

  #settleIfEmpty(): void {
    if (this.#isSending || this.#waiting.length > 0) return
    for (const resolve of this.#onEmpty.splice(0)) resolve()
  }
}
