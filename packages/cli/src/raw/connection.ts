import {
  type ConnectionMessage,
  connectionMessages,
  type IndexedExchange,
  ReaderError,
} from '@tacho/reader'
import { write } from '../output.js'
import { printable, printableBytes } from '../printable.js'
import { byteCount } from '../quantities.js'
import type { ChosenExchange } from './whole.js'

/**
 * Writes what was sent over a WebSocket, with the time since its upgrade request: a line for each
 * exchange, which `tacho raw` shows under its own number, and one for each message that belongs to
 * none.
 *
 * @param startedAt microseconds since 1970.
 * @throws ReaderError `missing-bytes` at the end, if a message was incomplete.
 */
export async function writeConnection(
  { folder, index, exchange: connection }: ChosenExchange,
  startedAt: number,
): Promise<void> {
  const missing: ReaderError[] = []
  for (const message of connectionMessages(folder, index, connection)) {
    const { at, from, exchange } = message
    if (exchange !== undefined && from === 'upstream') continue
    const time = `+${((at - startedAt) / 1_000_000).toFixed(3)}s`.padStart(10)
    const words = exchange === undefined ? messageWords(message, missing) : exchangeWords(exchange)
    await write(`${time}  ${from.padEnd(8)}  ${words}\n`)
  }
  const [first] = missing
  if (first !== undefined) throw first
}

function exchangeWords({ number, isPrewarm, state }: IndexedExchange): string {
  return `exchange ${number}${isPrewarm ? ', prewarm' : ''}: ${state ?? 'in flight'}`
}

function messageWords(message: ConnectionMessage, missing: ReaderError[]): string {
  const { type, code } = message
  const head = code === undefined ? printable(type) : `${printable(type)} ${code}`
  try {
    const bytes = message.read()
    const carried =
      bytes.length === 0 ? '' : `, ${byteCount(bytes.length)}: ${printableBytes(bytes)}`
    return head + carried
  } catch (error) {
    if (!(error instanceof ReaderError)) throw error
    missing.push(error)
    return `${head}, not kept`
  }
}
