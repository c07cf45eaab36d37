/** A secret within a text: only `hidden` may be replaced. */
export type Spelling = { name: string; before: string; hidden: string; after: string }

/**
 * The texts in which a secret must be found, made by what really makes them: JSON, URLs, Buffer.
 * None repeats how the scrubber makes its own.
 */
export function spellingsOf(secret: string): Spelling[] {
  const once = JSON.stringify(secret).slice(1, -1)
  const twice = JSON.stringify(once).slice(1, -1)
  const ascii = once.replace(/[^\0-\x7f]/g, (unit) => {
    return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
  const component = encodeURIComponent(secret)
  const spellings: Spelling[] = [
    { name: 'raw', before: 'curl -H "Bearer ', hidden: secret, after: '" && true' },
    { name: 'raw, alone', before: '', hidden: secret, after: '' },
    { name: 'JSON', before: '{"cmd":"', hidden: once, after: '","n":1}' },
    {
      name: 'JSON in JSON',
      before: '{"arguments":"{\\"cmd\\":\\"',
      hidden: twice,
      after: '\\"}"}',
    },
    { name: 'ASCII-only JSON', before: '{"x":"', hidden: ascii, after: '"}' },
    { name: 'URL-encoded', before: 'GET /?q=', hidden: component, after: '&x=y' },
    {
      name: 'URL-encoded, lower case hex',
      before: 'GET /?q=',
      hidden: component.replace(/%../g, (byte) => byte.toLowerCase()),
      after: '&x=y',
    },
    {
      name: 'form-encoded',
      before: 'a=b&q=',
      hidden: new URLSearchParams([['', secret]]).toString().slice(1),
      after: '&x=y',
    },
    { name: 'HTML', before: '<p>', hidden: markup(secret, /[&<>"']/g), after: '</p>' },
    { name: 'XML', before: '<p>', hidden: markup(secret, /[&<>]/g), after: '</p>' },
    { name: 'a template', before: '<p>', hidden: markup(secret, /[&<>"'`/=]/g), after: '</p>' },
    { name: 'CSV', before: 'a,"', hidden: secret.replaceAll('"', '""'), after: '",b' },
    { name: 'hex', before: 'h=', hidden: Buffer.from(secret).toString('hex'), after: ';' },
    {
      name: 'upper case hex',
      before: 'h=',
      hidden: Buffer.from(secret).toString('hex').toUpperCase(),
      after: ';',
    },
  ]
  for (const encoding of ['base64', 'base64url'] as const) {
    for (const lead of ['', 'A', 'ab', 'user:', '?=>']) {
      spellings.push(encodedWhole(secret, lead, encoding))
    }
  }
  return spellings
}

const NAMED: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function markup(text: string, special: RegExp): string {
  const isTemplate = special.test('=')
  return text.replace(special, (one) => {
    const isQuote = one === '"' || one === "'"
    const hex = `&#x${one.charCodeAt(0).toString(16).toUpperCase()};`
    return isTemplate && isQuote ? hex : (NAMED[one] ?? hex)
  })
}

function encodedWhole(secret: string, lead: string, encoding: 'base64' | 'base64url'): Spelling {
  const whole = Buffer.from(`${lead}${secret}\n and what follows`).toString(encoding)
  const bits = Buffer.byteLength(lead) * 8
  // Only the characters all of whose six bits belong to the secret.
  const from = Math.ceil(bits / 6)
  const to = Math.floor((bits + Buffer.byteLength(secret) * 8) / 6)
  return {
    name: `${encoding} behind ${Buffer.byteLength(lead)} bytes`,
    before: whole.slice(0, from),
    hidden: whole.slice(from, to),
    after: whole.slice(to),
  }
}
