import { type MessageRecord, textOf } from '@tacho/format'
import { type ConnectionMessage, connectionMessages } from '../../connection-messages.js'
import type { IndexedExchange, RawIndex } from '../../raw-index.js'
import { ReaderError } from '../../reader-error.js'
import type { HarMessage } from './har-types.js'

/** Yields the messages of a WebSocket, each made on demand. */
export function* harMessages(
  folder: string,
  index: RawIndex,
  connection: IndexedExchange,
): Generator<HarMessage> {
  for (const message of connectionMessages(folder, index, connection)) {
    const { from, at, type, code, exchange } = message
    yield {
      type: from === 'agent' ? 'send' : 'receive',
      time: at / 1_000_000,
      opcode: OPCODES.get(type) ?? TEXT,
      ...contentOf(message),
      ...(exchange !== undefined && { _exchange: exchange.id, _number: exchange.number }),
      ...(code !== undefined && { _code: code }),
    }
  }
}

const TEXT = 1

// https://www.rfc-editor.org/rfc/rfc6455#section-11.8
const OPCODES = new Map<string, number>([
  ['text', TEXT],
  ['binary', 2],
  ['close', 8],
  ['ping', 9],
  ['pong', 10],
] satisfies [MessageRecord['type'], number][])

// Binary messages are always base64 in DevTools' files; others only if they are not text.
function contentOf(message: ConnectionMessage): Pick<HarMessage, 'data' | '_missing'> {
  try {
    const bytes = message.read()
    const text = message.type === 'binary' ? undefined : textOf(bytes)
    return { data: text ?? Buffer.from(bytes).toString('base64') }
  } catch (cause) {
    if (!(cause instanceof ReaderError)) throw cause
    return { data: '', _missing: cause.message }
  }
}
