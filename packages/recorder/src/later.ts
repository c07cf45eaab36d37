import { SPARE_MILLISECONDS } from './limits.js'

/**
 * Work of ours that waits until it is in nobody's way. It is done in its order, in two lines: what
 * must be on the disk before the host gets its answer, and what may wait a little longer.
 */
export class Later {
  readonly #waiting: (() => void)[] = []
  readonly #sparing: (() => void)[] = []
  #timer: NodeJS.Timeout | undefined

  /**
   * As soon as all that has arrived for the host is on its way again.
   *
   * @param work throws nothing.
   */
  do(work: () => void): void {
    if (this.#waiting.push(work) > 1) return
    setImmediate(() => this.settle())
  }

  /** Does now what {@link do} was given. */
  settle(): void {
    for (const work of this.#waiting.splice(0)) work()
  }

  /**
   * Within {@link SPARE_MILLISECONDS}, behind what {@link do} was given before. A server on the same
   * machine answers in less than that, and needs the processor itself.
   *
   * @param work throws nothing.
   */
  spare(work: () => void): void {
    if (this.#sparing.push(work) > 1) return
    this.#timer = setTimeout(() => this.settleAll(), SPARE_MILLISECONDS)
    this.#timer.unref()
  }

  /** Does all of it now. */
  settleAll(): void {
    clearTimeout(this.#timer)
    this.settle()
    for (const work of this.#sparing.splice(0)) work()
  }
}
