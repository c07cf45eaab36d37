import { createParser } from 'eventsource-parser'
import { collectDamage } from './damage.js'
import { exchangeRecords } from './exchange-records.js'
import type { IndexedExchange } from './raw-index.js'
import { ReaderError } from './reader-error.js'
import { responseChunks } from './response-body.js'

/**
 * The text of a model's answer as far as it had arrived, put together from the events of its
 * stream: OpenAI's Responses and Chat Completions, Anthropic's Messages. Nothing where the response
 * is no stream; damaged chunks end it early.
 */
export function arrivedText(folder: string, exchange: IndexedExchange): string | undefined {
  if (!isStream(folder, exchange)) return undefined
  const parts: string[] = []
  const parser = createParser({ onEvent: ({ data }) => parts.push(textOfEvent(data)) })
  const decoder = new TextDecoder()
  try {
    for (const { bytes } of responseChunks(folder, exchange)) {
      parser.feed(decoder.decode(bytes, { stream: true }))
    }
  } catch (cause) {
    if (!(cause instanceof ReaderError)) throw cause
  }
  return parts.join('')
}

function isStream(folder: string, exchange: IndexedExchange): boolean {
  for (const record of exchangeRecords(folder, exchange, collectDamage([]))) {
    if (record.kind !== 'response') continue
    return record.headers.some(
      ([name, value]) =>
        name.toLowerCase() === 'content-type' && value.includes('text/event-stream'),
    )
  }
  return false
}

// The events of the three APIs are told apart by themselves. Each of these members can be missing
// or of any type: they are what a server sent.
function textOfEvent(data: string): string {
  const event = objectOf(parsed(data))
  switch (event.type) {
    case 'response.output_text.delta':
      return textOf(event.delta)
    case 'content_block_delta':
      return textOf(objectOf(event.delta).text)
    default:
      return listOf(event.choices)
        .map((choice) => textOf(objectOf(objectOf(choice).delta).content))
        .join('')
  }
}

function parsed(data: string): unknown {
  try {
    return JSON.parse(data)
  } catch {
    // Chat Completions ends with `[DONE]`.
    return undefined
  }
}

function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
