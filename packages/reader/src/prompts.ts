import { BodyReader, type Content, cut, MissingBytes } from '@tacho/format'
import { userPromptOf } from '@tacho/model'
import { isObject, parsedJson } from './json-value.js'
import type { IndexedExchange, RawIndex } from './raw-index.js'
import { bodyRecord } from './request-body.js'

/** A list of sessions shows one line of a prompt, and searches a few more. */
const PROMPT_CHARACTERS = 500
const PROMPTS = 40
/**
 * How many requests are examined: if an agent names no turns, each step of a turn repeats its
 * prompt.
 */
const REQUESTS = 60
/** A body with images can have many megabytes, with the prompt at its end. */
const BODY_BYTES = 4 * 1024 * 1024

/** Returns the start of each prompt of the user in a session, in order; at most the first 40. */
export function promptsOf(folder: string, index: RawIndex, most = PROMPTS): string[] {
  const requests = new Requests(folder, index)
  const prompts: string[] = []
  let looked = 0
  for (const exchange of firstOfTurns(index.exchanges)) {
    if (prompts.length >= most || looked >= REQUESTS) break
    looked += 1
    const prompt = promptOf(requests, exchange)
    if (prompt !== undefined && prompt !== prompts.at(-1)) prompts.push(prompt)
  }
  return prompts
}

/** The bodies of a session's requests, as text. */
class Requests {
  readonly #folder: string
  readonly #index: RawIndex
  readonly #bodies = new BodyReader((id) => this.#content(id))
  /** The first, which others copy from, and the one that is read now. */
  #first: Body | undefined
  #now: Body | undefined

  constructor(folder: string, index: RawIndex) {
    this.#folder = folder
    this.#index = index
  }

  /**
   * Returns undefined for one that is too long.
   *
   * @throws MissingBytes
   */
  text(id: string): string | undefined {
    const content = this.#content(id)
    this.#now = { id, content }
    this.#first ??= this.#now
    // The first request of a session copies nothing, and most sessions need no other.
    if (typeof content === 'string' && content.length <= BODY_BYTES) return content
    const body = this.#bodies.open(id)
    if (body.length > BODY_BYTES) return undefined
    const { buffer, byteOffset, byteLength } = body.subarray(0)
    return Buffer.from(buffer, byteOffset, byteLength).toString()
  }

  #content(id: string): Content | undefined {
    for (const body of [this.#first, this.#now]) if (body?.id === id) return body.content
    const exchange = this.#index.byId.get(id)
    const record = exchange === undefined ? undefined : bodyRecord(this.#folder, exchange)
    return typeof record === 'object' ? record.content : undefined
  }
}

type Body = { id: string; content: Content | undefined }

function* firstOfTurns(exchanges: readonly IndexedExchange[]): Generator<IndexedExchange> {
  const seen = new Set<string>()
  for (const exchange of exchanges) {
    const { isAside, isConnection, isPrewarm, turnId, requestBody } = exchange
    if (isAside || isConnection || isPrewarm || requestBody === undefined) continue
    if (turnId !== undefined && seen.has(turnId)) continue
    if (turnId !== undefined) seen.add(turnId)
    yield exchange
  }
}

function promptOf(requests: Requests, { id }: IndexedExchange): string | undefined {
  try {
    const request = parsedJson(requests.text(id) ?? '')
    const prompt = isObject(request) ? userPromptOf(request) : undefined
    return prompt === undefined ? undefined : cut(prompt, PROMPT_CHARACTERS)
  } catch (cause) {
    if (cause instanceof MissingBytes) return undefined
    throw cause
  }
}
