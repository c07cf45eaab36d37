import { createParser } from 'eventsource-parser'
import { EVENT_CHARACTERS } from './limits.js'

export type EventStreamOptions = {
  /** @param name that the stream gives it; many have none. */
  onEvent: (data: string, name: string | undefined) => void
  /** An event was longer than {@link EVENT_CHARACTERS} and is gone. */
  onTooLong?: () => void
}

/** Server-sent events out of text that comes in pieces. */
export class EventStream {
  readonly #parser: ReturnType<typeof createParser>
  #isTooLong = false

  constructor({ onEvent, onTooLong }: EventStreamOptions) {
    this.#parser = createParser({
      maxBufferSize: EVENT_CHARACTERS,
      onEvent: ({ data, event }) => onEvent(data, event),
      onError: ({ type }) => {
        if (type !== 'max-buffer-size-exceeded') return
        this.#isTooLong = true
        onTooLong?.()
      },
    })
  }

  push(text: string): void {
    this.#parser.feed(text)
    if (!this.#isTooLong) return
    // What is left of that event is read as a line of no known field, and the next one as usual.
    this.#isTooLong = false
    this.#parser.reset()
  }
}
