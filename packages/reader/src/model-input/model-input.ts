import { SESSION_FILES } from '@tacho/format'
import { isObject, listOf, parsedJson } from '../json-value.js'
import { plainLogSize } from '../plain-size.js'
import type { IndexedExchange, RawIndex } from '../raw-index.js'
import { ReaderError } from '../reader-error.js'
import { requestBody } from '../request-body.js'
import { answerOutput } from './answer-output.js'
import { findAnswer } from './find-answer.js'
import { LEAST_READ_BYTES, MAX_CHARACTERS, MAX_LINKS, MAX_LOG_READS } from './limits.js'

/** What a model was given, as if it had been sent at once. */
export type ModelInput = {
  /**
   * The request's other members, as sent; `instructions` and `tools` are those of the newest
   * request that has them.
   */
  request: Record<string, unknown>
  /** Oldest first. */
  items: InputItem[]
  /** The numbers of the exchanges that it is assembled from, oldest first. */
  exchanges: number[]
  /** What is missing, oldest first; empty if nothing is. */
  missing: MissingInput[]
}

/** An item that a request sent, or that was in an answer and the API kept. */
export type InputItem = { value: unknown; exchange: number; from: 'agent' | 'model' }

/** A missing part of the input, and the exchange in whose request or answer it is missing. */
export type MissingInput = {
  exchange: number
  /**
   * `no-answer`: it continues an answer that no earlier exchange of the session has; `request`: its
   * request cannot be assembled, or is not JSON; `answer`: its answer is incomplete; `limit`: what
   * comes before it would exceed a limit.
   */
  kind: 'no-answer' | 'request' | 'answer' | 'limit'
  /** A sentence. */
  reason: string
}

/**
 * Assembles what a model was given. Over a WebSocket, a request only contains what is new, and
 * names the answer that it continues (`previous_response_id`); so do some over HTTP. That answer's
 * request and output come before it, and so on, back to a request that continues none. Each step
 * goes to an earlier exchange, so there is no endless loop.
 *
 * @param mostLinks the most exchanges to assemble it from.
 * @throws ReaderError `missing-bytes` if its own request is missing, `no-model-input` if that asks
 * no model.
 */
export function modelInput(
  folder: string,
  index: RawIndex,
  exchange: IndexedExchange,
  mostLinks: number = MAX_LINKS,
): ModelInput {
  const newest = jsonRequest(requestBody(folder, index, exchange))
  if (newest === undefined || !('input' in newest.members || continued(newest) !== undefined)) {
    throw noModelInput(exchange)
  }
  const newestLink = { exchange, request: newest }
  const links: Link[] = [newestLink]
  const missing: MissingInput[] = []
  for (const found of earlierLinks(folder, index, newestLink, mostLinks)) {
    if ('kind' in found) missing.push(found)
    else links.push(found)
  }
  links.reverse()
  return {
    request: requestOf(links),
    items: links.flatMap(itemsOf),
    exchanges: links.map((link) => link.exchange.number),
    missing: missing.reverse(),
  }
}

/** A request that was continued, with its answer; for the newest, the answer is not included. */
type Link = { exchange: IndexedExchange; request?: JsonRequest; output?: unknown[] }

type JsonRequest = { members: Record<string, unknown>; characters: number }

// Newest first, because only a later request says which one came before it.
function* earlierLinks(
  folder: string,
  index: RawIndex,
  newest: Required<Pick<Link, 'exchange' | 'request'>>,
  mostLinks: number,
): Generator<Link | MissingInput> {
  const reads = countedReads(folder)
  let { exchange, request } = newest
  let characters = request.characters
  for (let link = 1; ; link += 1) {
    const responseId = continued(request)
    if (responseId === undefined) return
    const earlier =
      link < mostLinks ? findAnswer(folder, index, responseId, exchange, reads.count) : undefined
    if (link >= mostLinks || characters > MAX_CHARACTERS || reads.areOver()) {
      yield { exchange: exchange.number, kind: 'limit', reason: tooMuch(exchange) }
      return
    }
    if (earlier === undefined) {
      const id = JSON.stringify(responseId.slice(0, 80))
      const what = `Exchange ${exchange.number} continues the answer ${id}`
      const reason = `${what}, which no exchange before it has.`
      yield { exchange: exchange.number, kind: 'no-answer', reason }
      return
    }
    const answer = answerOutput(folder, earlier, reads.count)
    if (answer.missing !== undefined) {
      yield { exchange: earlier.number, kind: 'answer', reason: answer.missing }
    }
    const sent = requestOrReason(folder, index, earlier)
    if (typeof sent === 'string') {
      yield { exchange: earlier, output: answer.items }
      yield { exchange: earlier.number, kind: 'request', reason: sent }
      return
    }
    yield { exchange: earlier, request: sent, output: answer.items }
    characters += answer.characters + sent.characters
    exchange = earlier
    request = sent
  }
}

/** Counts the bytes read from the log, and ends the reading of an answer beyond a limit. */
function countedReads(folder: string): { count: (bytes: number) => void; areOver(): boolean } {
  const most = Math.max(LEAST_READ_BYTES, MAX_LOG_READS * plainLogSize(folder, SESSION_FILES.raw))
  let read = 0
  let isOver = false
  return {
    count(bytes) {
      read += bytes
      if (read <= most) return
      isOver = true
      throw new ReaderError('missing-bytes', 'Too much of the log was to be read.')
    },
    areOver: () => isOver,
  }
}

function tooMuch({ number }: IndexedExchange): string {
  return `What comes before exchange ${number} is too much to be put together.`
}

function requestOrReason(
  folder: string,
  index: RawIndex,
  exchange: IndexedExchange,
): JsonRequest | string {
  try {
    const request = jsonRequest(requestBody(folder, index, exchange))
    return request ?? `The request of exchange ${exchange.number} is not a JSON object.`
  } catch (cause) {
    if (cause instanceof ReaderError) return cause.message
    throw cause
  }
}

function jsonRequest(bytes: Uint8Array): JsonRequest | undefined {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString()
  const members = parsedJson(text)
  return isObject(members) ? { members, characters: text.length } : undefined
}

function continued({ members }: JsonRequest): string | undefined {
  const { previous_response_id: id } = members
  return typeof id === 'string' ? id : undefined
}

// The API only keeps items from answer to answer, but whatever Codex does not repeat is still in
// effect.
function requestOf(links: readonly Link[]): Record<string, unknown> {
  const requests = links.flatMap(({ request }) => (request === undefined ? [] : [request.members]))
  const { input: _, previous_response_id: __, ...others } = requests.at(-1) ?? {}
  for (const name of ['instructions', 'tools']) {
    const value = requests.findLast((members) => (members[name] ?? null) !== null)?.[name]
    if (value !== undefined) others[name] = value
  }
  return others
}

function itemsOf({ exchange: { number }, request, output = [] }: Link): InputItem[] {
  return [
    ...sentItems(request?.members.input).map((value) => item(value, number, 'agent')),
    ...output.map((value) => item(value, number, 'model')),
  ]
}

function item(value: unknown, exchange: number, from: InputItem['from']): InputItem {
  return { value, exchange, from }
}

// A plain text is short for one message by the user.
function sentItems(input: unknown): unknown[] {
  if (typeof input !== 'string') return listOf(input)
  return [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: input }] }]
}

function noModelInput({ number }: IndexedExchange): ReaderError {
  const what = `Exchange ${number} has no input that could be put together`
  return new ReaderError('no-model-input', `${what}: its request is none of the Responses API.`)
}
