import { asObject, type Json, objectsAt, textAt } from './json.js'

/**
 * What the user asked for last, by a request's body: the text of its last message of the user's. What
 * agents put in a user's mouth beside it (`<environment_context>…`, `<system-reminder>…`, the text of
 * AGENTS.md) is passed over. Nothing where there is none, as where a request only returns what tools
 * gave.
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

// Wrapped in a tag as a whole; Codex's instructions of a folder have a heading instead.
function isAgents(text: string): boolean {
  const trimmed = text.trim()
  const tag = /^<([a-z][\w-]{0,60})[\s>]/i.exec(trimmed)?.[1]
  return (
    (tag !== undefined && trimmed.endsWith(`</${tag}>`)) ||
    trimmed.startsWith('# AGENTS.md instructions')
  )
}
