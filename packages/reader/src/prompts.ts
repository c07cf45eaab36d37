import { BodyReader, cut, MissingBytes } from '@tacho/format'
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
  const bodies = new BodyReader((id) => {
    const exchange = index.byId.get(id)
    const record = exchange === undefined ? undefined : bodyRecord(folder, exchange)
    return typeof record === 'object' ? record.content : undefined
  })
  const prompts: string[] = []
  let looked = 0
  for (const exchange of firstOfTurns(index.exchanges)) {
    if (prompts.length >= most || looked >= REQUESTS) break
    looked += 1
    const prompt = promptOf(bodies, exchange)
    if (prompt !== undefined && prompt !== prompts.at(-1)) prompts.push(prompt)
  }
  return prompts
}

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

function promptOf(bodies: BodyReader, { id }: IndexedExchange): string | undefined {
  try {
    const body = bodies.open(id)
    if (body.length > BODY_BYTES) return undefined
    const { buffer, byteOffset, byteLength } = body.subarray(0)
    const request = parsedJson(Buffer.from(buffer, byteOffset, byteLength).toString())
    const prompt = isObject(request) ? userPromptOf(request) : undefined
    return prompt === undefined ? undefined : cut(prompt, PROMPT_CHARACTERS)
  } catch (cause) {
    if (cause instanceof MissingBytes) return undefined
    throw cause
  }
}
