import { asObject, type Json, numberAt, objectAt, objectsAt, textAt } from '../../model-api/json.js'
import { responsesApi } from '../../model-api/responses.js'
import type { AnswerBuilder, ConversationApi, ReadMessage } from '../conversation-api.js'
import type { Message, ModelAnswer, Part, ToolDefinition } from '../model-request.js'
import {
  argumentsText,
  attachment,
  attachmentOfUrl,
  contentParts,
  other,
  parametersOf,
  strangeMessage,
  textParts,
  unknownMembers,
} from '../parts.js'

/** OpenAI's Responses API: https://platform.openai.com/docs/api-reference/responses/create */
export const responsesConversation: ConversationApi = {
  name: 'responses',
  hasPath: (path) => responsesApi.isRequest('POST', path),
  looksLike: (body) => 'input' in body || 'previous_response_id' in body,
  request(body) {
    const { instructions, tools, input } = body
    const model = textAt(body, 'model')
    return {
      api: 'responses',
      ...(model !== undefined && { model }),
      parameters: parametersOf(body, TAKEN),
      tools: toolsOf(tools),
      instructions: isThere(instructions) ? [system(instructions, ['instructions'])] : [],
      messages: inputOf(input),
    }
  },
  answer: () => new ResponsesAnswer(),
}

// `type` is in WebSocket messages that contain a request.
const TAKEN = new Set(['model', 'instructions', 'tools', 'input', 'type'])

function isThere(value: unknown): boolean {
  return value !== undefined && value !== null && value !== ''
}

function system(value: unknown, path: readonly string[]): Message {
  return { role: 'system', parts: contentParts(value, readPart), value, path }
}

// A plain text is short for one message by the user.
function inputOf(input: unknown): Message[] {
  if (!isThere(input)) return []
  if (typeof input === 'string') {
    return [{ role: 'user', parts: textParts(input), value: input, path: ['input'] }]
  }
  if (!Array.isArray(input)) return [strangeMessage(input, ['input'])]
  return input.map((item, index) => readItem(item, ['input', index]))
}

function toolsOf(tools: unknown): ToolDefinition[] {
  if (!Array.isArray(tools)) {
    return isThere(tools) ? [{ name: 'unknown', value: tools, path: ['tools'] }] : []
  }
  return tools.map((value, index) => {
    const json = asObject(value) ?? {}
    const name = textAt(json, 'name') ?? textAt(json, 'server_label') ?? textAt(json, 'type')
    const description = textAt(json, 'description')
    return {
      name: name ?? 'unknown',
      ...(description !== undefined && { description }),
      value,
      path: ['tools', index],
    }
  })
}

/** Reads an item of an input or an output. */
export const readItem: ReadMessage = (value, path) => {
  const item = asObject(value)
  if (item === undefined || Array.isArray(item)) return strangeMessage(value, path)
  const [role, parts] = rolesAndParts(item)
  return { role, parts, value, ...(path !== undefined && { path }) }
}

function rolesAndParts(item: Json): [role: string, parts: Part[]] {
  const type = textAt(item, 'type') ?? 'message'
  if (type === 'message') {
    const parts = contentParts(item.content, readPart)
    return [textAt(item, 'role') ?? 'unknown', [...parts, ...unknownMembers(item, MESSAGE)]]
  }
  if (type === 'reasoning') return ['assistant', reasoningParts(item)]
  if (/_(output|response)$/.test(type)) return ['tool', [toolResponse(item), ...errorOf(item)]]
  if (type.endsWith('_call')) return ['assistant', toolCall(item, type)]
  return ['unknown', [other(item)]]
}

const MESSAGE = new Set(['type', 'role', 'content', 'id', 'status', 'phase'])

function reasoningParts(item: Json): Part[] {
  const texts = [...objectsAt(item, 'summary'), ...objectsAt(item, 'content')]
  const text = texts.flatMap((part) => textAt(part, 'text') ?? []).join('\n')
  const encrypted = textAt(item, 'encrypted_content')?.length
  const reasoning: Part = {
    type: 'reasoning',
    text,
    ...(encrypted !== undefined && { encrypted }),
  }
  return [reasoning, ...unknownMembers(item, REASONING)]
}

const REASONING = new Set(['type', 'id', 'status', 'summary', 'content', 'encrypted_content'])

// What the API runs itself has its call and its result in one item.
function toolCall(item: Json, type: string): Part[] {
  const id = textAt(item, 'call_id') ?? textAt(item, 'id')
  const { name, arguments: given, input, output, result, ...rest } = item
  const { type: _, id: __, call_id: ___, status: ____, ...others } = rest
  const said = given ?? input ?? (Object.keys(others).length > 0 ? others : undefined)
  const call: Part = {
    type: 'tool_call',
    name: typeof name === 'string' ? name : type.replace(/_call$/, ''),
    ...(id !== undefined && { id }),
    arguments: argumentsText(said),
  }
  const answered = output ?? result
  const parts = said === others ? [] : unknownMembers(others, CALL)
  if (!isThere(answered)) return [call, ...parts]
  return [call, ...parts, responsePart(id, answered)]
}

const CALL = new Set(['namespace', 'server_label', 'approval_request_id'])

function toolResponse(item: Json): Part {
  return responsePart(textAt(item, 'call_id'), item.output)
}

function responsePart(id: string | undefined, output: unknown): Part {
  const parts = contentParts(output, readPart)
  return { type: 'tool_call_response', ...(id !== undefined && { id }), parts }
}

function errorOf(item: Json): Part[] {
  return unknownMembers(item, RESPONSE)
}

const RESPONSE = new Set(['type', 'id', 'call_id', 'status', 'output', 'name'])

function readPart(part: Json): Part[] {
  switch (part.type) {
    case 'input_text':
    case 'output_text':
    case 'text':
    case 'summary_text':
    case 'reasoning_text': {
      const text = textAt(part, 'text')
      return text === undefined ? [other(part)] : textParts(text)
    }
    case 'refusal':
      return textParts(textAt(part, 'refusal'))
    case 'input_image':
      return [{ type: 'image', ...attachmentOfUrl(textAt(part, 'image_url')), ...idOf(part) }]
    case 'input_file':
      return [{ type: 'file', ...attachment(part, FILE), ...dataOf(part), ...idOf(part) }]
    default:
      return [other(part)]
  }
}

const FILE = { name: 'filename', url: 'file_url' }

function idOf(part: Json): { id?: string } {
  return attachment(part, { id: 'file_id' })
}

function dataOf(part: Json) {
  return attachmentOfUrl(textAt(part, 'file_data'))
}

/**
 * Assembles an answer from its events. Completed items come whole, and the event that ends an
 * answer repeats them all; items that were incomplete when it broke off are assembled from deltas.
 */
class ResponsesAnswer implements AnswerBuilder {
  readonly #head: Pick<ModelAnswer, 'id' | 'model'> = {}
  readonly #items = new Map<number, Json>()
  readonly #other: unknown[] = []
  #repeated: unknown[] = []

  add(value: unknown): void {
    const event = asObject(value) ?? {}
    const type = textAt(event, 'type') ?? ''
    const at = numberAt(event, 'output_index') ?? this.#items.size
    if (type === 'response.output_item.added' || type === 'response.output_item.done') {
      this.#items.set(at, { ...objectAt(event, 'item') })
    } else if (type.endsWith('.delta')) {
      this.#addDelta(type, numberAt(event, 'output_index') ?? Math.max(0, at - 1), event)
    } else if (type === '' && Array.isArray(event.output)) this.#addResponse(event)
    else if (asObject(event.response) !== undefined) this.#addResponse(objectAt(event, 'response'))
    else if (!/^response\./.test(type)) this.#other.push(value)
  }

  answer(): ModelAnswer {
    const done = [...this.#items].sort(([one], [two]) => one - two).map(([, item]) => item)
    const items = this.#repeated.length < done.length ? done : this.#repeated
    return { ...this.#head, messages: items.map((item) => readItem(item)), other: this.#other }
  }

  #addResponse(response: Json): void {
    const [id, model] = [textAt(response, 'id'), textAt(response, 'model')]
    if (id !== undefined) this.#head.id = id
    if (model !== undefined) this.#head.model = model
    if (Array.isArray(response.output)) this.#repeated = response.output
    if (asObject(response.error) !== undefined) this.#other.push({ error: response.error })
  }

  // A part of a list (`content`, `summary`), or a text of the item itself (`arguments`, `input`).
  #addDelta(type: string, at: number, event: Json): void {
    const delta = textAt(event, 'delta')
    const [list, member, partType] = DELTAS[type] ?? []
    if (delta === undefined || list === undefined) return
    // If the start of an answer is missing, text is taken for a message.
    const item = this.#items.get(at) ?? (list === 'content' ? UNNAMED : undefined)
    if (item === undefined) return
    const changed: Record<string, unknown> = { ...item }
    if (member === undefined) changed[list] = (textAt(item, list) ?? '') + delta
    else {
      const index = numberAt(event, list === 'summary' ? 'summary_index' : 'content_index') ?? 0
      const parts = Array.isArray(item[list]) ? [...item[list]] : []
      const part = asObject(parts[index]) ?? { type: partType }
      parts[Math.min(index, parts.length)] = {
        ...part,
        [member]: (textAt(part, member) ?? '') + delta,
      }
      changed[list] = parts
    }
    this.#items.set(at, changed)
  }
}

const UNNAMED: Json = { type: 'message', role: 'assistant' }

/**
 * For each delta: the member of its item and, for a list, the member of the part and the part's
 * type.
 */
const DELTAS: Readonly<Record<string, [list: string, member?: string, type?: string]>> = {
  'response.output_text.delta': ['content', 'text', 'output_text'],
  'response.refusal.delta': ['content', 'refusal', 'refusal'],
  'response.reasoning_text.delta': ['content', 'text', 'reasoning_text'],
  'response.reasoning_summary_text.delta': ['summary', 'text', 'summary_text'],
  'response.function_call_arguments.delta': ['arguments'],
  'response.custom_tool_call_input.delta': ['input'],
  'response.mcp_call_arguments.delta': ['arguments'],
}
