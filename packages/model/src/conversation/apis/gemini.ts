import { asObject, type Json, objectAt, objectsAt, textAt } from '../../model-api/json.js'
import type { AnswerBuilder, ConversationApi, ReadMessage } from '../conversation-api.js'
import type {
  JsonPath,
  Message,
  ModelAnswer,
  Parameter,
  Part,
  ToolDefinition,
} from '../model-request.js'
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

const PATH = /(?:^|\/)(?:models\/([^/:]+))?[^/]*:(?:streamG|g)enerateContent$/

/**
 * Google's generateContent: https://ai.google.dev/api/generate-content. If Gemini CLI is logged in
 * with Google, the request is in a member `request`, and the answer in a member `response`.
 */
export const geminiConversation: ConversationApi = {
  name: 'gemini',
  hasPath: (path) => PATH.test(path),
  looksLike: (body) => 'contents' in (asObject(body.request) ?? body),
  request(body, path) {
    const wrapped = asObject(body.request)
    const [inner, under] = wrapped === undefined ? [body, []] : [wrapped, ['request']]
    const model = textAt(body, 'model') ?? PATH.exec(path)?.[1]
    const around: Parameter[] = wrapped === undefined ? [] : parametersOf(body, WRAPPER)
    return {
      api: 'gemini',
      ...(model !== undefined && { model }),
      parameters: [...around, ...parametersOf(inner, TAKEN, under)],
      tools: toolsOf(inner, under),
      instructions: SYSTEM.flatMap((name) => systemOf(inner[name], [...under, name])),
      messages: contentsOf(inner.contents, [...under, 'contents']),
    }
  },
  answer: () => new GeminiAnswer(),
}

// Its JSON allows both spellings.
const SYSTEM = ['systemInstruction', 'system_instruction']
const TAKEN = new Set([...SYSTEM, 'model', 'contents', 'tools'])
const WRAPPER = new Set(['model', 'request'])

function systemOf(value: unknown, path: JsonPath): Message[] {
  if (value === undefined || value === null) return []
  return [{ ...read(value, path), role: 'system' }]
}

function contentsOf(contents: unknown, path: JsonPath): Message[] {
  if (contents === undefined || contents === null) return []
  if (!Array.isArray(contents)) return [read(contents, path)]
  return contents.map((value, index) => read(value, [...path, index]))
}

function toolsOf(inner: Json, under: JsonPath): ToolDefinition[] {
  const { tools } = inner
  if (tools === undefined || tools === null) return []
  if (!Array.isArray(tools)) return [{ name: 'unknown', value: tools, path: [...under, 'tools'] }]
  return tools.flatMap((value, index) => {
    const tool = asObject(value)
    const path: JsonPath = [...under, 'tools', index]
    if (tool === undefined) return [{ name: 'unknown', value, path }]
    return Object.entries(tool).flatMap(([member, told]): ToolDefinition[] => {
      const isList = /^function_?declarations$/i.test(member) && Array.isArray(told)
      if (!isList) return [{ name: member, value: { [member]: told }, path: [...path, member] }]
      return told.map((one, place) => declaration(one, [...path, member, place]))
    })
  })
}

function declaration(value: unknown, path: JsonPath): ToolDefinition {
  const json = asObject(value) ?? {}
  const description = textAt(json, 'description')
  return {
    name: textAt(json, 'name') ?? 'unknown',
    ...(description !== undefined && { description }),
    value,
    path,
  }
}

const read: ReadMessage = (value, path) => {
  if (typeof value === 'string') {
    return { role: 'user', parts: textParts(value), value, ...(path !== undefined && { path }) }
  }
  const content = asObject(value)
  if (content === undefined || Array.isArray(content)) return strangeMessage(value, path)
  const parts = [...contentParts(content.parts, readPart), ...unknownMembers(content, CONTENT)]
  return {
    role: textAt(content, 'role') ?? 'user',
    parts,
    value,
    ...(path !== undefined && { path }),
  }
}

const CONTENT = new Set(['role', 'parts'])

function readPart(part: Json): Part[] {
  const text = textAt(part, 'text')
  if (text !== undefined) {
    const rest = unknownMembers(part, TEXT)
    if (part.thought !== true) return [...textParts(text), ...rest]
    return [{ type: 'reasoning', text, ...encrypted(part) }, ...rest]
  }
  const call = objectOf(part, 'functionCall', 'function_call')
  if (call !== undefined) {
    return [{ ...named(call), type: 'tool_call', arguments: argumentsText(call.args) }]
  }
  const response = objectOf(part, 'functionResponse', 'function_response')
  if (response !== undefined) {
    const parts = textParts(argumentsText(response.response))
    return [{ ...idOf(response), type: 'tool_call_response', ...nameOf(response), parts }]
  }
  const data =
    objectOf(part, 'inlineData', 'inline_data') ?? objectOf(part, 'fileData', 'file_data')
  return data === undefined ? [other(part)] : [attached(data)]
}

const TEXT = new Set(['text', 'thought', 'thoughtSignature', 'thought_signature'])

function objectOf(part: Json, ...names: string[]): Json | undefined {
  return names.map((name) => asObject(part[name])).find((value) => value !== undefined)
}

function named(call: Json): { name: string; id?: string } {
  return { name: textAt(call, 'name') ?? 'unknown', ...idOf(call) }
}

function nameOf(response: Json): { name?: string } {
  return attachment(response, { name: 'name' })
}

function idOf(call: Json): { id?: string } {
  return attachment(call, { id: 'id' })
}

function encrypted(part: Json): { encrypted?: number } {
  const length = (textAt(part, 'thoughtSignature') ?? textAt(part, 'thought_signature'))?.length
  return length === undefined ? {} : { encrypted: length }
}

function attached(data: Json): Part {
  const found = {
    ...attachment(data, { mediaType: 'mime_type', url: 'file_uri', bytes: 'data' }),
    ...attachment(data, { mediaType: 'mimeType', url: 'fileUri', bytes: 'data' }),
  }
  return { type: found.mediaType?.startsWith('image/') ? 'image' : 'file', ...found }
}

/**
 * Assembles an answer from its events: each holds further parts, and a text continues in the next.
 */
class GeminiAnswer implements AnswerBuilder {
  readonly #head: Pick<ModelAnswer, 'id' | 'model'> = {}
  readonly #parts: Record<string, unknown>[] = []
  readonly #other: unknown[] = []

  add(value: unknown): void {
    // Without `alt=sse`, a streamed answer is one list of what would be its events.
    if (Array.isArray(value)) {
      for (const event of value) this.add(event)
      return
    }
    const event = asObject(value) ?? {}
    const told = asObject(event.response) ?? event
    const [id, model] = [textAt(told, 'responseId'), textAt(told, 'modelVersion')]
    if (id !== undefined) this.#head.id = id
    if (model !== undefined) this.#head.model = model
    if (!Array.isArray(told.candidates)) {
      if (told.usageMetadata === undefined || told.promptFeedback !== undefined)
        this.#other.push(value)
      return
    }
    for (const candidate of objectsAt(told, 'candidates')) {
      for (const part of objectsAt(objectAt(candidate, 'content'), 'parts')) this.#addPart(part)
    }
  }

  answer(): ModelAnswer {
    const messages = this.#parts.length > 0 ? [read({ role: 'model', parts: this.#parts })] : []
    return { ...this.#head, messages, other: this.#other }
  }

  #addPart(part: Json): void {
    const last = this.#parts.at(-1)
    const [before, more] = [textAt(last ?? {}, 'text'), textAt(part, 'text')]
    const goesOn = before !== undefined && more !== undefined && last?.thought === part.thought
    if (last !== undefined && goesOn) Object.assign(last, part, { text: before + more })
    else this.#parts.push({ ...part })
  }
}
