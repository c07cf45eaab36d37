import type { OpenTurn } from '../../api/open-turn.js'

/**
 * Detects streams that are never read to their end, which the SDK does not report. A call's result
 * and its stream hold each other: once Node has collected them, nobody can read it.
 */
export class UnreadStreams {
  readonly #results: FinalizationRegistry<OpenTurn>

  /** @param onUnread must not throw. */
  constructor(onUnread: (turn: OpenTurn) => void) {
    this.#results = new FinalizationRegistry(onUnread)
  }

  /** @returns its argument: a call's result, or a promise of it. */
  watch(given: unknown, turn: OpenTurn): unknown {
    if (given instanceof Promise) return given.then((result) => this.watch(result, turn))
    if (typeof given === 'object' && given !== null) this.#results.register(given, turn)
    return given
  }
}
