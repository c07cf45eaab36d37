import { replyOf, responsesEvents, type Spoken } from '../scripted-model/index.js'

/** The events of an answer as JSON: one per WebSocket message. */
export function messagesOf(spoken: Spoken, key = '1'): string[] {
  const reply = { ...replyOf(spoken, key, { model: 'gpt-5.5' }), createdAt: 1_800_000_000 }
  return Array.from(responsesEvents(reply), ({ json }) => json)
}

/** An answer as server-sent events, one string each. */
export function eventsOf(spoken: Spoken, key = '1'): string[] {
  return messagesOf(spoken, key).map((json) => {
    return `event: ${(JSON.parse(json) as { type: string }).type}\ndata: ${json}\n\n`
  })
}

/** A complete short answer as server-sent events. */
export const HELLO = eventsOf({ text: 'Hello.', deltas: 2 }).join('')

/** The head of an answer; lines are given without their ends. */
export function head(status: string, ...lines: string[]): string {
  return `HTTP/1.1 ${status}\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`
}

export const SSE = 'content-type: text/event-stream'
export const JSON_TYPE = 'content-type: application/json'
export const CHUNKED = 'transfer-encoding: chunked'

/** One chunk of a chunked body. */
export function chunk(body: string | Uint8Array): Buffer {
  const bytes = Buffer.from(body)
  return Buffer.concat([
    Buffer.from(`${bytes.length.toString(16)}\r\n`),
    bytes,
    Buffer.from('\r\n'),
  ])
}

export const LAST_CHUNK = '0\r\n\r\n'

/** A complete answer with a Content-Length. */
export function sized(status: string, body: string | Uint8Array, ...lines: string[]): Buffer {
  const bytes = Buffer.from(body)
  return Buffer.concat([
    Buffer.from(head(status, ...lines, `content-length: ${bytes.length}`)),
    bytes,
  ])
}

/** The short answer in its usual form: chunked, with one chunk per event. */
export const SAYS_HELLO: readonly Uint8Array[] = [
  Buffer.concat([
    Buffer.from(head('200 OK', SSE, CHUNKED)),
    ...eventsOf({ text: 'Hello.', deltas: 2 }).map(chunk),
    Buffer.from(LAST_CHUNK),
  ]),
]

/** The API's error object, as a body. */
export function errorBody(message: string, code = 'scripted'): string {
  return JSON.stringify({ error: { message, type: 'scripted_error', param: null, code } })
}

/** Bytes in pieces of a given size. */
export function cut(bytes: Buffer, size: number): Buffer[] {
  const count = Math.ceil(bytes.length / size)
  return Array.from({ length: count }, (_, at) => bytes.subarray(at * size, (at + 1) * size))
}
