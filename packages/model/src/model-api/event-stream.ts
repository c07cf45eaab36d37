import { createParser } from 'eventsource-parser'
import { EVENT_CHARACTERS } from './limits.js'

export type EventStreamOptions = {
  /** @param name as given in the stream; many events have none. */
  onEvent: (data: string, name: string | undefined) => void
  /** An event was longer than {@link EVENT_CHARACTERS} and was dropped. */
  onTooLong?: () => void
}

/** Reads server-sent events from text that comes in pieces. */
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
    // The rest of that event is read as a line with an unknown field, and the next one as usual.
    this.#isTooLong = false
    this.#parser.reset()
  }
}
