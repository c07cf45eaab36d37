import { asObject, type Json, numberAt, objectAt, textAt } from '../../model-api/json.js'
import { messagesApi } from '../../model-api/messages.js'
import type { AnswerBuilder, ConversationApi, ReadMessage } from '../conversation-api.js'
import type { Message, ModelAnswer, Part, ToolDefinition } from '../model-request.js'
import {
  argumentsText,
  attachment,
  contentParts,
  other,
  parametersOf,
  strangeMessage,
  textParts,
  unknownMembers,
} from '../parts.js'

/** Anthropic's Messages API: https://docs.anthropic.com/en/api/messages */
export const messagesConversation: ConversationApi = {
  name: 'messages',
  hasPath: (path) => messagesApi.isRequest('POST', path),
  // Its messages look like those of Chat Completions, except for what only this API has.
  looksLike: (body) =>
    Array.isArray(body.messages) && ('system' in body || hasBlocks(body.messages)),
  request(body, path) {
    const { system, messages, tools } = body
    const model = textAt(body, 'model') ?? messagesApi.pathFacts?.(path).model
    return {
      api: 'messages',
      ...(model !== undefined && { model }),
      parameters: parametersOf(body, TAKEN),
      tools: toolsOf(tools),
      instructions: systemOf(system),
      messages: Array.isArray(messages)
        ? messages.map((value, index) => read(value, ['messages', index]))
        : isThere(messages)
          ? [strangeMessage(messages, ['messages'])]
          : [],
    }
  },
  answer: () => new MessagesAnswer(),
}

const TAKEN = new Set(['model', 'system', 'messages', 'tools'])

function isThere(value: unknown): boolean {
  return value !== undefined && value !== null && value !== ''
}

function hasBlocks(messages: readonly unknown[]): boolean {
  return messages.some((message) => {
    const { content } = asObject(message) ?? {}
    return Array.isArray(content) && content.some((block) => BLOCKS.has(typeOf(block)))
  })
}

const BLOCKS = new Set(['tool_use', 'tool_result', 'thinking', 'redacted_thinking', 'document'])

function typeOf(block: unknown): string {
  return textAt(asObject(block) ?? {}, 'type') ?? ''
}

// Each block is a message of its own: agents change the last and keep those before it.
function systemOf(system: unknown): Message[] {
  if (!isThere(system)) return []
  const list = Array.isArray(system) ? system : undefined
  if (list === undefined) return [instruction(system, ['system'])]
  return list.map((block, index) => instruction(block, ['system', index]))
}

function instruction(value: unknown, path: readonly (string | number)[]): Message {
  const content = typeof value === 'string' ? value : [value]
  return {
    role: 'system',
    parts: contentParts(content, readBlock),
    value,
    path,
    ...givenOf(value),
  }
}

function toolsOf(tools: unknown): ToolDefinition[] {
  if (!Array.isArray(tools)) {
    return isThere(tools) ? [{ name: 'unknown', value: tools, path: ['tools'] }] : []
  }
  return tools.map((value, index) => {
    const tool = asObject(value) ?? {}
    const description = textAt(tool, 'description')
    return {
      name: textAt(tool, 'name') ?? textAt(tool, 'type') ?? 'unknown',
      ...(description !== undefined && { description }),
      value,
      path: ['tools', index],
    }
  })
}

const read: ReadMessage = (value, path) => {
  const message = asObject(value)
  if (message === undefined || Array.isArray(message)) return strangeMessage(value, path)
  const parts = [...contentParts(message.content, readBlock), ...unknownMembers(message, MESSAGE)]
  const role = textAt(message, 'role') ?? 'unknown'
  return { role, parts, value, ...givenOf(value), ...(path !== undefined && { path }) }
}

/**
 * Returns what the model is given, if that differs from what was sent: a list of one text block
 * equals that text, and `cache_control` only says how far to cache the prompt. Agents move that
 * mark with each request.
 */
function givenOf(value: unknown): { given?: unknown } {
  const given = unmarked(value)
  return given === value ? {} : { given }
}

function unmarked(value: unknown): unknown {
  if (Array.isArray(value)) {
    const all = value.map(unmarked)
    return all.every((one, index) => one === value[index]) ? value : all
  }
  const json = asObject(value)
  if (json === undefined) return value
  const content = onlyText(unmarked(json.content))
  if (content === json.content && !('cache_control' in json)) return value
  const { cache_control: _mark, ...rest } = json
  return content === undefined ? rest : { ...rest, content }
}

function onlyText(content: unknown): unknown {
  if (!Array.isArray(content) || content.length !== 1) return content
  const { type, text, ...more } = asObject(content[0]) ?? {}
  const isText = type === 'text' && typeof text === 'string' && Object.keys(more).length === 0
  return isText ? text : content
}

const MESSAGE = new Set(['role', 'content', 'id', 'type'])

function readBlock(block: Json): Part[] {
  switch (block.type) {
    case 'text': {
      const text = textAt(block, 'text')
      return text === undefined ? [other(block)] : textParts(text)
    }
    case 'thinking':
      return [{ type: 'reasoning', text: textAt(block, 'thinking') ?? '', ...signature(block) }]
    case 'redacted_thinking':
      return [{ type: 'reasoning', text: '', encrypted: textAt(block, 'data')?.length ?? 0 }]
    case 'image':
      return [{ type: 'image', ...sourceOf(block) }]
    case 'document':
      return [{ type: 'file', ...sourceOf(block), ...attachment(block, { name: 'title' }) }]
    default:
      return toolBlock(block)
  }
}

// `tool_use`, and for tools that the API runs `server_tool_use`, `web_search_tool_result` and
// others.
function toolBlock(block: Json): Part[] {
  const type = textAt(block, 'type') ?? ''
  if (type.endsWith('tool_use')) {
    const id = textAt(block, 'id')
    return [
      {
        type: 'tool_call',
        name: textAt(block, 'name') ?? 'unknown',
        ...(id !== undefined && { id }),
        arguments: argumentsText(block.input),
      },
    ]
  }
  if (!type.endsWith('tool_result')) return [other(block)]
  const id = textAt(block, 'tool_use_id')
  const parts = contentParts(block.content, readBlock)
  return [
    { type: 'tool_call_response', ...(id !== undefined && { id }), parts },
    ...unknownMembers(block, RESULT),
  ]
}

const RESULT = new Set(['type', 'tool_use_id', 'content', 'cache_control'])

function signature(block: Json): { encrypted?: number } {
  const length = textAt(block, 'signature')?.length
  return length ? { encrypted: length } : {}
}

function sourceOf(block: Json) {
  const source = objectAt(block, 'source')
  const text = source.type === 'text' ? textAt(source, 'data') : undefined
  const found = attachment(source, SOURCE)
  return text === undefined ? found : { ...found, bytes: text.length }
}

const SOURCE = { mediaType: 'media_type', bytes: 'data', url: 'url', id: 'file_id' }

/** Assembles an answer from its events: blocks start whole and grow by deltas. */
class MessagesAnswer implements AnswerBuilder {
  readonly #head: Pick<ModelAnswer, 'id' | 'model'> = {}
  #role = 'assistant'
  #blocks: Record<string, unknown>[] = []
  /** The inputs of tools, which come as fragments of JSON text. */
  readonly #inputs = new Map<number, string>()
  readonly #other: unknown[] = []

  add(value: unknown): void {
    const event = asObject(value) ?? {}
    switch (event.type) {
      case 'message_start':
        this.#begin(objectAt(event, 'message'))
        return
      case 'message':
        this.#begin(event)
        return
      case 'content_block_start':
        this.#blocks[this.#indexOf(event)] = { ...objectAt(event, 'content_block') }
        return
      case 'content_block_delta':
        this.#addDelta(this.#indexOf(event), objectAt(event, 'delta'))
        return
      case 'content_block_stop':
      case 'message_delta':
      case 'message_stop':
      case 'ping':
        return
      default:
        this.#other.push(value)
    }
  }

  answer(): ModelAnswer {
    const content = this.#blocks.map((block, index) => {
      const input = this.#inputs.get(index)
      return input === undefined ? block : { ...block, input: parsed(input) }
    })
    const messages = content.length > 0 ? [read({ role: this.#role, content })] : []
    return { ...this.#head, messages, other: this.#other }
  }

  #begin(message: Json): void {
    const [id, model] = [textAt(message, 'id'), textAt(message, 'model')]
    if (id !== undefined) this.#head.id = id
    if (model !== undefined) this.#head.model = model
    this.#role = textAt(message, 'role') ?? this.#role
    if (Array.isArray(message.content)) this.#blocks = message.content.map((one) => ({ ...one }))
  }

  #indexOf(event: Json): number {
    return Math.min(numberAt(event, 'index') ?? this.#blocks.length, this.#blocks.length)
  }

  #addDelta(index: number, delta: Json): void {
    const block = this.#blocks[index]
    if (block === undefined) return
    const input = textAt(delta, 'partial_json')
    if (input !== undefined) this.#inputs.set(index, (this.#inputs.get(index) ?? '') + input)
    for (const member of ['text', 'thinking', 'signature']) {
      const more = textAt(delta, member)
      if (more !== undefined) block[member] = (textAt(block, member) ?? '') + more
    }
  }
}

// If the answer was cut off, the text as far as it came.
function parsed(input: string): unknown {
  try {
    return input === '' ? {} : JSON.parse(input)
  } catch {
    return input
  }
}
