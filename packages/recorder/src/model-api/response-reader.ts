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
  readonly #parser = createParser({ onEvent: ({ data }) => this.#readEvent(data) })
  /** What has come of a body in one piece, or of an event that is not whole yet. */
  #held = ''

  constructor(api: ModelApi, contentType: string) {
    this.#api = api
    this.#isStream = contentType.includes('text/event-stream')
  }

  push(bytes: Uint8Array): void {
    const text = this.#decoder.decode(bytes, { stream: true })
    if (this.#isStream) this.#readBlocks(text)
    else if (this.#held.length + text.length <= JSON_BYTES) this.#held += text
  }

  end(): void {
    if (this.#isStream) return
    const body = objectOf(this.#held)
    if (body !== undefined) this.#api.readResponse(body, this.facts)
  }

  // Most events of a long answer are a few words of text: those are counted as they are, and only
  // the others are parsed.
  #readBlocks(text: string): void {
    const all = this.#held === '' ? text : this.#held + text
    let from = 0
    for (let to = all.indexOf('\n\n'); to >= 0; to = all.indexOf('\n\n', from)) {
      const { textEvent } = this.#api
      if (textEvent !== undefined && all.startsWith(textEvent, from)) this.#countText(all, from, to)
      else this.#parser.feed(all.slice(from, to + 2))
      from = to + 2
    }
    this.#held = all.slice(from)
    // Events with other line ends than \n never end in this loop.
    if (this.#held.includes('\r\n\r\n') || this.#held.length > JSON_BYTES) {
      this.#parser.feed(this.#held)
      this.#held = ''
    }
  }

  #countText(all: string, from: number, to: number): void {
    this.events += 1
    this.facts.textLength =
      (this.facts.textLength ?? 0) + stringLengthAt(all, '"delta":"', from, to)
  }

  #readEvent(data: string): void {
    this.events += 1
    const event = objectOf(data)
    if (event !== undefined) this.#api.readEvent(event, this.facts)
  }
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const SMALL_U = 0x75

/** How many UTF-16 units the JSON string has that follows a key; 0 where the key is not there. */
function stringLengthAt(json: string, key: string, from: number, to: number): number {
  const start = json.indexOf(key, from)
  if (start < 0 || start > to) return 0
  let length = 0
  for (let at = start + key.length; at < json.length; at += 1) {
    const unit = json.charCodeAt(at)
    if (unit === QUOTE) break
    // An escape is one unit, of two characters or of six.
    if (unit === BACKSLASH) at += json.charCodeAt(at + 1) === SMALL_U ? 5 : 1
    length += 1
  }
  return length
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
