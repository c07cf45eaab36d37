import { indexRawLog } from '../../raw-index.js'
import type { Session } from '../../read-session.js'
import { harEntry } from './har-entry.js'

/**
 * A session as an HTTP Archive 1.2 (http://www.softwareishard.com/blog/har-12-spec/), piece by
 * piece: an entry for each exchange with both bodies, as far as they were kept. What HAR has no
 * field for stands in fields that begin with `_`, as it asks for.
 *
 * @param creatorVersion the version of Tacho.
 */
export function* harArchive(session: Session, creatorVersion: string): Generator<string> {
  const index = indexRawLog(session.folder, () => {})
  const creator = { name: 'Tacho', version: creatorVersion }
  const comment = `session ${session.id}`
  yield `{"log":{"version":"1.2","creator":${JSON.stringify(creator)},"comment":${JSON.stringify(comment)},"pages":[],"entries":[\n`
  let isFirst = true
  for (const exchange of session.exchanges) {
    const place = index.exchanges[exchange.number - 1]
    if (place === undefined) continue
    yield `${isFirst ? '' : ',\n'}${JSON.stringify(harEntry(session, index, exchange, place))}`
    isFirst = false
  }
  yield '\n]}}\n'
}
