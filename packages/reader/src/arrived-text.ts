import { ExchangeReader } from '@tacho/model'
import { exchangeRecords } from './exchange-records.js'
import type { IndexedExchange } from './raw-index.js'
import { ReaderError } from './reader-error.js'
import { responseChunks } from './response-body.js'

/**
 * Returns the text of a model's answer as far as it had arrived, assembled from its events by the
 * rules of its API. Undefined if the response has no events; damaged chunks end it early.
 */
export function arrivedText(folder: string, exchange: IndexedExchange): string | undefined {
  const parts: string[] = []
  const reader = headRead(folder, exchange, (text) => parts.push(text))
  if (reader === undefined) return undefined
  try {
    for (const { at, bytes } of responseChunks(folder, exchange)) reader.chunk(at, bytes)
  } catch (cause) {
    if (!(cause instanceof ReaderError)) throw cause
  }
  reader.endAnswer()
  return reader.events === undefined ? undefined : parts.join('')
}

/** Returns a reader for its answer that has read the records before that. */
function headRead(
  folder: string,
  exchange: IndexedExchange,
  onText: (text: string) => void,
): ExchangeReader | undefined {
  let reader: ExchangeReader | undefined
  for (const record of exchangeRecords(folder, exchange, () => {})) {
    if (record.kind === 'exchange')
      reader = new ExchangeReader(record, {
        startedAt: 0,
        provider: undefined,
        idleTimeout: undefined,
        onFault: () => {},
        onText,
      })
    if (record.kind === 'response') reader?.response(record)
    if (record.kind === 'chunk') break
  }
  return reader
}
