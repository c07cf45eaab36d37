import type { Lesson } from './known-secrets.js'
import { SHORTEST_SECRET } from './limits.js'
import { type Marked, marker } from './marker.js'

type Learn = (secret: string, lesson: Lesson) => Marked

/**
 * Replaces the secrets in a URL (absolute, or path and query) that are known by their place: the
 * values of query parameters (also in a fragment) whose names say so, and the password before the
 * host. The rest keeps its spelling. `learn` learns them.
 */
export function scrubUrlByPlace(url: string, learn: Learn): string {
  const parameters = url.search(/[?#]/)
  const end = parameters < 0 ? url.length : parameters
  return scrubUserinfo(url.slice(0, end), learn) + scrubParameters(url.slice(end), learn)
}

// A password may contain `@`; the host comes after the last one.
const userinfo = /^((?:[A-Za-z][A-Za-z0-9+.-]*:)?\/\/)([^/]*)@/

function scrubUserinfo(url: string, learn: Learn): string {
  return url.replace(userinfo, (whole, scheme: string, user: string) => {
    const colon = user.indexOf(':')
    const password = colon < 0 ? '' : user.slice(colon + 1)
    if (password !== '') {
      return `${scheme}${user.slice(0, colon)}:${replaced(password, 'url-password', learn)}@`
    }
    // Without a password, a long user name is a token (https://TOKEN@host/), a short one is `git`.
    const name = colon < 0 ? user : user.slice(0, colon)
    if (name.length < SHORTEST_SECRET) return whole
    return `${scheme}${replaced(name, 'url-user', learn)}${user.slice(name.length)}@`
  })
}

/**
 * Whole names, and what the last word of a name says, as in `session_token` and `X-Amz-Signature`.
 */
const secretParameter =
  /^(?:code|code_verifier|session|sid|api-?key|apikey)$|(?:^|[-_.])(?:key|token|sig|signature|secret|password|passwd|pwd|passphrase|auth|authorization|credential|jwt|ticket|assertion)$/

function isSecretParameter(name: string): boolean {
  return secretParameter.test(name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase())
}

function scrubParameters(parameters: string, learn: Learn): string {
  return parameters.replace(
    /([?&#])([^?&#=]*)=([^&#]*)/g,
    (whole, before: string, spelledName: string, value: string) => {
      const name = decoded(spelledName)
      if (!isSecretParameter(name)) return whole
      return `${before}${spelledName}=${replaced(value, name.toLowerCase(), learn)}`
    },
  )
}

function replaced(spelled: string, rule: string, learn: Learn): string {
  if (spelled === '') return ''
  const lesson: Lesson = {
    rule,
    shortest: SHORTEST_SECRET,
    origin: 'request',
    alsoSpelled: [spelled],
  }
  return marker(learn(decoded(spelled), lesson))
}

function decoded(spelled: string): string {
  try {
    return decodeURIComponent(spelled.replaceAll('+', ' '))
  } catch {
    return spelled
  }
}
