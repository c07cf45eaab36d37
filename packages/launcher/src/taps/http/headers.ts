import type { Headers } from '@tacho/format'

// RFC 9110, 7.6.1: fields about one connection, not about the message. And `Expect`, because our
// server has already sent its `100 Continue`.
const HOP_BY_HOP = new Set([
  'connection',
  'expect',
  'keep-alive',
  'proxy-connection',
  'te',
  'transfer-encoding',
  'upgrade',
])

/** Converts a flat list of names and values to pairs. */
export function pairsOf(flat: readonly (string | Buffer)[]): Headers {
  const pairs: Headers = []
  for (let index = 0; index + 1 < flat.length; index += 2) {
    pairs.push([textOf(flat[index]), textOf(flat[index + 1])])
  }
  return pairs
}

/** Returns the fields to forward: all but those about the connection. */
export function endToEnd(headers: Headers): Headers {
  let named: Set<string> | undefined
  for (const [name, value] of headers) {
    if (name.length !== 10 || name.toLowerCase() !== 'connection') continue
    named ??= new Set()
    for (const one of value.toLowerCase().split(',')) named.add(one.trim())
  }
  return headers.filter(([name]) => {
    const lower = name.toLowerCase()
    return !HOP_BY_HOP.has(lower) && !named?.has(lower)
  })
}

/** Returns the fields with the real host of the request. */
export function forHost(headers: Headers, host: string): Headers {
  return headers.map((field) =>
    field[0].length === 4 && field[0].toLowerCase() === 'host' ? [field[0], host] : field,
  )
}

function textOf(field: string | Buffer | undefined): string {
  // Header bytes are ISO 8859-1 on the wire (RFC 9110, 5.5), and are written as such.
  return typeof field === 'string' ? field : (field?.toString('latin1') ?? '')
}
