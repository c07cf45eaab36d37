import { spanName } from '@tacho/format'
import { connectionOf } from '../../connection-messages.js'
import { indexRawLog } from '../../index-raw-log.js'
import { type IndexedExchange, isReadEnough, type RawIndex } from '../../raw-index.js'
import { readSpans } from '../../read-spans.js'
import { bodyPieces, heldPieces } from './body-text.js'
import { harEntry } from './har-entry.js'
import { harMessages } from './har-messages.js'

/** What made the file, and from which session. */
export type HarSource = { folder: string; id: string; version: string }

/**
 * Yields a session's exchanges as HTTP Archive 1.2, with all bodies that exist. Memory holds one
 * request body, and one chunk of a response or one message, at a time.
 *
 * @param onExchange receives how many exchanges are done, and of how many.
 * @param onPartial called at the end if the session exceeds a limit and exchanges are missing.
 */
export function* harJson(
  { folder, id, version }: HarSource,
  onExchange: (done: number, all: number) => void = () => undefined,
  onPartial: () => void = () => undefined,
): Generator<string> {
  const index = indexRawLog(folder, () => undefined)
  const spans = readSpans(folder, () => undefined, {
    containing: `"name":"${spanName('chat')}`,
  })
  const creator = { name: 'Tacho', version }
  yield `{"log":{"version":"1.2","creator":${JSON.stringify(creator)},"pages":[],"_session":${JSON.stringify(id)},"entries":[`
  let separator = '\n'
  for (const exchange of index.exchanges) {
    if (isReadEnough(index)) break
    // What was sent over a WebSocket belongs to its connection, as in DevTools.
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

// Starts an object to which more is added.
function open(value: object): string {
  return JSON.stringify(value).slice(0, -1)
}
