import type { Message, Part } from '@tacho/reader'
import { cutTo } from '../display-width.js'
import { printable } from '../printable.js'
import { byteCount } from '../quantities.js'
import { styled } from '../style.js'
import { recordedJson } from '../write-json.js'

/** Formats a message in one line, cut to the width of the output. */
export function messageLine(message: Message, width: number): string {
  const most = Math.min(width, WIDEST)
  const words = message.parts.map((part) => shortly(part, most)).join(' ')
  return cutTo(printable(`${message.role}  ${words}`), most)
}

/** Formats a message in full: its role, then each part, indented. */
export function messageLines(message: Message, indent: string): string[] {
  return [styled('heading', printable(message.role)), ...partLines(message.parts, indent)]
}

/** Formats parts in full. */
export function partLines(parts: readonly Part[], indent: string): string[] {
  return parts.flatMap((part) => {
    const { title, text, parts: below } = inFull(part)
    return [
      ...(title === undefined ? [] : [indent + styled('quiet', printable(title))]),
      ...textLines(text, indent),
      ...(below === undefined ? [] : partLines(below, `${indent}  `)),
    ]
  })
}

const WIDEST = 200

type Full = { title?: string; text?: string; parts?: readonly Part[] }

function inFull(part: Part): Full {
  switch (part.type) {
    case 'text':
      return { text: part.text }
    case 'reasoning': {
      const sealed = part.encrypted === undefined ? '' : `, ${byteCount(part.encrypted)} encrypted`
      return { title: `reasoning${sealed}`, text: part.text }
    }
    case 'tool_call':
      return { title: `calls ${part.name}`, text: part.arguments }
    case 'tool_call_response':
      return {
        title: `result${part.name === undefined ? '' : ` of ${part.name}`}`,
        parts: part.parts,
      }
    case 'image':
    case 'file': {
      const { mediaType, name, url, id, bytes } = part
      const size = bytes === undefined ? undefined : byteCount(bytes)
      const words = [part.type, name, mediaType, size, url, id].filter((word) => word !== undefined)
      return { title: words.join(', ') }
    }
    case 'other':
      return { text: typeof part.value === 'string' ? part.value : recordedJson(part.value) }
    default:
      return part satisfies never
  }
}

function shortly(part: Part, most: number): string {
  const { title, text = '', parts = [] } = inFull(part)
  const below = parts.map((one) => shortly(one, most)).join(' ')
  const words = [title === undefined ? '' : `[${title}]`, text.slice(0, most * 2), below]
  return words
    .filter((word) => word !== '')
    .join(' ')
    .replaceAll(/\s+/g, ' ')
}

function textLines(text: string | undefined, indent: string): string[] {
  if (text === undefined || text === '') return []
  return text
    .replace(/\r?\n$/, '')
    .split('\n')
    .map((line) => indent + printable(line, 'lines'))
}
