import type { Content, EndRecord, MessageRecord, RawRecord, WebSocketEnd } from '@tacho/format'
import { exchangeRecords, TURN } from './session-folder.js'

export const CONNECTION = 'c0c0c0c0c0c0c0c0'
export const PREWARM = 'aaaaaaaaaaaaaaa1'
export const ASKED = 'aaaaaaaaaaaaaaa2'
export const CONTINUED = 'aaaaaaaaaaaaaaa3'

const URL = 'http://127.0.0.1:4000/v1/responses'

/** Without `webSocket`, the connection is still open. */
export type UpgradeParts = { id?: string; start?: number; webSocket?: WebSocketEnd }

/** The records of a WebSocket's upgrade, and those of its end. */
export function upgrade(parts: UpgradeParts = {}): { begin: RawRecord[]; end: RawRecord[] } {
  const { id = CONNECTION, start = 50, webSocket } = parts
  const records = exchangeRecords({ id, start, method: 'GET', request: '', url: URL, status: 101 })
  const begin = records.filter(({ kind }) => kind !== 'end')
  const end = records.filter(({ kind }) => kind === 'end')
  if (webSocket === undefined) return { begin, end: [] }
  return { begin, end: end.map((record) => ({ ...record, webSocket }) as EndRecord) }
}

export type AskedParts = {
  id: string
  connection?: string
  /** Milliseconds after the session's start. */
  start?: number
  /** An object is written as its JSON. */
  message: object | Content
  /** The same for each event of the answer. */
  events?: (object | string)[]
  /** `in-flight`: no end is written. */
  state?: EndRecord['state'] | 'in-flight'
  error?: EndRecord['error']
  isPrewarm?: boolean
}

/** The records of an exchange over a WebSocket. */
export function asked(parts: AskedParts): RawRecord[] {
  const { connection = CONNECTION, start = 100, message, events = [], state, error } = parts
  const records = exchangeRecords({
    id: parts.id,
    start,
    method: 'GET',
    url: URL,
    headers: [],
    request:
      Array.isArray(message) || typeof message === 'string' ? message : JSON.stringify(message),
    // A message that was not kept has a checksum that matches nothing at hand.
    ...(Array.isArray(message) && { requestBytes: Buffer.from('not kept') }),
    status: 0,
    chunks: events.map((event) => `${typeof event === 'string' ? event : JSON.stringify(event)}\n`),
    turnId: TURN,
    ...(state !== undefined && { state }),
    ...(error !== undefined && { error }),
  })
  return records.map((record) =>
    record.kind !== 'exchange'
      ? record
      : {
          ...record,
          transport: 'websocket' as const,
          connection,
          ...(parts.isPrewarm && { prewarm: true as const }),
        },
  )
}

/** A WebSocket message that belongs to no exchange. */
export function message(parts: Partial<MessageRecord> = {}): MessageRecord {
  return {
    kind: 'message',
    connection: CONNECTION,
    at: 60_000,
    from: 'upstream',
    type: 'ping',
    content: 'here?',
    ...parts,
  }
}

/** The events of a Responses API answer with these items. */
export function answer(id: string, items: object[] = [], end = 'response.completed'): object[] {
  return [
    { type: 'response.created', response: { id, status: 'in_progress', output: [] } },
    ...items.map((item, index) => ({
      type: 'response.output_item.done',
      output_index: index,
      item,
    })),
    { type: end, response: { id, status: end.slice(9), output: items } },
  ]
}

export const CALL = { type: 'function_call', call_id: 'call_1', name: 'exec_command' }
export const OUTPUT = { type: 'function_call_output', call_id: 'call_1', output: 'three files' }
export const SAID = { type: 'message', role: 'assistant', content: [] }

/** A turn over Codex's own provider: an upgrade, a prewarm, a request and one that continues it. */
export function webSocketSession(): RawRecord[] {
  const { begin, end } = upgrade({ webSocket: { closedBy: 'agent', sent: 3, received: 7 } })
  return [
    ...begin,
    ...asked({
      id: PREWARM,
      message: { type: 'response.create', model: 'gpt-5.1', generate: false, input: [] },
      events: answer('resp_1'),
      isPrewarm: true,
    }),
    message(),
    message({ from: 'agent', type: 'pong', at: 61_000 }),
    ...asked({
      id: ASKED,
      start: 1300,
      message: {
        type: 'response.create',
        model: 'gpt-5.1',
        previous_response_id: 'resp_1',
        instructions: 'You fix.',
        tools: [{ name: 'exec_command' }],
        input: [{ role: 'user', content: 'fix it' }],
      },
      events: answer('resp_2', [CALL]),
    }),
    ...asked({
      id: CONTINUED,
      start: 2500,
      message: {
        type: 'response.create',
        model: 'gpt-5.1',
        previous_response_id: 'resp_2',
        input: [OUTPUT],
      },
      events: answer('resp_3', [SAID]),
    }),
    ...end,
  ]
}

/** The manifest's counts of {@link webSocketSession}. */
export const WEB_SOCKET_RUN = {
  exchanges: { completed: 3, cancelled: 0, failed: 0, connections: 1, prewarms: 1 },
}
