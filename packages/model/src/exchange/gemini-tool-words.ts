import { asObject, type Json, objectAt, objectsAt, textAt } from '../model-api/json.js'
import type { ToolWord } from './tool-calls.js'
import type { ToolWords } from './tool-words.js'

/**
 * The calls of tools in an answer of generateContent: each is whole, in a part of its own. Some models
 * give them ids; one without is named by its exchange and its place there.
 */
export class GeminiToolWords implements ToolWords {
  readonly #exchange: string
  #calls = 0

  constructor(exchange: string) {
    this.#exchange = exchange
  }

  event(event: Json): ToolWord[] {
    // Gemini CLI, logged in with Google, is answered in a member `response`.
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
