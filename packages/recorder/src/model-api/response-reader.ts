import { createParser } from 'eventsource-parser'
import type { Json, ModelApi, ResponseFacts } from './model-api.js'

/** A JSON response larger than this is not read for its facts; usage stands in small ones. */
const JSON_BYTES = 4 * 1024 * 1024

/** Reads a model's response as it arrives, for what the `chat` span says of it. */
export class ResponseReader {
  readonly facts: ResponseFacts = {}
  /** Events of a streamed response that have arrived. */
  events = 0
  readonly #api: ModelApi
  readonly #isStream: boolean
  readonly #decoder = new TextDecoder()
  readonly #parser = createParser({ onEvent: (event) => this.#readEvent(event.data) })
  #json = ''

  constructor(api: ModelApi, contentType: string) {
    this.#api = api
    this.#isStream = contentType.includes('text/event-stream')
  }

  push(bytes: Uint8Array): void {
    const text = this.#decoder.decode(bytes, { stream: true })
    if (this.#isStream) this.#parser.feed(text)
    else if (this.#json.length + text.length <= JSON_BYTES) this.#json += text
  }

  end(): void {
    if (this.#isStream) return
    const body = objectOf(this.#json)
    if (body !== undefined) this.#api.readResponse(body, this.facts)
  }

  #readEvent(data: string): void {
    this.events += 1
    const event = objectOf(data)
    if (event !== undefined) this.#api.readEvent(event, this.facts)
  }
}

/** The JSON object that a text is, or nothing: Chat Completions ends with `[DONE]`. */
export function objectOf(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Json) : undefined
  } catch {
    return undefined
  }
}
