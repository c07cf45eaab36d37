import { asObject, type Json } from '../model-api/json.js'
import { chatCompletionsConversation } from './apis/chat-completions.js'
import { geminiConversation } from './apis/gemini.js'
import { messagesConversation } from './apis/messages.js'
import { responsesConversation } from './apis/responses.js'
import type { AnswerBuilder, ConversationApi } from './conversation-api.js'
import type { ConversationApiName, Message, ModelRequest, Part } from './model-request.js'
import { parametersOf } from './parts.js'

// Messages goes before Chat Completions, whose requests it would look like.
const APIS: readonly ConversationApi[] = [
  responsesConversation,
  geminiConversation,
  messagesConversation,
  chatCompletionsConversation,
]

/**
 * The API that a request speaks: by its path, and where gateways have paths of their own, by the
 * members of its body. Nothing where it speaks none of them.
 */
export function conversationApiOf(url: string, body: unknown): ConversationApiName | undefined {
  return apiOf(pathOf(url), asObject(body) ?? {})?.name
}

/**
 * What a request gives to a model.
 *
 * @param body the value of its JSON; of one that is no object, all there is is a parameter.
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

// Most APIs name the tool in its call alone.
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

/** Puts together what was answered to a request of an API; of an unknown one, all is `other`. */
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
