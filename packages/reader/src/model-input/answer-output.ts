import { answerEvents, formOf } from '../answer-events.js'
import { listOf, objectOf, parsedJson, textOf } from '../json-value.js'
import type { IndexedExchange } from '../raw-index.js'
import { ReaderError } from '../reader-error.js'
import { responseChunks } from '../response-body.js'

/** What a model answered: its items in order, and why some may be missing. */
export type AnswerOutput = { items: unknown[]; characters: number; missing?: string }

/**
 * Returns the output items of an answer of the Responses API. The event that ends an answer repeats
 * them all; if it was cut off, the completed items are there.
 */
export function answerOutput(
  folder: string,
  exchange: IndexedExchange,
  onBytes: (bytes: number) => void,
): AnswerOutput {
  const done: { at: number; item: unknown }[] = []
  let repeated: unknown[] = []
  let hasEnded = false
  let characters = 0
  const events = responsesOf(folder, exchange, onBytes)
  for (let step = events.next(); ; step = events.next()) {
    if (step.done) {
      const isShorter = repeated.length < done.length
      const items = isShorter ? inOrder(done) : repeated
      const missing = step.value ?? (hasEnded ? undefined : noEnd(exchange))
      return { items, characters, ...(missing !== undefined && { missing }) }
    }
    const event = objectOf(step.value.value)
    if (event.type === 'response.output_item.done') {
      const { output_index: at, item } = event
      done.push({ at: typeof at === 'number' ? at : done.length, item })
      characters += step.value.characters
    } else if (ENDS.has(textOf(event.type))) {
      repeated = listOf(objectOf(event.response).output)
      hasEnded = true
      characters += step.value.characters
    }
  }
}

/** Returns the id of an answer of the Responses API; undefined if it has none. */
export function responseIdOf(
  folder: string,
  exchange: IndexedExchange,
  onBytes: (bytes: number) => void,
): string | undefined {
  for (const { value } of responsesOf(folder, exchange, onBytes)) {
    const id = objectOf(objectOf(value).response).id
    if (typeof id === 'string') return id
  }
  return undefined
}

const ENDS = new Set(['response.completed', 'response.incomplete', 'response.failed'])

// A non-streamed answer equals the content of the event that ends a stream.
function* responsesOf(
  folder: string,
  exchange: IndexedExchange,
  onBytes: (bytes: number) => void,
): ReturnType<typeof answerEvents> {
  try {
    if (exchange.isWebSocket || formOf(folder, exchange, onBytes) !== 'json') {
      return yield* answerEvents(folder, exchange, onBytes)
    }
    const chunks = [...responseChunks(folder, exchange, onBytes)].map(({ bytes }) => bytes)
    const text = Buffer.concat(chunks).toString()
    const value = { type: 'response.completed', response: parsedJson(text) }
    yield { value, characters: text.length }
    return undefined
  } catch (cause) {
    if (cause instanceof ReaderError) return cause.message
    throw cause
  }
}

function noEnd({ number }: IndexedExchange): string {
  return `The answer of exchange ${number} has no end: what it said up to there is in the input.`
}

function inOrder(done: { at: number; item: unknown }[]): unknown[] {
  return done.sort((one, other) => one.at - other.at).map(({ item }) => item)
}
