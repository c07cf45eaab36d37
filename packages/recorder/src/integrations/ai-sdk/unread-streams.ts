import type { OpenTurn } from '../../api/open-turn.js'

/**
 * Streams that nobody reads to their end, of which the SDK tells none. What it gives for a call holds the
 * stream, and the stream it: once the program can reach neither, and Node has noticed, nobody will.
 */
export class UnreadStreams {
  readonly #results: FinalizationRegistry<OpenTurn>

  /** @param onUnread throws nothing. */
  constructor(onUnread: (turn: OpenTurn) => void) {
    this.#results = new FinalizationRegistry(onUnread)
  }

  /** @returns what it is given: what a call has given, or a promise of that. */
  watch(given: unknown, turn: OpenTurn): unknown {
    if (given instanceof Promise) return given.then((result) => this.watch(result, turn))
    if (typeof given === 'object' && given !== null) this.#results.register(given, turn)
    return given
  }
}
