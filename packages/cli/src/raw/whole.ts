import type {
  EndRecord,
  ExchangeRecord,
  Headers,
  RawRecord,
  ResponseRecord,
  WebSocketEnd,
} from '@tacho/format'
import {
  connectionOf,
  exchangeRecords,
  type IndexedExchange,
  microsOfIso,
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
import { closedWords, messagesWords } from '../web-socket-words.js'
import { writePrintable } from './body.js'
import { writeEvents } from './chunks.js'
import { writeConnection } from './connection.js'

/** The exchange that the user named, and its place. */
export type ChosenExchange = { folder: string; index: RawIndex; exchange: IndexedExchange }

/**
 * Writes both halves of an exchange, heads and bodies, as printable text; for a WebSocket's
 * connection its messages. A missing part is named in its place.
 *
 * @throws CommandError `incomplete` at the end, if a part was missing.
 */
export async function writeWhole(chosen: ChosenExchange): Promise<void> {
  const { folder, index, exchange } = chosen
  const { request, response, firstAt, end } = partsOf(chosen)
  const missing: string[] = []
  const orMissing = async (write: () => Promise<void>): Promise<void> => {
    try {
      await write()
    } catch (error) {
      if (!(error instanceof ReaderError)) throw error
      missing.push(error.message)
    }
  }
  await writeHead(requestLine(chosen, request), request?.headers ?? [])
  await orMissing(() => writePrintable(requestPieces(folder, index, exchange)))
  await write('\n')
  if (response !== undefined) await writeHead(statusLine(response), response.headers)
  if (exchange.isWebSocket && firstAt !== undefined) {
    await writeHead(`answer, after ${duration(firstAt / 1000)}`, [])
  }
  if (exchange.isConnection) {
    const startedAt = microsOfIso(request?.time ?? '') ?? 0
    await orMissing(() => writeConnection(chosen, startedAt))
  } else {
    const chunks = responseChunks(folder, exchange)
    await orMissing(() =>
      exchange.isWebSocket ? writeEvents(chunks) : writePrintable(bytesOf(chunks)),
    )
  }
  if (end?.webSocket !== undefined) await write(`\n${endLine(end, end.webSocket)}\n`)
  if (missing.length > 0) throw new CommandError('incomplete', EXIT.incomplete, missing.join('\n'))
}

type Parts = {
  request?: ExchangeRecord
  response?: ResponseRecord
  firstAt?: number
  end?: EndRecord
}

function partsOf({ folder, exchange }: ChosenExchange): Parts {
  const parts: Parts = {}
  for (const record of exchangeRecords(folder, exchange, () => undefined)) takeNote(parts, record)
  return parts
}

function takeNote(parts: Parts, record: RawRecord): void {
  switch (record.kind) {
    case 'exchange':
      parts.request ??= record
      return
    case 'response':
      parts.response ??= record
      return
    case 'chunk':
      parts.firstAt ??= record.at
      return
    case 'end':
      parts.end = record
      return
    default:
      return
  }
}

async function writeHead(title: string, headers: Headers): Promise<void> {
  await write(`${styled('heading', title)}\n`)
  for (const [name, value] of headers) {
    await write(`${styled('quiet', `${printable(name)}:`)} ${printable(value)}\n`)
  }
  await write('\n')
}

function requestLine({ index, exchange }: ChosenExchange, request?: ExchangeRecord): string {
  if (request === undefined) return ''
  if (!exchange.isWebSocket) return printable(`${request.method} ${request.url}`)
  const connection = connectionOf(index, exchange)
  const over = connection === undefined ? '' : `, over connection ${connection.number}`
  return `${printable(`WS ${request.url}`)}${over}${exchange.isPrewarm ? ', prewarm' : ''}`
}

function statusLine({ status, statusText, at }: ResponseRecord): string {
  return `${printable(`${status} ${statusText}`)}, after ${duration(at / 1000)}`
}

function endLine({ at }: EndRecord, webSocket: WebSocketEnd): string {
  const took = duration(at / 1000)
  return `${closedWords(webSocket)} after ${took}: ${messagesWords(webSocket)}`
}

function* bytesOf(chunks: Iterable<{ bytes: Uint8Array }>): Generator<Uint8Array> {
  for (const { bytes } of chunks) yield bytes
}
