import type { Headers } from '@tacho/format'

/**
 * Converts header fields to pairs from any form that undici and Node use: lines of a head, a flat
 * list, or an object.
 */
export function headerPairs(fields: unknown): Headers {
  if (typeof fields === 'string') return pairsOfLines(fields)
  if (Array.isArray(fields)) return pairsOfList(fields)
  if (typeof fields !== 'object' || fields === null) return []
  return Object.entries(fields)
    .filter(([name]) => !name.startsWith(':'))
    .flatMap(([name, value]) => pairsOf(name, value))
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
  if (list.every(Array.isArray)) return list.flatMap(([name, value]) => pairsOf(text(name), value))
  const pairs: Headers = []
  for (let index = 0; index + 1 < list.length; index += 2) {
    pairs.push(...pairsOf(text(list[index]), list[index + 1]))
  }
  return pairs
}

function pairsOf(name: string, value: unknown): Headers {
  if (Array.isArray(value)) return value.map((one) => [name, text(one)])
  return value === undefined ? [] : [[name, text(value)]]
}

// Header bytes are ISO 8859-1 on the wire (RFC 9110, 5.5).
function text(value: unknown): string {
  return value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : String(value)
}
