import { asObject, type Json, textAt } from '../model-api/json.js'
import { jsonText } from './json-text.js'
import type { Attachment, JsonPath, Message, Parameter, Part } from './model-request.js'

/** The parts of a content that is a text, or a list of parts, or of neither shape. */
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

/** A text as a part; none where it is empty or not there. */
export function textParts(text: string | undefined): Part[] {
  return text === undefined || text === '' ? [] : [{ type: 'text', text }]
}

/** A part of a shape that is not known. */
export function other(value: unknown): Part {
  return { type: 'other', value }
}

/** Those members of a message that its reader does not know, as a part of their own. */
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

/** A value that is no message. */
export function strangeMessage(value: unknown, path?: JsonPath): Message {
  const parts = typeof value === 'string' ? textParts(value) : [other(value)]
  return { role: 'unknown', parts, value, ...(path !== undefined && { path }) }
}

/** The arguments of a call as text: some APIs send them as text, others as an object. */
export function argumentsText(value: unknown): string {
  if (value === undefined) return ''
  return typeof value === 'string' ? value : jsonText(value)
}

/** The members of a request that have no other place, in the order in which they were sent. */
export function parametersOf(
  body: Json,
  taken: ReadonlySet<string>,
  under: JsonPath = [],
): Parameter[] {
  return Object.entries(body)
    .filter(([name, value]) => !taken.has(name) || (name === 'model' && typeof value !== 'string'))
    .map(([name, value]) => ({ name, value, path: [...under, name] }))
}

/** An attachment by a URL, which can hold it (`data:`). */
export function attachmentOfUrl(url: string | undefined): Attachment {
  if (url === undefined) return {}
  const [head, mediaType] = /^data:([^;,]{0,200})[^,]{0,200},/.exec(url) ?? []
  if (head === undefined) return { url }
  const length = url.length - head.length
  const bytes = /;base64,$/i.test(head) ? base64Bytes(length) : length
  return { ...(mediaType && { mediaType }), bytes }
}

/** The bytes that this many characters of base64 stand for, give or take the padding. */
export function base64Bytes(characters: number): number {
  return Math.floor((characters * 3) / 4)
}

/** Those of a message's members that are an attachment's, under the names that APIs give them. */
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
