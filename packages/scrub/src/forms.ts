/**
 * Every spelling in which a secret can stand in a body, a URL or a log line: as it is, in JSON, in
 * JSON within JSON, percent-encoded, base64 and base64url, hex. Without duplicates; for a usual
 * key that is 6 to 10.
 */
export function formsOf(secret: string): Set<string> {
  const bytes = encoder.encode(secret)
  return new Set([
    secret,
    ...jsonForms(secret),
    ...percentForms(bytes),
    ...base64Forms(bytes),
    ...hexForms(bytes),
  ])
}

const encoder = new TextEncoder()

// What writers of JSON escape beyond what they must: Python's and PHP's the non-ASCII, PHP's the
// slash as well, Go's what means something in HTML.
const jsonWriters: ((json: string) => string)[] = [
  (json) => json,
  (json) => json.replace(/[^\0-\x7f]/g, escapedUnit),
  (json) => json.replace(/[^\0-\x7f]/g, escapedUnit).replaceAll('/', '\\/'),
  (json) => json.replaceAll('/', '\\/'),
  (json) => json.replace(/[<>&\u2028\u2029]/g, escapedUnit),
]

function jsonForms(secret: string): string[] {
  return jsonWriters.flatMap((write) => {
    const once = write(JSON.stringify(secret).slice(1, -1))
    return [once, write(JSON.stringify(once).slice(1, -1))]
  })
}

function escapedUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
}

// Which punctuation stays as it is, and what becomes of a space.
const percentWriters: readonly [kept: string, space: string][] = [
  ['-_.~', '%20'], // RFC 3986
  ['-_.~', '+'], // Python's urlencode
  ['-_.~/', '%20'], // Python's quote
  ["-_.!~*'()", '%20'], // encodeURIComponent
  ['-_.*', '+'], // HTML forms, URLSearchParams
  ["-_.!~*'();/?:@&=+$,#", '%20'], // encodeURI
  ['!$%&()*+,-./:;=?@[\\]^_`{|}~', '%20'], // the query of a WHATWG URL
]

function percentForms(bytes: Uint8Array): string[] {
  return percentWriters.flatMap(([kept, space]) => {
    const upper = percentEncoded(bytes, kept, space)
    return [upper, upper.replace(/%../g, (byte) => byte.toLowerCase())]
  })
}

function percentEncoded(bytes: Uint8Array, kept: string, space: string): string {
  let text = ''
  for (const byte of bytes) {
    const character = String.fromCharCode(byte)
    if (byte === 0x20) text += space
    else if (/[0-9A-Za-z]/.test(character) || kept.includes(character)) text += character
    else text += `%${hexOfByte(byte).toUpperCase()}`
  }
  return text
}

// Where a secret stands within something encoded as a whole, 0, 1 or 2 bytes share its first group
// of three. The characters that mix its bits with a neighbour's differ each time and are left out.
function base64Forms(bytes: Uint8Array): string[] {
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
  return [0, 1, 2].flatMap((before) => {
    const base64 = btoa('\0'.repeat(before) + binary)
    const from = Math.ceil((before * 8) / 6)
    const to = Math.floor(((before + bytes.length) * 8) / 6)
    const own = base64.slice(from, to)
    return [own, own.replaceAll('+', '-').replaceAll('/', '_')]
  })
}

function hexForms(bytes: Uint8Array): string[] {
  const hex = Array.from(bytes, hexOfByte).join('')
  return [hex, hex.toUpperCase()]
}

function hexOfByte(byte: number): string {
  return byte.toString(16).padStart(2, '0')
}
