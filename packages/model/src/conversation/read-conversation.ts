import { asObject, type Json } from '../model-api/json.js'
import { chatCompletionsConversation } from './apis/chat-completions.js'
import { geminiConversation } from './apis/gemini.js'
import { messagesConversation } from './apis/messages.js'
import { responsesConversation } from './apis/responses.js'
import type { AnswerBuilder, ConversationApi } from './conversation-api.js'
import type { ConversationApiName, Message, ModelRequest, Part } from './model-request.js'
import { parametersOf } from './parts.js'

// Messages comes before Chat Completions, because its requests look like the latter's.
const APIS: readonly ConversationApi[] = [
  responsesConversation,
  geminiConversation,
  messagesConversation,
  chatCompletionsConversation,
]

/**
 * Returns the API of a request, from its path or, because gateways have paths of their own, from
 * the members of its body; undefined if it is unknown.
 */
export function conversationApiOf(url: string, body: unknown): ConversationApiName | undefined {
  return apiOf(pathOf(url), asObject(body) ?? {})?.name
}

/**
 * Reads what a request gives a model.
 *
 * @param body the value of its JSON; if that is not an object, it becomes a parameter.
 */
export function readModelRequest(url: string, body: unknown): ModelRequest {
  const path = pathOf(url)
  const json = asObject(body)
  const api = json === undefined ? undefined : apiOf(path, json)
  if (json !== undefined && api !== undefined) {
    const request = api.request(json, path)
    return { ...request, messages: withCallNames(request.messages) }
  }
  const parameters =
    json === undefined || Array.isArray(body)
      ? [{ name: 'body', value: body, path: [] }]
      : parametersOf(json, new Set())
  return { parameters, tools: [], instructions: [], messages: [] }
}

// In most APIs only the call names the tool.
function withCallNames(messages: readonly Message[]): Message[] {
  const names = new Map<string, string>()
  const named = (part: Part): Part => {
    if (part.type === 'tool_call' && part.id !== undefined) names.set(part.id, part.name)
    if (part.type !== 'tool_call_response' || part.name !== undefined) return part
    const name = names.get(part.id ?? '')
    return name === undefined ? part : { ...part, name }
  }
  return messages.map((message) => ({ ...message, parts: message.parts.map(named) }))
}

/** Returns what assembles an answer of an API; for an unknown one, everything is `other`. */
export function answerBuilder(name: ConversationApiName | undefined): AnswerBuilder {
  const api = APIS.find((one) => one.name === name)
  if (api !== undefined) return api.answer()
  const other: unknown[] = []
  return { add: (value) => other.push(value), answer: () => ({ messages: [], other }) }
}

function apiOf(path: string, body: Json): ConversationApi | undefined {
  return APIS.find((api) => api.hasPath(path)) ?? APIS.find((api) => api.looksLike(body))
}

function pathOf(url: string): string {
  const [plain = ''] = (URL.canParse(url) ? new URL(url).pathname : url).split('?')
  return plain
}
