import type { Headers } from './header-fields.js'
import { headerKind } from './header-names.js'
import type { KnownSecrets, Lesson } from './known-secrets.js'
import { SHORTEST_COOKIE, SHORTEST_CREDENTIAL } from './limits.js'
import { type Marked, marker } from './marker.js'
import { scrubUrlByPlace } from './url.js'

/**
 * Replaces header values that are secret by their place. Only what is known to be harmless is kept;
 * credentials are learnt.
 *
 * @param isStrangers somebody else wrote them: nothing is learnt, because what they call a secret
 * would be replaced in every body.
 */
export function scrubHeadersByPlace(
  headers: Headers,
  known: KnownSecrets,
  isStrangers: boolean,
): Headers {
  const learn: Learn = isStrangers
    ? (secret, lesson) => known.mark(lesson.rule, secret.trim())
    : (secret, lesson) => known.learn(secret, lesson)
  return headers.map(([name, value]) => [name, scrubValue(name.toLowerCase(), value, learn)])
}

type Learn = (secret: string, lesson: Lesson) => Marked

function scrubValue(name: string, value: string, learn: Learn): string {
  if (value.trim() === '') return value
  switch (headerKind(name)) {
    case 'credential':
      return scrubCredential(name, value, learn)
    case 'cookies':
      return value
        .split(';')
        .map((pair) => scrubCookie(name, pair, learn))
        .join(';')
    case 'set-cookie': {
      const end = value.includes(';') ? value.indexOf(';') : value.length
      return scrubCookie(name, value.slice(0, end), learn) + value.slice(end)
    }
    case 'url':
      return scrubUrlByPlace(value, learn)
    case 'unknown':
      // Not learnt, because it may be a word that occurs everywhere.
      return marker(
        learn(value, { rule: name, shortest: Number.POSITIVE_INFINITY, origin: 'request' }),
      )
    case 'kept':
      return value
  }
}

// The schemes of IANA's registry, and others that APIs use. Any other first word may be the secret
// itself.
const scheme =
  /^\s*(?:Basic|Bearer|Digest|DPoP|GNAP|HOBA|Mutual|Negotiate|NTLM|OAuth|SCRAM-SHA-1|SCRAM-SHA-256|vapid|Token|ApiKey|Api-Key|Key|AWS4-HMAC-SHA256|SharedKey|Hawk)\s+/i

function scrubCredential(name: string, value: string, learn: Learn): string {
  const word = scheme.exec(value)?.[0] ?? ''
  const credential = value.slice(word.length)
  const pair = /basic/i.test(word) ? decodedPair(credential) : undefined
  const lesson = { rule: name, shortest: SHORTEST_CREDENTIAL, origin: 'request' } as const
  if (pair === undefined) return word + marker(learn(credential, lesson))
  const colon = pair.indexOf(':')
  // Some APIs take their key as the user name, without a password.
  learn(pair.slice(colon + 1) || pair.slice(0, colon), lesson)
  // The pair and its base64 are one secret, so they share a fingerprint.
  return word + marker(learn(pair, { ...lesson, alsoSpelled: [credential] }))
}

function decodedPair(credential: string): string | undefined {
  try {
    const binary = atob(credential.trim())
    const pair = new TextDecoder().decode(Uint8Array.from(binary, (unit) => unit.charCodeAt(0)))
    return pair.includes(':') ? pair : undefined
  } catch {
    return undefined
  }
}

function scrubCookie(rule: string, pair: string, learn: Learn): string {
  const start = pair.indexOf('=') + 1
  const spelled = pair.slice(start).trim()
  if (spelled === '') return pair
  const value = spelled.replace(/^"(.*)"$/, '$1')
  // Many cookies are settings rather than credentials: a short one may be any word.
  const lesson = { rule, shortest: SHORTEST_COOKIE, origin: 'cookie' } as const
  const marked = learn(percentDecoded(value), { ...lesson, alsoSpelled: [value] })
  return pair.slice(0, start) + (start === 0 ? leadingSpace(pair) : '') + marker(marked)
}

function leadingSpace(text: string): string {
  return text.slice(0, text.length - text.trimStart().length)
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
