import {
  bytesOf,
  type ChunkRecord,
  type Content,
  type MessageRecord,
  MissingBytes,
  SESSION_FILES,
} from '@tacho/format'
import { microsOfIso } from './micros.js'
import type { IndexedExchange, RawIndex } from './raw-index.js'
import { rawRecordOf } from './raw-record-of.js'
import { readLog } from './read-log.js'
import { ReaderError } from './reader-error.js'
import { requestBody } from './request-body.js'

/** A message sent over a WebSocket. */
export type ConnectionMessage = {
  /** Microseconds since 1970; 0 if its exchange has no valid time. */
  at: number
  from: MessageRecord['from']
  type: MessageRecord['type']
  /** For a close frame. */
  code?: number
  /**
   * The exchange that it belongs to, as the request or as part of the answer; absent if there is
   * none.
   */
  exchange?: IndexedExchange
  /**
   * Returns its content.
   *
   * @throws ReaderError `missing-bytes` if that was not kept, or is damaged.
   */
  read(): Uint8Array
}

/**
 * Returns the connection of an exchange if the log has both; undefined for exchanges over HTTP. Ids
 * come from a file, so only a connection counts that began earlier and had not ended.
 */
export function connectionOf(
  index: RawIndex,
  { connection: id, from, number }: IndexedExchange,
): IndexedExchange | undefined {
  const connection = id === undefined ? undefined : index.byId.get(id)
  if (connection === undefined || !connection.isConnection) return undefined
  if (connection.number === 0 || connection.number >= number) return undefined
  const { to } = connection
  const isOver = to !== undefined && (from.file !== connection.from.file || from.byte >= to)
  return isOver ? undefined : connection
}

/** Reads the messages of a WebSocket in both directions, in order, on demand. */
export function* connectionMessages(
  folder: string,
  index: RawIndex,
  connection: IndexedExchange,
): Generator<ConnectionMessage> {
  const { id, from, to } = connection
  const range = { from, ...(to !== undefined && { to }) }
  const open = new Map<string, Open>()
  let number = connection.number - 1
  for (const { value } of readLog(folder, SESSION_FILES.raw, () => undefined, range)) {
    const record = rawRecordOf(value)
    if (typeof record === 'string' || record.kind === 'gap') continue
    if (record.kind === 'exchange') {
      number += 1
      const exchange = index.exchanges[number - 1]
      const isHere = record.exchange === id || record.connection === id
      if (!isHere || exchange === undefined) continue
      open.set(record.exchange, { exchange, startedAt: microsOfIso(record.time) ?? 0, chunks: [] })
      continue
    }
    const owner = open.get(record.kind === 'message' ? record.connection : record.exchange)
    if (owner === undefined) continue
    if (record.kind === 'message') {
      yield messageOf(owner, record)
    } else if (owner.exchange.id !== id) {
      if (record.kind === 'request-body') {
        const { exchange } = owner
        const read = () => requestBody(folder, index, exchange)
        yield { at: timeOf(owner, record.at), from: 'agent', type: 'text', exchange, read }
      } else if (record.kind === 'chunk') {
        if (!record.continued) yield* answered(owner)
        owner.chunks.push(record)
      } else if (record.kind === 'end') {
        yield* answered(owner)
        open.delete(record.exchange)
      }
    }
  }
  for (const owner of open.values()) yield* answered(owner)
}

/** An exchange that has not ended, and the records of the message that may still continue. */
type Open = { exchange: IndexedExchange; startedAt: number; chunks: ChunkRecord[] }

function messageOf(connection: Open, record: MessageRecord): ConnectionMessage {
  const { from, type, code, content } = record
  return {
    at: timeOf(connection, record.at),
    from,
    type,
    ...(code !== undefined && { code }),
    read: () => kept(content),
  }
}

function* answered(owner: Open): Generator<ConnectionMessage> {
  const chunks = owner.chunks.splice(0)
  const [first] = chunks
  if (first === undefined) return
  const read = (): Uint8Array => {
    const bytes = Buffer.concat(chunks.map(({ content }) => kept(content)))
    // The newline was added by the log.
    return bytes.at(-1) === NEWLINE ? bytes.subarray(0, -1) : bytes
  }
  const { exchange } = owner
  yield { at: timeOf(owner, first.at), from: 'upstream', type: 'text', exchange, read }
}

const NEWLINE = 10

function timeOf({ startedAt }: Open, at: number): number {
  return startedAt === 0 ? 0 : startedAt + at
}

function kept(content: Content): Uint8Array {
  try {
    return bytesOf(content)
  } catch (cause) {
    if (!(cause instanceof MissingBytes)) throw cause
    throw new ReaderError('missing-bytes', `A message is not whole: ${cause.message}.`, { cause })
  }
}
