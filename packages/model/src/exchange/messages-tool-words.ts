import { asObject, type Json, numberAt, objectsAt, textAt } from '../model-api/json.js'
import type { ToolWord } from './tool-calls.js'
import type { ToolWords } from './tool-words.js'

/** Longer inputs hold file contents: what they are about is at the start, though not as JSON. */
const INPUT_CHARACTERS = 1024 * 1024

type Call = { callId: string; name: string; input: string }

/**
 * The tool calls in an answer of the Messages API. In a stream, a block starts with the call's id
 * and name, its input comes in fragments, and is complete when the block ends.
 * https://docs.anthropic.com/en/api/messages-streaming
 */
export class MessagesToolWords implements ToolWords {
  readonly #open = new Map<number | undefined, Call>()

  event(event: Json): ToolWord[] {
    const index = numberAt(event, 'index')
    switch (event.type) {
      case 'content_block_start':
        this.#begin(index, asObject(event.content_block) ?? {})
        return []
      case 'content_block_delta':
        this.#goOn(index, asObject(event.delta) ?? {})
        return []
      case 'content_block_stop':
        return this.#end(index)
      default:
        return []
    }
  }

  answer(body: Json): ToolWord[] {
    return objectsAt(body, 'content').flatMap((block) => {
      const call = callOf(block)
      if (call === undefined) return []
      return [{ kind: 'tool-called', ...call, input: JSON.stringify(block.input ?? {}) }]
    })
  }

  #begin(index: number | undefined, block: Json): void {
    const call = callOf(block)
    if (call !== undefined) this.#open.set(index, { ...call, input: '' })
  }

  #goOn(index: number | undefined, delta: Json): void {
    const call = this.#open.get(index)
    const piece = textAt(delta, 'partial_json')
    if (call === undefined || piece === undefined) return
    if (call.input.length <= INPUT_CHARACTERS) call.input += piece
  }

  #end(index: number | undefined): ToolWord[] {
    const call = this.#open.get(index)
    this.#open.delete(index)
    return call === undefined ? [] : [{ kind: 'tool-called', ...call }]
  }
}

// `server_tool_use` and `mcp_tool_use` are run by the API itself, never by the agent.
function callOf(block: Json): Omit<Call, 'input'> | undefined {
  const [callId, name] = [textAt(block, 'id'), textAt(block, 'name')]
  return block.type === 'tool_use' && callId && name ? { callId, name } : undefined
}
