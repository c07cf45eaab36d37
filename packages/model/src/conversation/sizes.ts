import { cut, utf8Length } from '@tacho/format'
import { jsonText } from './json-text.js'
import type { Message, ModelRequest, Part } from './model-request.js'

/** What a part of a request is, in a user's terms. */
export const SIZE_KINDS = [
  'instructions',
  'tool-definition',
  'tool-output',
  'tool-call',
  'user',
  'assistant',
  'reasoning',
  'image',
  'file',
  'parameter',
  'other',
] as const

export type SizeKind = (typeof SIZE_KINDS)[number]

/** One part of what a request gives a model, with its size. */
export type SizedPart = {
  kind: SizeKind
  /** The name of the tool, the role, the parameter, or the file. */
  name: string
  /** The number of its message, starting at 1; absent if it is in none. */
  message?: number
  /** The start of it, or of a tool's arguments; at most {@link ABOUT_CHARACTERS}. */
  about?: string
  /** UTF-8 bytes of its text; for an attachment, of its content if that was sent along. */
  bytes: number
  /** Roughly how many tokens that is; absent if bytes say nothing about it (an image). */
  estimatedTokens?: number
}

/**
 * Returns the parts of a request with their sizes, in the order in which a model is given them. A
 * tool's output has the name and the arguments of its call.
 */
export function sizesOf(request: ModelRequest): SizedPart[] {
  const calls = callsOf(request.messages)
  return [
    ...request.tools.map(({ name, description, value }) =>
      sized('tool-definition', name, jsonText(value), about(description)),
    ),
    ...request.instructions.flatMap((message) => partsOf(message, calls)),
    ...request.messages.flatMap((message, index) => partsOf(message, calls, index + 1)),
    ...request.parameters
      .filter(({ name }) => IN_PROMPT.has(name))
      .map(({ name, value }) => sized('parameter', name, jsonText(value))),
  ]
}

// The format required of the answer is put into the prompt; other parameters are not.
const IN_PROMPT = new Set(['text', 'response_format'])

/**
 * Estimates how many tokens a text has: about four bytes make one, in English and in code, for the
 * vocabularies of all large models, give or take a third.
 */
export function estimatedTokens(bytes: number): number {
  return Math.ceil(bytes / BYTES_OF_TOKEN)
}

const BYTES_OF_TOKEN = 4
export const ABOUT_CHARACTERS = 200

type Call = { name: string; arguments: string }

function callsOf(messages: readonly Message[]): Map<string, Call> {
  const calls = new Map<string, Call>()
  for (const { parts } of messages)
    for (const part of parts)
      if (part.type === 'tool_call' && part.id !== undefined) calls.set(part.id, part)
  return calls
}

function partsOf(
  { role, parts }: Message,
  calls: ReadonlyMap<string, Call>,
  message?: number,
): SizedPart[] {
  const isInstructions = message === undefined || role === 'system' || role === 'developer'
  return parts.map((part) => ({
    ...sizedPart(part, role, isInstructions, calls),
    ...(message !== undefined && { message }),
  }))
}

function sizedPart(
  part: Part,
  role: string,
  isInstructions: boolean,
  calls: ReadonlyMap<string, Call>,
): SizedPart {
  switch (part.type) {
    case 'text': {
      const isModel = role === 'assistant' || role === 'model'
      const kind = isInstructions ? 'instructions' : isModel ? 'assistant' : 'user'
      return sized(kind, role, part.text, about(part.text))
    }
    case 'reasoning': {
      const bytes = utf8Length(part.text) + (part.encrypted ?? 0)
      return { kind: 'reasoning', name: role, bytes, estimatedTokens: estimatedTokens(bytes) }
    }
    case 'tool_call':
      return sized('tool-call', part.name, part.arguments, about(part.arguments))
    case 'tool_call_response': {
      const call = part.id === undefined ? undefined : calls.get(part.id)
      const name = part.name ?? call?.name ?? 'unknown'
      const inner = part.parts.map((one) => sizedPart(one, role, false, calls))
      return { kind: 'tool-output', name, ...about(call?.arguments), ...sumOf(inner) }
    }
    case 'image':
    case 'file':
      return { kind: part.type, name: part.name ?? part.mediaType ?? role, bytes: part.bytes ?? 0 }
    case 'other':
      return sized('other', role, jsonText(part.value), about(jsonText(part.value)))
    default:
      return part satisfies never
  }
}

function sumOf(parts: readonly SizedPart[]): Pick<SizedPart, 'bytes' | 'estimatedTokens'> {
  const bytes = parts.reduce((total, part) => total + part.bytes, 0)
  const tokens = parts.reduce((total, { estimatedTokens: some = 0 }) => total + some, 0)
  const isKnown = parts.every(({ estimatedTokens: some }) => some !== undefined)
  return { bytes, ...(isKnown && { estimatedTokens: tokens }) }
}

function sized(
  kind: SizeKind,
  name: string,
  text: string,
  more: { about?: string } = {},
): SizedPart {
  const bytes = utf8Length(text)
  return { kind, name, ...more, bytes, estimatedTokens: estimatedTokens(bytes) }
}

function about(text: string | undefined): { about?: string } {
  return text ? { about: cut(text, ABOUT_CHARACTERS) } : {}
}
