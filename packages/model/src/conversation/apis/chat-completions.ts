import { chatCompletionsApi } from '../../model-api/chat-completions.js'
import { asObject, type Json, numberAt, objectAt, objectsAt, textAt } from '../../model-api/json.js'
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

/** OpenAI's Chat Completions API: https://platform.openai.com/docs/api-reference/chat/create */
export const chatCompletionsConversation: ConversationApi = {
  name: 'chat-completions',
  hasPath: (path) => chatCompletionsApi.isRequest('POST', path),
  looksLike: (body) => Array.isArray(body.messages),
  request(body) {
    const model = textAt(body, 'model')
    const all = listAt(body, 'messages').map((value, index) => read(value, ['messages', index]))
    // It has no place for instructions other than the messages before the first of another role.
    const first = all.findIndex(({ role }) => role !== 'system' && role !== 'developer')
    const leading = first < 0 ? all.length : first
    return {
      api: 'chat-completions',
      ...(model !== undefined && { model }),
      parameters: parametersOf(body, TAKEN),
      tools: [...toolsAt(body, 'tools'), ...toolsAt(body, 'functions')],
      instructions: all.slice(0, leading),
      messages: all.slice(leading),
    }
  },
  answer: () => new ChatAnswer(),
}

const TAKEN = new Set(['model', 'messages', 'tools', 'functions'])

function listAt(json: Json, name: string): unknown[] {
  const value = json[name]
  if (Array.isArray(value)) return value
  return value === undefined || value === null ? [] : [value]
}

function toolsAt(body: Json, member: string): ToolDefinition[] {
  return listAt(body, member).map((value, index) => {
    const tool = asObject(value) ?? {}
    const inner = asObject(tool.function) ?? asObject(tool.custom) ?? tool
    const description = textAt(inner, 'description')
    return {
      name: textAt(inner, 'name') ?? textAt(tool, 'type') ?? 'unknown',
      ...(description !== undefined && { description }),
      value,
      path: [member, index],
    }
  })
}

const read: ReadMessage = (value, path) => {
  const message = asObject(value)
  if (message === undefined || Array.isArray(message)) return strangeMessage(value, path)
  const role = textAt(message, 'role') ?? 'unknown'
  const content = contentParts(message.content, readPart)
  const isResult = role === 'tool' || role === 'function'
  const parts = isResult ? [result(message, content)] : [...reasoning(message), ...content]
  return {
    role,
    parts: [
      ...parts,
      ...textParts(textAt(message, 'refusal')),
      ...objectsAt(message, 'tool_calls').map(call),
      ...objectsOf(message.function_call).map((one) => call({ function: one })),
      ...unknownMembers(message, MESSAGE),
    ],
    value,
    ...(path !== undefined && { path }),
  }
}

const MESSAGE = new Set([
  ...['role', 'content', 'refusal', 'tool_calls', 'function_call', 'tool_call_id', 'name'],
  ...['reasoning_content', 'reasoning'],
])

function objectsOf(value: unknown): Json[] {
  const json = asObject(value)
  return json === undefined ? [] : [json]
}

// Not from OpenAI: DeepSeek and vLLM use one name, OpenRouter the other.
function reasoning(message: Json): Part[] {
  const text = textAt(message, 'reasoning_content') ?? textAt(message, 'reasoning')
  return text ? [{ type: 'reasoning', text }] : []
}

function result(message: Json, parts: Part[]): Part {
  const id = textAt(message, 'tool_call_id')
  const name = textAt(message, 'name')
  return {
    type: 'tool_call_response',
    ...(id !== undefined && { id }),
    ...(name !== undefined && { name }),
    parts,
  }
}

function call(told: Json): Part {
  const id = textAt(told, 'id')
  const called = asObject(told.function) ?? asObject(told.custom)
  if (called === undefined) return other(told)
  return {
    type: 'tool_call',
    name: textAt(called, 'name') ?? 'unknown',
    ...(id !== undefined && { id }),
    arguments: argumentsText(called.arguments ?? called.input),
  }
}

function readPart(part: Json): Part[] {
  switch (part.type) {
    case 'text': {
      const text = textAt(part, 'text')
      return text === undefined ? [other(part)] : textParts(text)
    }
    case 'refusal':
      return textParts(textAt(part, 'refusal'))
    case 'image_url': {
      const url = textAt(objectAt(part, 'image_url'), 'url') ?? textAt(part, 'image_url')
      return [{ type: 'image', ...attachmentOfUrl(url) }]
    }
    case 'input_audio':
      return [{ type: 'file', ...attachment(objectAt(part, 'input_audio'), AUDIO) }]
    case 'file': {
      const file = objectAt(part, 'file')
      return [
        { type: 'file', ...attachment(file, FILE), ...attachmentOfUrl(textAt(file, 'file_data')) },
      ]
    }
    default:
      return [other(part)]
  }
}

const AUDIO = { mediaType: 'format', bytes: 'data' }
const FILE = { name: 'filename', id: 'file_id' }

/** Assembles an answer from its events: each choice is a message whose texts come in fragments. */
class ChatAnswer implements AnswerBuilder {
  readonly #head: Pick<ModelAnswer, 'id' | 'model'> = {}
  readonly #choices = new Map<number, Record<string, unknown>>()
  readonly #other: unknown[] = []

  add(value: unknown): void {
    const event = asObject(value) ?? {}
    if (!Array.isArray(event.choices)) {
      this.#other.push(value)
      return
    }
    const [id, model] = [textAt(event, 'id'), textAt(event, 'model')]
    if (id !== undefined) this.#head.id = id
    if (model !== undefined) this.#head.model = model
    objectsAt(event, 'choices').forEach((choice, place) => {
      const index = numberAt(choice, 'index') ?? place
      const told = asObject(choice.message) ?? objectAt(choice, 'delta')
      const message = this.#choices.get(index) ?? {}
      for (const [name, more] of Object.entries(told))
        message[name] = joined(name, message[name], more)
      this.#choices.set(index, message)
    })
  }

  answer(): ModelAnswer {
    const messages: Message[] = [...this.#choices.values()]
      .filter((message) => Object.keys(message).length > 0)
      .map((message) => read({ role: 'assistant', ...message }))
    return { ...this.#head, messages, other: this.#other }
  }
}

const WORDS = new Set(['role', 'id', 'type', 'name', 'index'])

function joined(name: string, before: unknown, more: unknown): unknown {
  if (more === null || more === undefined) return before ?? more
  if (typeof before === 'string' && typeof more === 'string') {
    return WORDS.has(name) ? more : before + more
  }
  if (name === 'tool_calls' && Array.isArray(more)) return joinedCalls(before, more)
  const [one, two] = [asObject(before), asObject(more)]
  if (one === undefined || two === undefined || Array.isArray(two)) return more
  const both: Record<string, unknown> = { ...one }
  for (const [key, value] of Object.entries(two)) both[key] = joined(key, both[key], value)
  return both
}

function joinedCalls(before: unknown, more: readonly unknown[]): unknown[] {
  const calls: unknown[] = Array.isArray(before) ? [...before] : []
  more.forEach((call, place) => {
    const told = numberAt(asObject(call) ?? {}, 'index')
    const index = Math.min(told ?? place, calls.length)
    calls[index] = joined('', calls[index], call)
  })
  return calls
}
