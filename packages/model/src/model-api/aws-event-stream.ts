import { bytesOfBase64 } from '@tacho/format'
import { objectOf, textAt } from './json.js'
import { EVENT_CHARACTERS } from './limits.js'

export type AwsEventStreamOptions = {
  /** Receives the JSON of each of the model's events. */
  onEvent: (data: string) => void
  /** This is not such a stream, or a message is too long: reading stops. */
  onBroken: (why: string) => void
}

/**
 * Reads events from AWS's binary event stream (`application/vnd.amazon.eventstream`), as Amazon
 * Bedrock sends them: each message has a length, headers, and a payload, here JSON with the event
 * in base64. Checksums are not verified, because replacing a secret invalidates them.
 *
 * Source: docs.aws.amazon.com/transcribe/latest/dg/event-stream.html
 */
export class AwsEventStream {
  readonly #options: AwsEventStreamOptions
  /** The start of a message whose end has not come, and how much of it is needed. */
  #held: Uint8Array[] = []
  #bytes = 0
  #needed = PRELUDE_BYTES
  #isBroken = false

  constructor(options: AwsEventStreamOptions) {
    this.#options = options
  }

  push(bytes: Uint8Array): void {
    if (this.#isBroken || bytes.length === 0) return
    // Copied, because the bytes belong to the caller. A Buffer's own `slice` would not copy them.
    this.#held.push(new Uint8Array(bytes))
    this.#bytes += bytes.length
    // Small pieces are joined once a whole message is there.
    if (this.#bytes < this.#needed) return
    this.#rest(joined(this.#held, this.#bytes))
    for (let length = this.#next(); length !== undefined; length = this.#next()) {
      const [message = new Uint8Array()] = this.#held
      this.#rest(message.subarray(length))
      this.#read(message.subarray(0, length - CHECKSUM_BYTES))
    }
  }

  /** Returns the length of the next message if it is held whole. */
  #next(): number | undefined {
    const [all = new Uint8Array()] = this.#held
    this.#needed = PRELUDE_BYTES
    if (all.length < PRELUDE_BYTES) return undefined
    const length = numberIn(all, 0)
    if (length < numberIn(all, 4) + OVERHEAD_BYTES) this.#break('it is not an AWS event stream')
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

/** Returns whether the head announces this kind of stream. */
export function isAwsEventStream(contentType: string | undefined): boolean {
  return /^\s*application\/vnd\.amazon\.eventstream\s*(?:;|$)/i.test(contentType ?? '')
}

/** Invalid base64 is not an event either; whoever parses it will notice. */
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

/** Both lengths, and their checksum. */
const PRELUDE_BYTES = 12
const CHECKSUM_BYTES = 4
const OVERHEAD_BYTES = PRELUDE_BYTES + CHECKSUM_BYTES

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** The size of a header's value, by its type; strings and byte arrays carry their own length. */
const VALUE_BYTES = [0, 0, 1, 2, 4, 8, undefined, undefined, 8, 16]
const TEXT = 7

/** Returns the headers that are strings. */
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
