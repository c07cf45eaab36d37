import type { ExchangeRecord, Headers, ResponseRecord } from '@tacho/format'
import {
  exchangeRecords,
  type IndexedExchange,
  type RawIndex,
  ReaderError,
  requestPieces,
  responseChunks,
} from '@tacho/reader'
import { CommandError, EXIT } from '../command-error.js'
import { write } from '../output.js'
import { printable } from '../printable.js'
import { duration } from '../quantities.js'
import { styled } from '../style.js'
import { writePrintable } from './body.js'

/** The exchange that the user named, and where it stands. */
export type ChosenExchange = { folder: string; index: RawIndex; exchange: IndexedExchange }

/**
 * Writes both halves of an exchange, heads and bodies, for people. A part that is missing is named
 * in its place.
 *
 * @throws CommandError `incomplete` at the end, where a part was missing.
 */
export async function writeWhole(chosen: ChosenExchange): Promise<void> {
  const { folder, index, exchange } = chosen
  const { request, response } = headsOf(chosen)
  const missing: string[] = []
  const orMissing = async (write: () => Promise<void>): Promise<void> => {
    try {
      await write()
    } catch (error) {
      if (!(error instanceof ReaderError)) throw error
      missing.push(error.message)
    }
  }
  await writeHead(requestLine(request), request?.headers ?? [])
  await orMissing(() => writePrintable(requestPieces(folder, index, exchange)))
  await write('\n')
  if (response !== undefined) await writeHead(statusLine(response), response.headers)
  await orMissing(() => writePrintable(bytesOf(responseChunks(folder, exchange))))
  if (missing.length > 0) throw new CommandError('incomplete', EXIT.incomplete, missing.join('\n'))
}

function headsOf({ folder, exchange }: ChosenExchange): {
  request?: ExchangeRecord
  response?: ResponseRecord
} {
  let request: ExchangeRecord | undefined
  for (const record of exchangeRecords(folder, exchange, () => undefined)) {
    if (record.kind === 'exchange') request = record
    if (record.kind === 'response') return { ...(request && { request }), response: record }
  }
  return request === undefined ? {} : { request }
}

async function writeHead(title: string, headers: Headers): Promise<void> {
  await write(`${styled('heading', title)}\n`)
  for (const [name, value] of headers) {
    await write(`${styled('quiet', `${printable(name)}:`)} ${printable(value)}\n`)
  }
  await write('\n')
}

function requestLine(request: ExchangeRecord | undefined): string {
  return request === undefined ? '' : printable(`${request.method} ${request.url}`)
}

function statusLine({ status, statusText, at }: ResponseRecord): string {
  return `${printable(`${status} ${statusText}`)}, after ${duration(at / 1000)}`
}

function* bytesOf(chunks: Iterable<{ bytes: Uint8Array }>): Generator<Uint8Array> {
  for (const { bytes } of chunks) yield bytes
}
