import { bytesOfBase64 } from '@tacho/format'
import { objectOf, textAt } from './json.js'
import { EVENT_CHARACTERS } from './limits.js'

export type AwsEventStreamOptions = {
  /** Is given the JSON of each event of the model's. */
  onEvent: (data: string) => void
  /** What comes is no such stream, or a message of it is too long: nothing more is read. */
  onBroken: (why: string) => void
}

/**
 * Events out of AWS's binary event stream (`application/vnd.amazon.eventstream`), as Amazon Bedrock
 * sends those of a model's: each message has a length, headers, and a payload, here JSON with the event
 * in base64. Checksums are not compared: where a secret was replaced, they are not true any more.
 *
 * Source: docs.aws.amazon.com/transcribe/latest/dg/event-stream.html
 */
export class AwsEventStream {
  readonly #options: AwsEventStreamOptions
  /** The beginning of a message whose end has not come, and how much of it is needed. */
  #held: Uint8Array[] = []
  #bytes = 0
  #needed = PRELUDE_BYTES
  #isBroken = false

  constructor(options: AwsEventStreamOptions) {
    this.#options = options
  }

  push(bytes: Uint8Array): void {
    if (this.#isBroken || bytes.length === 0) return
    // A copy, because the bytes belong to who gave them.
    this.#held.push(bytes.slice())
    this.#bytes += bytes.length
    // What comes in small pieces is joined once a whole message is there.
    if (this.#bytes < this.#needed) return
    this.#rest(joined(this.#held, this.#bytes))
    for (let length = this.#next(); length !== undefined; length = this.#next()) {
      const [message = new Uint8Array()] = this.#held
      this.#rest(message.subarray(length))
      this.#read(message.subarray(0, length - CHECKSUM_BYTES))
    }
  }

  /** How long the message is that is held whole; nothing where its end has not come. */
  #next(): number | undefined {
    const [all = new Uint8Array()] = this.#held
    this.#needed = PRELUDE_BYTES
    if (all.length < PRELUDE_BYTES) return undefined
    const length = numberIn(all, 0)
    if (length < numberIn(all, 4) + OVERHEAD_BYTES) this.#break('it is no event stream of AWS')
    else if (length > EVENT_CHARACTERS) this.#break('a message of it is too long')
    else if (all.length >= length) return length
    this.#needed = length
    return undefined
  }

  #rest(bytes: Uint8Array): void {
    this.#held = [bytes]
    this.#bytes = bytes.length
  }

  #read(message: Uint8Array): void {
    const body = PRELUDE_BYTES + numberIn(message, 4)
    const headers = headersOf(message.subarray(PRELUDE_BYTES, body))
    const payload = decoder.decode(message.subarray(body))
    const { ':exception-type': exception, ':error-code': code, ':error-message': words } = headers
    const type = exception ?? code
    if (type !== undefined) {
      const message = textAt(objectOf(payload) ?? {}, 'message') ?? words
      this.#options.onEvent(JSON.stringify({ type: 'error', error: { type, message } }))
      return
    }
    const bytes = textAt(objectOf(payload) ?? {}, 'bytes')
    if (bytes !== undefined) this.#options.onEvent(textIn(bytes))
  }

  #break(why: string): void {
    this.#isBroken = true
    this.#held = []
    this.#options.onBroken(why)
  }
}

/** Whether an answer comes so, as its head says. */
export function isAwsEventStream(contentType: string | undefined): boolean {
  return /^\s*application\/vnd\.amazon\.eventstream\s*(?:;|$)/i.test(contentType ?? '')
}

/** What is no base64 is no event either, and whoever reads it finds that out. */
function textIn(base64: string): string {
  try {
    return decoder.decode(bytesOfBase64(base64))
  } catch {
    return base64
  }
}

function numberIn(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(at)
}

/** The two lengths, and their checksum. */
const PRELUDE_BYTES = 12
const CHECKSUM_BYTES = 4
const OVERHEAD_BYTES = PRELUDE_BYTES + CHECKSUM_BYTES

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** How many bytes a header's value has, by its type; those of a text and of bytes say it themselves. */
const VALUE_BYTES = [0, 0, 1, 2, 4, 8, undefined, undefined, 8, 16]
const TEXT = 7

/** Those that are texts. */
function headersOf(bytes: Uint8Array): Record<string, string> {
  const headers: Record<string, string> = Object.create(null)
  let at = 0
  const take = (length: number) => {
    at += length
    return bytes.subarray(at - length, at)
  }
  while (at < bytes.length) {
    const name = decoder.decode(take(take(1)[0] ?? 0))
    const type = take(1)[0] ?? 0
    const fixed = VALUE_BYTES[type]
    const [high = 0, low = 0] = fixed === undefined ? take(2) : []
    const value = take(fixed ?? high * 256 + low)
    if (type === TEXT) headers[name] = decoder.decode(value)
  }
  return headers
}

function joined(parts: readonly Uint8Array[], bytes: number): Uint8Array {
  const [first] = parts
  if (parts.length === 1 && first !== undefined) return first
  const all = new Uint8Array(bytes)
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
