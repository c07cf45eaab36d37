import { asObject, type Json, numberAt, objectAt, objectsAt, textAt } from '../model-api/json.js'
import type { ToolWord } from './tool-calls.js'
import type { ToolWords } from './tool-words.js'

type Call = { id?: string; name?: string; input: string }

/**
 * The tool calls in an answer of Chat Completions. In a stream each comes in fragments, identified
 * by index; all are complete when their choice has its finish reason.
 */
export class ChatToolWords implements ToolWords {
  /** By the index of their choice and then their own. */
  readonly #calls = new Map<number, Call[]>()

  event(event: Json): ToolWord[] {
    return objectsAt(event, 'choices').flatMap((choice, place) => {
      const index = numberAt(choice, 'index') ?? place
      const calls = this.#calls.get(index) ?? []
      objectsAt(objectAt(choice, 'delta'), 'tool_calls').forEach((piece, at) => {
        const which = Math.min(numberAt(piece, 'index') ?? at, calls.length)
        calls[which] = joined(calls[which], piece)
      })
      this.#calls.set(index, calls)
      if (textAt(choice, 'finish_reason') === undefined) return []
      this.#calls.delete(index)
      return calls.flatMap(wordOf)
    })
  }

  answer(body: Json): ToolWord[] {
    return objectsAt(body, 'choices').flatMap((choice) =>
      objectsAt(objectAt(choice, 'message'), 'tool_calls').flatMap((call) =>
        wordOf(joined(undefined, call)),
      ),
    )
  }
}

function joined(before: Call | undefined, piece: Json): Call {
  const called = asObject(piece.function) ?? asObject(piece.custom) ?? {}
  const id = before?.id ?? (textAt(piece, 'id') || undefined)
  const name = before?.name ?? (textAt(called, 'name') || undefined)
  return {
    ...(id !== undefined && { id }),
    ...(name !== undefined && { name }),
    input: (before?.input ?? '') + (textAt(called, 'arguments') ?? textAt(called, 'input') ?? ''),
  }
}

function wordOf({ id: callId, name, input }: Call): ToolWord[] {
  return callId === undefined || name === undefined
    ? []
    : [{ kind: 'tool-called', callId, name, input }]
}
