import { createParser } from 'eventsource-parser'
import { EVENT_CHARACTERS } from './limits.js'

export type EventStreamOptions = {
  /** @param name as given in the stream; many events have none. */
  onEvent: (data: string, name: string | undefined) => void
  /**
   * An event was longer than {@link EVENT_CHARACTERS} and was dropped.
   *
   * @param head how it began: its name and the start of its data.
   */
  onTooLong?: (head: string) => void
}

/** So much of a dropped event is kept: what it is stands at its beginning. */
export const HEAD_CHARACTERS = 512

/** Reads server-sent events from text that comes in pieces. */
export class EventStream {
  readonly #parser: ReturnType<typeof createParser>
  #isTooLong = false
  /** How the event began that is being read. */
  #head = ''

  constructor({ onEvent, onTooLong }: EventStreamOptions) {
    this.#parser = createParser({
      maxBufferSize: EVENT_CHARACTERS,
      onEvent: ({ data, event }) => onEvent(data, event),
      onError: ({ type }) => {
        if (type !== 'max-buffer-size-exceeded') return
        this.#isTooLong = true
        onTooLong?.(this.#head)
      },
    })
  }

  push(text: string): void {
    this.#keepHead(text)
    this.#parser.feed(text)
    if (!this.#isTooLong) return
    // The rest of that event is read as a line with an unknown field, and the next one as usual.
    this.#isTooLong = false
    this.#parser.reset()
  }

  #keepHead(text: string): void {
    if (text.endsWith('\n\n')) {
      this.#head = ''
      return
    }
    const begun = Math.max(text.lastIndexOf('\n\n'), text.lastIndexOf('\n\r\n'))
    if (begun >= 0) this.#head = text.slice(begun, begun + HEAD_CHARACTERS)
    else if (this.#head.length < HEAD_CHARACTERS)
      this.#head += text.slice(0, HEAD_CHARACTERS - this.#head.length)
  }
}
