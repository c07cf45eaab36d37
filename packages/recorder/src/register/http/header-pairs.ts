import type { Headers } from '@tacho/format'

/**
 * Converts header fields to pairs from any form that undici and Node use: lines of a head, a flat
 * list, or an object.
 */
export function headerPairs(fields: unknown): Headers {
  if (typeof fields === 'string') return pairsOfLines(fields)
  if (Array.isArray(fields)) return pairsOfList(fields)
  if (typeof fields !== 'object' || fields === null) return []
  const pairs: Headers = []
  for (const [name, value] of Object.entries(fields)) {
    if (!name.startsWith(':')) add(pairs, name, value)
  }
  return pairs
}

function pairsOfLines(head: string): Headers {
  return head.split('\r\n').flatMap((line): Headers => {
    // A request's first line has no colon, or one in its URL, after a space.
    const colon = line.indexOf(':')
    const name = line.slice(0, colon)
    return colon > 0 && !name.includes(' ') ? [[name, line.slice(colon + 1).trim()]] : []
  })
}

function pairsOfList(list: readonly unknown[]): Headers {
  const pairs: Headers = []
  if (Array.isArray(list[0])) {
    for (const pair of list) if (Array.isArray(pair)) add(pairs, text(pair[0]), pair[1])
  } else for (let at = 0; at + 1 < list.length; at += 2) add(pairs, text(list[at]), list[at + 1])
  return pairs
}

function add(pairs: Headers, name: string, value: unknown): void {
  if (Array.isArray(value)) for (const one of value) pairs.push([name, text(one)])
  else if (value !== undefined) pairs.push([name, text(value)])
}

// Header bytes are ISO 8859-1 on the wire (RFC 9110, 5.5).
function text(value: unknown): string {
  if (typeof value === 'string') return value
  return value instanceof Uint8Array ? latin1(value) : String(value)
}

function latin1({ buffer, byteOffset, length }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, length).toString('latin1')
}
