import { StringDecoder } from 'node:string_decoder'
import { createParser } from 'eventsource-parser'
import { LastBytes } from './last-bytes.js'
import type { Json, ModelApi, ResponseFacts } from './model-api.js'

/** Of an answer this much is read; of a longer one, its end. */
const READ_BYTES = 4 * 1024 * 1024
const END_BYTES = 64 * 1024

/** Reads a model's response as it arrives, for what the `chat` span says of it. */
export class ResponseReader {
  readonly facts: ResponseFacts = {}
  /** Events of a streamed response that have arrived; nothing where they were too many to count. */
  events: number | undefined = 0
  #length = 0
  /** The end of an answer that is too long to be read whole. */
  #end: LastBytes | undefined
  readonly #api: ModelApi
  readonly #isStream: boolean
  // A TextDecoder that streams takes eight times as long for 35 KB.
  readonly #decoder = new StringDecoder('utf8')
  readonly #parser = createParser({ onEvent: ({ data }) => this.#readEvent(data) })
  /** What has come of a body in one piece, or of an event that is not whole yet. */
  #held = ''

  constructor(api: ModelApi, contentType: string) {
    this.#api = api
    this.#isStream = contentType.includes('text/event-stream')
  }

  push(bytes: Uint8Array): void {
    this.#length += bytes.length
    if (this.#length <= READ_BYTES) this.#read(bytes)
    else {
      this.#end ??= new LastBytes(END_BYTES)
      this.#end.push(bytes)
    }
  }

  /** An event that came as a message of its own. */
  message(text: string): void {
    if (this.events !== undefined) this.events += 1
    const event = text.length > READ_BYTES ? undefined : objectOf(text)
    if (event !== undefined) this.#api.readEvent(event, this.facts)
  }

  end(): void {
    if (this.#end !== undefined) this.#readEnd(this.#end.take())
    if (this.#isStream) return
    const body = objectOf(this.#held)
    if (body !== undefined) this.#api.readResponse(body, this.facts)
  }

  #read(bytes: Uint8Array): void {
    const text = this.#decoder.write(bytes)
    if (this.#isStream) this.#readBlocks(text)
    else this.#held += text
  }

  // What such an answer says of itself stands in its last event; how many there were is not known.
  #readEnd(end: Uint8Array): void {
    this.events = undefined
    delete this.facts.textLength
    this.#held = ''
    if (this.#isStream) this.#readBlocks(new TextDecoder().decode(end))
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
    if (this.#held.includes('\r\n\r\n')) {
      this.#parser.feed(this.#held)
      this.#held = ''
    }
  }

  #countText(all: string, from: number, to: number): void {
    if (this.events !== undefined) this.events += 1
    this.facts.textLength =
      (this.facts.textLength ?? 0) + stringLengthAt(all, '"delta":"', from, to)
  }

  #readEvent(data: string): void {
    if (this.events !== undefined) this.events += 1
    const event = objectOf(data)
    if (event !== undefined) this.#api.readEvent(event, this.facts)
  }
}

const SMALL_U = 0x75

/** How many UTF-16 units the JSON string has that follows a key; 0 where the key is not there. */
function stringLengthAt(json: string, key: string, from: number, to: number): number {
  const place = json.indexOf(key, from)
  if (place < 0 || place > to) return 0
  // A view, so that no search goes beyond it; and none goes twice over the same place.
  const text = json.slice(place + key.length, to)
  let [start, length] = [0, 0]
  let [quote, escaped] = [placeOf(text, '"', 0), placeOf(text, '\\', 0)]
  while (escaped < quote) {
    length += escaped - start + 1
    // An escape is one unit, of two characters or of six.
    start = escaped + (text.charCodeAt(escaped + 1) === SMALL_U ? 6 : 2)
    escaped = placeOf(text, '\\', start)
    if (quote < start) quote = placeOf(text, '"', start)
  }
  return length + Math.max(0, quote - start)
}

function placeOf(text: string, character: string, from: number): number {
  const at = text.indexOf(character, from)
  return at < 0 ? text.length : at
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
