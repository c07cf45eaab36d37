import { answerEvents, formOf } from './answer-events.js'
import { listOf, objectOf, textOf } from './json-value.js'
import type { IndexedExchange } from './raw-index.js'

/**
 * The text of a model's answer as far as it had arrived, put together from its events: OpenAI's
 * Responses, over HTTP or a WebSocket, and Chat Completions, Anthropic's Messages. Nothing where the
 * response has no events; damaged chunks end it early.
 */
export function arrivedText(folder: string, exchange: IndexedExchange): string | undefined {
  if (!exchange.isWebSocket && formOf(folder, exchange) !== 'events') return undefined
  const parts: string[] = []
  for (const { value } of answerEvents(folder, exchange)) parts.push(textOfEvent(objectOf(value)))
  return parts.join('')
}

// The events of the three APIs are told apart by themselves. Each of these members can be missing
// or of any type: they are what a server sent.
function textOfEvent(event: Record<string, unknown>): string {
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
