import { asObject, type Json, objectsAt, textAt } from './json.js'

/**
 * Returns the user's latest prompt in a request's body: the text of its last user message. Text
 * that agents add in the user's name (`<environment_context>…`, `<system-reminder>…`, the text of
 * AGENTS.md) is skipped. Undefined if there is none, for example if a request only returns tool
 * outputs.
 */
export function userPromptOf(request: Json): string | undefined {
  const input = textAt(request, 'input') ?? textAt(request, 'prompt')
  if (input !== undefined) return input
  const messages = MESSAGES.map((member) => objectsAt(request, member)).find(({ length }) => length)
  for (const message of (messages ?? []).toReversed()) {
    const text = message.role === 'user' ? ownText(message) : ''
    if (text !== '') return text
  }
  return undefined
}

// Of the Responses API, of Chat Completions and Messages, and of Gemini.
const MESSAGES = ['input', 'messages', 'contents']

function ownText(message: Json): string {
  const content = message.content ?? message.parts
  const texts = Array.isArray(content) ? content.map(textOf) : [content]
  return texts
    .filter((text): text is string => typeof text === 'string' && !isAgents(text))
    .join('\n')
    .trim()
}

function textOf(part: unknown): string | undefined {
  return typeof part === 'string' ? part : textAt(asObject(part) ?? {}, 'text')
}

// Wrapped in a tag as a whole; Codex puts a heading over a folder's instructions instead.
function isAgents(text: string): boolean {
  const trimmed = text.trim()
  const tag = /^<([a-z][\w-]{0,60})[\s>]/i.exec(trimmed)?.[1]
  return (
    (tag !== undefined && trimmed.endsWith(`</${tag}>`)) ||
    trimmed.startsWith('# AGENTS.md instructions')
  )
}
