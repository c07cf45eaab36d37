import type { ModelApi } from './api.js'
import type { Reply } from './reply.js'
import type { Answer } from './script.js'

/** An answer as it goes on the wire, before delays, cuts, compression and faults. */
export type Rendered = {
  status: number
  headers: Record<string, string | string[]>
  /** Generated while they are sent, so that a long answer is never complete in memory. */
  events: Iterable<Buffer>
}

/** The head and the events of an answer. */
export function render(answer: Answer, reply: Reply, api: ModelApi, streams: boolean): Rendered {
  const status = answer.status ?? 200
  const { type, events } = body(answer, reply, api, streams, status)
  const length =
    type === 'text/event-stream' || answer.gzip
      ? {}
      : { 'content-length': String(lengthOf(events)) }
  return {
    status,
    headers: {
      'content-type': type,
      ...length,
      ...(answer.gzip && { 'content-encoding': 'gzip' }),
      ...lowerCased(answer.headers ?? {}),
    },
    events: buffers(events),
  }
}

type Body = { type: string; events: Iterable<string | Uint8Array> }

function body(answer: Answer, reply: Reply, api: ModelApi, streams: boolean, status: number): Body {
  if (answer.events !== undefined) return { type: 'text/event-stream', events: answer.events }
  if (answer.body !== undefined) return { type: 'application/json', events: [answer.body] }
  if (status >= 400) {
    return json(api.error(status, `The scripted model answers ${status}.`))
  }
  if (streams) return { type: 'text/event-stream', events: api.events(reply) }
  return json(api.whole(reply))
}

/** An answer of one JSON object, outside the script. */
export function renderJson(status: number, value: object): Rendered {
  const { type, events } = json(value)
  const length = String(lengthOf(events))
  return {
    status,
    headers: { 'content-type': type, 'content-length': length },
    events: buffers(events),
  }
}

function json(value: object): Body {
  return { type: 'application/json', events: [JSON.stringify(value)] }
}

function lengthOf(events: Iterable<string | Uint8Array>): number {
  let bytes = 0
  for (const event of events) bytes += Buffer.byteLength(event)
  return bytes
}

function lowerCased(headers: Record<string, string | string[]>): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  )
}

function* buffers(events: Iterable<string | Uint8Array>): Iterable<Buffer> {
  for (const event of events) yield Buffer.from(event)
}
