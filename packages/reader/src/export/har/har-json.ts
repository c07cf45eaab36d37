import { spanName } from '@tacho/format'
import { connectionOf } from '../../connection-messages.js'
import { indexRawLog } from '../../index-raw-log.js'
import { type IndexedExchange, isReadEnough, type RawIndex } from '../../raw-index.js'
import { readSpans } from '../../read-spans.js'
import { bodyPieces, heldPieces } from './body-text.js'
import { harEntry } from './har-entry.js'
import { harMessages } from './har-messages.js'

/** Who made the file, and what of. */
export type HarSource = { folder: string; id: string; version: string }

/**
 * A session's exchanges as HTTP Archive 1.2, in pieces, with all bodies that are there. Memory holds
 * one request body, and one chunk of a response or one message, at a time.
 *
 * @param onExchange is told how many exchanges are done, of how many.
 * @param onPartial is told at the end, where the session is more than is read, and some are missing.
 */
export function* harJson(
  { folder, id, version }: HarSource,
  onExchange: (done: number, all: number) => void = () => undefined,
  onPartial: () => void = () => undefined,
): Generator<string> {
  const index = indexRawLog(folder, () => undefined)
  const spans = readSpans(folder, () => undefined, {
    wanted: (line) => line.includes(`"name":"${spanName('chat')}`),
  })
  const creator = { name: 'Tacho', version }
  yield `{"log":{"version":"1.2","creator":${JSON.stringify(creator)},"pages":[],"_session":${JSON.stringify(id)},"entries":[`
  let separator = '\n'
  for (const exchange of index.exchanges) {
    if (isReadEnough(index)) break
    // What went over a WebSocket stands with the connection, as DevTools have it.
    const isTold = connectionOf(index, exchange) !== undefined
    const made = isTold ? undefined : harEntry(folder, index, exchange, spans.get(exchange.id))
    if (made !== undefined) {
      const { entry, shape, sent } = made
      const { request, response, ...rest } = entry
      const { content, ...head } = response
      const { postData, ...asked } = request
      yield `${separator}${open(rest)},"request":${open(asked)}`
      if (postData !== undefined && sent !== undefined) {
        yield `,"postData":${open(postData)},"text":"`
        yield* heldPieces(sent, postData._encoding === undefined)
        yield '"}'
      }
      yield `},"response":${open(head)},"content":${open(content)}`
      if (!shape.isText) yield ',"encoding":"base64"'
      yield ',"text":"'
      yield* bodyPieces(folder, exchange, shape)
      yield '"}}'
      if (exchange.isConnection) yield* messagePieces(folder, index, exchange)
      yield '}'
      separator = ',\n'
    }
    onExchange(exchange.number, index.exchanges.length)
  }
  yield '\n]}}\n'
  if (isReadEnough(index)) onPartial()
}

function* messagePieces(
  folder: string,
  index: RawIndex,
  connection: IndexedExchange,
): Generator<string> {
  yield ',"_webSocketMessages":['
  let separator = '\n'
  for (const message of harMessages(folder, index, connection)) {
    yield separator + JSON.stringify(message)
    separator = ',\n'
  }
  yield ']'
}

// An object that is gone on with.
function open(value: object): string {
  return JSON.stringify(value).slice(0, -1)
}
