import { indexRawLog } from '../../raw-index.js'
import { bodyPieces } from './body-text.js'
import { harEntry } from './har-entry.js'

/** Who made the file, and what of. */
export type HarSource = { folder: string; id: string; version: string }

/**
 * A session's exchanges as HTTP Archive 1.2, in pieces, with all bodies that are there. Memory holds
 * one request body and one chunk of a response at a time.
 *
 * @param onExchange is told how many exchanges are done, of how many.
 */
export function* harJson(
  { folder, id, version }: HarSource,
  onExchange: (done: number, all: number) => void = () => undefined,
): Generator<string> {
  const index = indexRawLog(folder, () => undefined)
  const creator = { name: 'Tacho', version }
  yield `{"log":{"version":"1.2","creator":${JSON.stringify(creator)},"pages":[],"_session":${JSON.stringify(id)},"entries":[`
  let separator = '\n'
  for (const exchange of index.exchanges) {
    const made = harEntry(folder, index, exchange)
    if (made !== undefined) {
      const { entry, shape } = made
      const { response, ...rest } = entry
      const { content, ...head } = response
      yield `${separator}${open(rest)},"response":${open(head)},"content":${open(content)}`
      if (!shape.isText) yield ',"encoding":"base64"'
      yield ',"text":"'
      yield* bodyPieces(folder, exchange, shape)
      yield '"}}}'
      separator = ',\n'
    }
    onExchange(exchange.number, index.exchanges.length)
  }
  yield '\n]}}\n'
}

// An object that is gone on with.
function open(value: object): string {
  return JSON.stringify(value).slice(0, -1)
}
