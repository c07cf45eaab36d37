import { asObject, type Json, textAt } from '../model-api/json.js'
import { jsonText } from './json-text.js'
import type { Attachment, JsonPath, Message, Parameter, Part } from './model-request.js'

/** Returns the parts of a content that is a text, a list of parts, or neither. */
export function contentParts(content: unknown, readPart: (part: Json) => Part[]): Part[] {
  if (typeof content === 'string') return textParts(content)
  if (content === undefined || content === null) return []
  if (!Array.isArray(content)) return partsOfOne(content, readPart)
  return content.flatMap((part) => partsOfOne(part, readPart))
}

function partsOfOne(part: unknown, readPart: (part: Json) => Part[]): Part[] {
  if (typeof part === 'string') return textParts(part)
  const json = asObject(part)
  return json === undefined || Array.isArray(json) ? [other(part)] : readPart(json)
}

/** Returns a text as a part; none if it is empty or absent. */
export function textParts(text: string | undefined): Part[] {
  return text === undefined || text === '' ? [] : [{ type: 'text', text }]
}

/** Makes a part of unknown shape. */
export function other(value: unknown): Part {
  return { type: 'other', value }
}

/** Returns the members of a message that its reader does not know, as one part. */
export function unknownMembers(json: Json, known: ReadonlySet<string>): Part[] {
  const entries = Object.entries(json).filter(
    ([name, value]) => !known.has(name) && !isNothing(value),
  )
  return entries.length === 0 ? [] : [other(Object.fromEntries(entries))]
}

function isNothing(value: unknown): boolean {
  if (value === null || value === undefined || value === '') return true
  return typeof value === 'object' && Object.keys(value).length === 0
}

/** Makes a message of a value that is not one. */
export function strangeMessage(value: unknown, path?: JsonPath): Message {
  const parts = typeof value === 'string' ? textParts(value) : [other(value)]
  return { role: 'unknown', parts, value, ...(path !== undefined && { path }) }
}

/** Returns a call's arguments as text: some APIs send text, others an object. */
export function argumentsText(value: unknown): string {
  if (value === undefined) return ''
  return typeof value === 'string' ? value : jsonText(value)
}

/**
 * Returns the members of a request that belong nowhere else, in the order in which they were sent.
 */
export function parametersOf(
  body: Json,
  taken: ReadonlySet<string>,
  under: JsonPath = [],
): Parameter[] {
  return Object.entries(body)
    .filter(([name, value]) => !taken.has(name) || (name === 'model' && typeof value !== 'string'))
    .map(([name, value]) => ({ name, value, path: [...under, name] }))
}

/** Makes an attachment from a URL, which may contain the content (`data:`). */
export function attachmentOfUrl(url: string | undefined): Attachment {
  if (url === undefined) return {}
  const [head, mediaType] = /^data:([^;,]{0,200})[^,]{0,200},/.exec(url) ?? []
  if (head === undefined) return { url }
  const length = url.length - head.length
  const bytes = /;base64,$/i.test(head) ? base64Bytes(length) : length
  return { ...(mediaType && { mediaType }), bytes }
}

/** Returns how many bytes this many characters of base64 encode, ignoring padding. */
export function base64Bytes(characters: number): number {
  return Math.floor((characters * 3) / 4)
}

/** Makes an attachment from a message's members, given the API's names for them. */
export function attachment(json: Json, names: { [Key in keyof Attachment]?: string }): Attachment {
  const found: Attachment = {}
  for (const key of ['mediaType', 'name', 'id', 'url'] as const) {
    const name = names[key]
    const value = name === undefined ? undefined : textAt(json, name)
    if (value !== undefined) found[key] = value
  }
  const data = names.bytes === undefined ? undefined : textAt(json, names.bytes)
  if (data !== undefined) found.bytes = base64Bytes(data.length)
  return found
}
