import type { BodyLength } from '../../../../../packages/launcher/dist/taps/http/wire/body-length.js'
import {
  requestBodyLength,
  responseBodyLength,
} from '../../../../../packages/launcher/dist/taps/http/wire/body-length.js'
import {
  type RequestHead,
  type ResponseHead,
  readRequestHead,
  readResponseHead,
} from '../../../../../packages/launcher/dist/taps/http/wire/message-head.js'
import { MessageReader } from '../../../../../packages/launcher/dist/taps/http/wire/message-reader.js'

/**
 * What a reader reported for some bytes: contents joined, so that it does not matter how they
 * arrived.
 */
export type Told = {
  messages: { head: string; content: string; trailers?: [string, string][] }[]
  opaque: string
  reason?: string
  /** All bytes that it reported, including framing, in order. */
  wire: string
}

const HEAD_BYTES = 64 * 1024

export function toldRequests(pieces: readonly Buffer[]): Told {
  return told(pieces, readRequestHead, requestBodyLength, (head: RequestHead) =>
    [head.method, head.target, head.version].join(' '),
  )
}

/** @param method of the requests that these answer. */
export function toldResponses(pieces: readonly Buffer[], method = 'GET'): Told {
  return told(
    pieces,
    readResponseHead,
    (head) => responseBodyLength(head, method),
    (head: ResponseHead) => [head.status, head.statusText].join(' '),
  )
}

function told<Head>(
  pieces: readonly Buffer[],
  read: (text: string) => Head | undefined,
  lengthOf: (head: Head) => BodyLength,
  shown: (head: Head) => string,
): Told {
  const all: Told = { messages: [], opaque: '', wire: '' }
  const wire = (bytes: Buffer) => {
    all.wire += bytes.toString('latin1')
  }
  const reader = new MessageReader<Head>(read, HEAD_BYTES, {
    head(head, bytes) {
      wire(bytes)
      all.messages.push({ head: shown(head), content: '' })
      return lengthOf(head)
    },
    body(bytes, content) {
      wire(bytes)
      const message = all.messages.at(-1)
      if (message !== undefined)
        message.content += content.map((part) => part.toString('latin1')).join('')
    },
    end(trailers) {
      const message = all.messages.at(-1)
      if (message !== undefined) message.trailers = trailers
    },
    opaque(bytes, reason) {
      wire(bytes)
      all.opaque += bytes.toString('latin1')
      if (reason !== undefined) all.reason = reason
    },
  })
  for (const piece of pieces) reader.push(piece)
  reader.end()
  return all
}
