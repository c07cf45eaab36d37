import { basename } from 'node:path'
import { type ExchangeRecord, SESSION_FILES } from '@tacho/format'
import {
  answerBuilder,
  conversationApiOf,
  type ModelAnswer,
  type ModelRequest,
  readModelRequest,
  requestPurposeOfHeaders,
} from '@tacho/model'
import { answerEvents, formOf } from '../answer-events.js'
import { collectDamage, type Damage } from '../damage.js'
import { indexRawLog } from '../index-raw-log.js'
import { isObject, parsedJson } from '../json-value.js'
import { CONVERSATION_BYTES } from '../limits.js'
import { type MissingInput, modelInput } from '../model-input/model-input.js'
import { type IndexedExchange, isReadEnough, lookUpsOf, type RawIndex } from '../raw-index.js'
import { rawRecordOf } from '../raw-record-of.js'
import { readLog } from '../read-log.js'
import { refuseNewerFormat } from '../read-session.js'
import { ReaderError } from '../reader-error.js'
import { requestBody } from '../request-body.js'
import { responseChunks } from '../response-body.js'
import { NOT_READ_ON } from '../sealed/sealed-lines.js'

/** Reads what models were given and what they said, from the bodies of a session. */
export type ConversationReader = {
  folder: string
  index: RawIndex
  /**
   * Whether the limit for reading again is used up: nothing more is returned, and `damage` says so.
   */
  isSpent: boolean
  /** What could not be read of the raw log. */
  damage: Damage[]
  /** Returns the first record of an exchange; undefined if it cannot be read. */
  head(exchange: IndexedExchange): ExchangeRecord | undefined
  /** Returns the requests to models, in order, without prewarms and connections. */
  requests(): IndexedExchange[]
  /** Returns the last request of the user's own thread; if that is unknown, the last of all. */
  last(): IndexedExchange | undefined
  /** Returns the request before this one in its thread. */
  before(exchange: IndexedExchange): IndexedExchange | undefined
  /**
   * Returns what a model was given.
   *
   * @throws ReaderError `missing-bytes` if the body of its request is missing.
   */
  given(exchange: IndexedExchange): Given
  /** The same for the request alone, without what it continues. */
  own(exchange: IndexedExchange): ModelRequest
  /** Returns what it answered, as far as that arrived. */
  answered(exchange: IndexedExchange, api: ModelRequest['api']): Answered
}

/** What a model was given, assembled if its request only continues an answer. */
export type Given = {
  request: ModelRequest
  /** The exchange that sent or answered each message. */
  origins: number[]
  /** What is missing; empty if nothing is. */
  missing: MissingInput[]
  /** The body of its own request. */
  body: Uint8Array
}

export type Answered = {
  answer: ModelAnswer
  /** Why some of it is missing; absent if nothing is. */
  missing?: string
}

/**
 * Opens a session's raw log for its conversations.
 *
 * @param known where its exchanges are, if that is known already.
 * @throws ReaderError `newer-format`
 */
export function conversationReader(folder: string, known?: RawIndex): ConversationReader {
  const damage: Damage[] = []
  if (known === undefined) refuseNewerFormat(folder)
  let isPartial = false
  const index = known ?? indexRawLog(folder, collectDamage(damage))
  let previous: (IndexedExchange | undefined)[] = []
  const heads = new Map<number, ExchangeRecord | undefined>()
  const head = (exchange: IndexedExchange): ExchangeRecord | undefined => {
    const { number } = exchange
    if (!heads.has(number)) heads.set(number, readHead(folder, exchange))
    return heads.get(number)
  }
  // Whoever shows one request after the other compares each with the one before.
  let recent: { exchange: IndexedExchange; given: Given }[] = []
  const requests = (): IndexedExchange[] => index.exchanges.filter(isRequest)
  return {
    folder,
    index,
    get isSpent() {
      return isReadEnough(index)
    },
    get damage() {
      if (isReadEnough(index) && !isPartial) {
        isPartial = true
        damage.push({ file: SESSION_FILES.raw, lines: 0, reason: NOT_READ_ON })
      }
      return damage
    },
    head,
    requests,
    last() {
      const all = requests()
      const asks = (exchange: IndexedExchange): boolean => isOfModel(folder, index, exchange, head)
      const own = all.findLast((one) => one.threadId === basename(folder) && asks(one))
      return own ?? all.findLast(asks)
    },
    before(exchange) {
      if (previous.length !== index.exchanges.length) previous = eachBefore(index.exchanges)
      let earlier = previous[exchange.number - 1]
      while (earlier !== undefined && !isRequest(earlier)) earlier = previous[earlier.number - 1]
      return earlier
    },
    given(exchange) {
      const known = recent.find((one) => one.exchange === exchange)
      if (known !== undefined) return known.given
      const found = given(folder, index, exchange, head(exchange)?.url ?? '')
      if (found.body.length <= HELD_BODY_BYTES)
        recent = [...recent.slice(-1), { exchange, given: found }]
      return found
    },
    own: (exchange) => {
      const value = sentValue(conversationBody(folder, index, exchange))
      return readModelRequest(head(exchange)?.url ?? '', value)
    },
    answered: (exchange, api) => answered(folder, exchange, api),
  }
}

/** A longer body is read again, because what is parsed of it takes several times its memory. */
const HELD_BODY_BYTES = 1024 * 1024

/** For each exchange, the one before it in its thread: to look back for it each time may be a long way. */
function eachBefore(exchanges: readonly IndexedExchange[]): (IndexedExchange | undefined)[] {
  const last = new Map<string | undefined, IndexedExchange>()
  return exchanges.map((exchange) => {
    const before = last.get(exchange.threadId)
    last.set(exchange.threadId, exchange)
    return before
  })
}

function isRequest({ isConnection, isPrewarm, requestBody }: IndexedExchange): boolean {
  return !isConnection && !isPrewarm && requestBody !== undefined
}

function isOfModel(
  folder: string,
  index: RawIndex,
  exchange: IndexedExchange,
  head: ConversationReader['head'],
): boolean {
  const url = head(exchange)?.url ?? ''
  if (conversationApiOf(url, undefined) !== undefined) return true
  try {
    const value = sentValue(conversationBody(folder, index, exchange))
    return conversationApiOf(url, value) !== undefined
  } catch (cause) {
    if (cause instanceof ReaderError) return false
    throw cause
  }
}

function readHead(folder: string, exchange: IndexedExchange): ExchangeRecord | undefined {
  const range = { from: exchange.from, work: lookUpsOf(exchange) }
  const [first] = readLog(folder, SESSION_FILES.raw, () => undefined, range)
  const record = first === undefined ? undefined : rawRecordOf(first.value)
  return typeof record === 'object' && record.kind === 'exchange' ? record : undefined
}

/**
 * Returns the agent's word for what a request is for, if it is not a step of a turn:
 * `compaction:auto`.
 */
export function requestKindOf(head: ExchangeRecord | undefined): string | undefined {
  if (head === undefined) return undefined
  return head.requestKind ?? requestPurposeOfHeaders(head.headers).requestKind
}

function given(folder: string, index: RawIndex, exchange: IndexedExchange, url: string): Given {
  const body = conversationBody(folder, index, exchange)
  const value = sentValue(body)
  if (!isObject(value) || typeof value.previous_response_id !== 'string') {
    const request = readModelRequest(url, value)
    const origins = request.messages.map(() => exchange.number)
    return { request, origins, missing: [], body }
  }
  const { previous_response_id } = value
  const { request: others, items, missing } = modelInput(folder, index, exchange)
  const input = items.map((item) => item.value)
  const request = readModelRequest(url, { ...others, previous_response_id, input })
  const origins = items.map((item) => item.exchange)
  let own = 0
  const messages = request.messages.map(({ path: _, ...message }, place) => {
    if (origins[place] !== exchange.number) return message
    const path = Array.isArray(value.input) ? ['input', own] : ['input']
    own += 1
    return { ...message, path }
  })
  return { request: { ...request, messages }, origins, missing, body }
}

function answered(folder: string, exchange: IndexedExchange, api: ModelRequest['api']): Answered {
  const builder = answerBuilder(api)
  const missing = addAnswer(folder, exchange, builder.add.bind(builder))
  return { answer: builder.answer(), ...(missing !== undefined && { missing }) }
}

// Whatever came is shown: also a non-streamed answer, or one that is not JSON.
function addAnswer(
  folder: string,
  exchange: IndexedExchange,
  add: (value: unknown) => void,
): string | undefined {
  const form = exchange.isWebSocket ? 'events' : formOf(folder, exchange)
  if (form === 'events' || form === 'aws-events') {
    const events = answerEvents(folder, exchange)
    for (let step = events.next(); ; step = events.next()) {
      if (step.done) return step.value
      add(step.value.value)
    }
  }
  const chunks: Uint8Array[] = []
  let missing: string | undefined
  try {
    for (const { bytes } of responseChunks(folder, exchange)) chunks.push(bytes)
  } catch (cause) {
    if (!(cause instanceof ReaderError)) throw cause
    missing = cause.message
  }
  const text = Buffer.concat(chunks).toString()
  if (text !== '') add(parsedJson(text) ?? text)
  return missing
}

/** Returns the body of a request, if it is not too long to be read as a conversation. */
function conversationBody(folder: string, index: RawIndex, exchange: IndexedExchange): Uint8Array {
  const refuse = (bytes: number): ReaderError =>
    new ReaderError(
      'missing-bytes',
      `The request body of exchange ${exchange.number} has ${bytes} bytes: up to ${CONVERSATION_BYTES} are read as a conversation.`,
    )
  // JSON seldom adds more than a fifth to a text.
  const { length = 0 } = exchange.requestBody ?? {}
  if (length > 1.5 * CONVERSATION_BYTES) throw refuse(length)
  const body = requestBody(folder, index, exchange)
  if (body.length > CONVERSATION_BYTES) throw refuse(body.length)
  return body
}

// What is not JSON is shown as text.
function sentValue(body: Uint8Array): unknown {
  const text = Buffer.from(body.buffer, body.byteOffset, body.length).toString()
  return text === '' ? {} : (parsedJson(text) ?? text)
}
