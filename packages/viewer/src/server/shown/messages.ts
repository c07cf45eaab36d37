import { jsonText, type Message, type Part } from '@tacho/reader'
import type { ShownMessage, ShownPart } from '../../api/answers.js'

/** Longer texts are only shown on request: a page with all of them would be slow. */
const SHOWN = 16 * 1024

/** Returns messages in the page's form. @param most characters of each text. */
export function shownMessages(messages: readonly Message[], most = SHOWN): ShownMessage[] {
  return messages.map((message, index) => shownMessage(message, index + 1, most))
}

export function shownMessage({ role, parts }: Message, number: number, most = SHOWN): ShownMessage {
  return { number, role, parts: parts.map((part) => shownPart(part, most)) }
}

function shownPart(part: Part, most: number): ShownPart {
  switch (part.type) {
    case 'text':
      return { type: 'text', ...cut(part.text, most) }
    case 'reasoning':
      return {
        type: 'reasoning',
        ...cut(part.text, most),
        ...(part.encrypted !== undefined && { encrypted: part.encrypted }),
      }
    case 'tool_call':
      return {
        type: 'tool_call',
        name: part.name,
        ...(part.id !== undefined && { id: part.id }),
        ...cut(part.arguments, most),
      }
    case 'tool_call_response':
      return {
        type: 'tool_call_response',
        ...(part.id !== undefined && { id: part.id }),
        ...(part.name !== undefined && { name: part.name }),
        parts: part.parts.map((one) => shownPart(one, most)),
      }
    case 'image':
    case 'file':
      return {
        type: part.type,
        ...(part.name !== undefined && { name: part.name }),
        ...(part.mediaType !== undefined && { mediaType: part.mediaType }),
        ...(part.bytes !== undefined && { bytes: part.bytes }),
        ...(part.url !== undefined && { url: cut(part.url, 200).text }),
      }
    case 'other':
      return { type: 'other', ...cut(jsonText(part.value), most) }
    default:
      return part satisfies never
  }
}

/** Returns the start of a text, never splitting a surrogate pair, and the length of all of it. */
export function cut(text: string, most = SHOWN): { text: string; characters?: number } {
  if (text.length <= most) return { text }
  return { text: text.slice(0, most).replace(/[\uD800-\uDBFF]$/, ''), characters: text.length }
}
