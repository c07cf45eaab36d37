/**
 * Returns the spellings in which a secret can occur in a body, a URL or a log line, apart from
 * those that the normal form reduces to one: as is, as in a form, as in markup or a table, base64
 * and base64url, hex. Without duplicates; 6 for a typical key.
 */
export function formsOf(secret: string): Set<string> {
  const bytes = encoder.encode(secret)
  return new Set([
    secret,
    // HTML forms, URLSearchParams and Python's urlencode write a space like this.
    secret.replaceAll(' ', '+'),
    secret.replace(/[&<>]/g, named),
    secret.replace(/[&<>"']/g, named),
    // Some templates escape these as numbers.
    secret.replace(/[&<>"'`/=]/g, numbered),
    secret.replace(/[^\w.-]/g, numbered),
    secret.replaceAll('"', '""'),
    secret.replaceAll("'", "''"),
    ...base64Forms(bytes),
    ...hexForms(bytes),
  ])
}

const encoder = new TextEncoder()

function named(character: string): string {
  return NAMED[character] ?? character
}

const NAMED: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function numbered(character: string): string {
  const name = character === '&' || character === '<' || character === '>' ? NAMED[character] : ''
  return name || `&#x${character.charCodeAt(0).toString(16).toUpperCase()};`
}

// If a secret is part of a larger encoded value, 0, 1 or 2 foreign bytes share its first group of
// three. The characters that mix its bits with a neighbour's vary, and are left out.
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
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return [hex, hex.toUpperCase()]
}
