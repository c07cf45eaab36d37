import { bytesOf, type ChunkRecord, MissingBytes, type ResponseRecord } from '@tacho/format'
import {
  type AnswerForm,
  type AnswerHints,
  AwsEventStream,
  answerFormOf,
  asAnnounced,
  EventStream,
  Utf8Text,
} from '@tacho/model'
import { collectDamage } from './damage.js'
import { exchangeRecords } from './exchange-records.js'
import { parsedJson } from './json-value.js'
import type { IndexedExchange } from './raw-index.js'
import { ReaderError } from './reader-error.js'
import { responseChunks } from './response-body.js'

/** An event of a model's answer: the value of its JSON, and the length of that. */
export type AnswerEvent = { value: unknown; characters: number }

/**
 * Reads the events of a model's answer from the log: those of an event stream, or the messages of a
 * WebSocket. What is not JSON is skipped. Returns why bytes of the answer are missing, or undefined
 * if none are; a non-streamed answer has no events.
 *
 * @param onBytes receives how many bytes of the log were read; a {@link ReaderError} that it throws
 * ends the reading.
 */
export function* answerEvents(
  folder: string,
  exchange: IndexedExchange,
  onBytes?: (bytes: number) => void,
): Generator<AnswerEvent, string | undefined> {
  try {
    if (exchange.isWebSocket) yield* messages(folder, exchange, onBytes)
    else {
      const form = formOf(folder, exchange, onBytes)
      if (form === 'events') yield* serverSentEvents(folder, exchange, onBytes)
      if (form === 'aws-events') yield* awsEvents(folder, exchange, onBytes)
    }
    return undefined
  } catch (cause) {
    if (cause instanceof ReaderError) return cause.message
    throw cause
  }
}

/**
 * Returns whether an answer over HTTP is a stream of events or one JSON text; undefined if there is
 * none.
 */
export function formOf(
  folder: string,
  exchange: IndexedExchange,
  onBytes?: (bytes: number) => void,
): AnswerForm | undefined {
  const text = new Utf8Text()
  let beginning = ''
  let hints: AnswerHints | undefined
  for (const record of exchangeRecords(folder, exchange, collectDamage([]), onBytes)) {
    if (record.kind === 'response') hints = hintsOf(record)
    if (record.kind !== 'chunk' || hints === undefined) continue
    const bytes = beginningOf(record)
    if (bytes === undefined) break
    beginning = (beginning + text.push(bytes)).trimStart()
    const form = answerFormOf(beginning, hints)
    if (form !== undefined) return form
  }
  return hints && asAnnounced(hints)
}

function hintsOf({ status, headers }: ResponseRecord): AnswerHints {
  const contentType = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1]
  return { status, contentType }
}

function beginningOf({ content }: ChunkRecord): Uint8Array | undefined {
  try {
    return bytesOf(content)
  } catch (cause) {
    if (cause instanceof MissingBytes) return undefined
    throw cause
  }
}

function* messages(
  folder: string,
  exchange: IndexedExchange,
  onBytes?: (bytes: number) => void,
): Generator<AnswerEvent> {
  const decoder = new TextDecoder()
  for (const { bytes } of responseChunks(folder, exchange, onBytes)) {
    yield* known(decoder.decode(bytes))
  }
}

function* serverSentEvents(
  folder: string,
  exchange: IndexedExchange,
  onBytes?: (bytes: number) => void,
): Generator<AnswerEvent> {
  const texts: string[] = []
  const stream = new EventStream({ onEvent: (data) => texts.push(data) })
  const text = new Utf8Text()
  for (const { bytes } of responseChunks(folder, exchange, onBytes)) {
    stream.push(text.push(bytes))
    for (const text of texts.splice(0)) yield* known(text)
  }
}

function* awsEvents(
  folder: string,
  exchange: IndexedExchange,
  onBytes?: (bytes: number) => void,
): Generator<AnswerEvent> {
  const texts: string[] = []
  const stream = new AwsEventStream({ onEvent: (data) => texts.push(data), onBroken() {} })
  for (const { bytes } of responseChunks(folder, exchange, onBytes)) {
    stream.push(bytes)
    for (const text of texts.splice(0)) yield* known(text)
  }
}

// Skips the `[DONE]` at the end of Chat Completions.
function* known(text: string): Generator<AnswerEvent> {
  const value = parsedJson(text)
  if (value !== undefined) yield { value, characters: text.length }
}
