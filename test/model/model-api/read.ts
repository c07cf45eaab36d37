import {
  type AnswerFacts,
  type AnswerHints,
  AnswerReader,
  MODEL_APIS,
  type ModelApi,
  modelApiOf,
} from '@tacho/model'
import { expect } from 'vitest'

const PATHS = {
  responses: '/v1/responses',
  chat: '/v1/chat/completions',
  messages: '/v1/messages',
  gemini: '/v1beta/models/gemini-m:streamGenerateContent',
  images: '/v1/images/generations',
}

export type ApiName = keyof typeof PATHS

export function apiOf(name: ApiName): ModelApi {
  return modelApiOf('POST', PATHS[name]) ?? (MODEL_APIS[0] as ModelApi)
}

/** Server-sent events of objects and strings, as the APIs send them. */
export function eventStream(events: readonly (object | string)[]): string {
  return events
    .map((event) => {
      if (typeof event === 'string') return `data: ${event}\n\n`
      const name = (event as { type?: unknown }).type
      const line = typeof name === 'string' ? `event: ${name}\n` : ''
      return `${line}data: ${JSON.stringify(event)}\n\n`
    })
    .join('')
}

export type ReadOptions = AnswerHints & { bytesAtOnce?: number; onFault?: (cause: unknown) => void }

/** Reads an answer from its first byte to its last. */
export function readAnswer(api: ModelApi, body: string | Uint8Array, options: ReadOptions = {}) {
  const { bytesAtOnce = Number.POSITIVE_INFINITY, onFault = raise, ...hints } = options
  const reader = new AnswerReader({ api, hints, onFault })
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body
  // The bytes belong to the caller, who uses a Buffer again for what comes next.
  const reused = Buffer.alloc(Math.min(bytes.length, bytesAtOnce))
  for (let from = 0; from < bytes.length; from += bytesAtOnce) {
    const part = bytes.subarray(from, from + bytesAtOnce)
    reused.set(part)
    reader.push(reused.subarray(0, part.length))
    reused.fill(0)
  }
  reader.end()
  return reader
}

/** The contents of a streamed answer. */
export function factsOf(name: ApiName, events: readonly (object | string)[]) {
  return readAnswer(apiOf(name), eventStream(events)).facts
}

/** The contents of an answer in one piece. */
export function factsOfBody(name: ApiName, body: object, status = 200) {
  return readAnswer(apiOf(name), JSON.stringify(body), { status }).facts
}

/** Expects the named facts, `undefined` meaning unknown; there may be others. */
export function expectFacts(facts: AnswerFacts, expected: object): void {
  const named = Object.keys(expected).map((name) => [name, facts[name as keyof AnswerFacts]])
  expect(Object.fromEntries(named)).toEqual(expected)
}

// An odd member is reported, and everything else is still read.
function raise(cause: unknown): void {
  if (!/ is not an object$/.test(String(cause))) throw cause
}
