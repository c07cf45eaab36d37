import { asObject, type Json, objectAt, objectsAt, textAt } from '../model-api/json.js'
import type { ToolWord } from './tool-calls.js'
import type { ToolWords } from './tool-words.js'

/**
 * The tool calls in an answer of generateContent: each is complete, in a part of its own. Some
 * models give them ids; a call without one is named after its exchange and its position there.
 */
export class GeminiToolWords implements ToolWords {
  readonly #exchange: string
  #calls = 0

  constructor(exchange: string) {
    this.#exchange = exchange
  }

  event(event: Json): ToolWord[] {
    // If Gemini CLI is logged in with Google, the answer is in a member `response`.
    const told = asObject(event.response) ?? event
    return objectsAt(told, 'candidates')
      .flatMap((candidate) => objectsAt(objectAt(candidate, 'content'), 'parts'))
      .flatMap((part) => this.#word(asObject(part.functionCall) ?? asObject(part.function_call)))
  }

  answer(body: Json): ToolWord[] {
    // Without `alt=sse` a stream is one list of what would be its events.
    const events = Array.isArray(body) ? body : [body]
    return events.flatMap((event) => this.event(asObject(event) ?? {}))
  }

  #word(call: Json | undefined): ToolWord[] {
    const name = call && textAt(call, 'name')
    if (call === undefined || !name) return []
    this.#calls += 1
    const callId = textAt(call, 'id') || `${this.#exchange}.${this.#calls}`
    return [{ kind: 'tool-called', callId, name, input: JSON.stringify(call.args ?? {}) }]
  }
}
