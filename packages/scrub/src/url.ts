import type { KnownSecrets } from './known-secrets.js'
import { SHORTEST_SECRET } from './limits.js'
import { marker } from './marker.js'

/**
 * A URL, absolute or only path and query, without the secrets that stand at their places: the
 * values of query parameters (and of a fragment's) whose names say so, and the password before the
 * host. All else stays as it is spelled. They are learnt.
 */
export function scrubUrlByPlace(url: string, known: KnownSecrets): string {
  const parameters = url.search(/[?#]/)
  const end = parameters < 0 ? url.length : parameters
  return scrubUserinfo(url.slice(0, end), known) + scrubParameters(url.slice(end), known)
}

// A password may have `@` in it; the host is behind the last one.
const userinfo = /^((?:[A-Za-z][A-Za-z0-9+.-]*:)?\/\/)([^/]*)@/

function scrubUserinfo(url: string, known: KnownSecrets): string {
  return url.replace(userinfo, (whole, scheme: string, user: string) => {
    const colon = user.indexOf(':')
    const password = colon < 0 ? '' : user.slice(colon + 1)
    if (password !== '') {
      return `${scheme}${user.slice(0, colon)}:${replaced(password, 'url-password', known)}@`
    }
    // Without a password, a long user name is a token (https://TOKEN@host/), a short one is `git`.
    const name = colon < 0 ? user : user.slice(0, colon)
    if (name.length < SHORTEST_SECRET) return whole
    return `${scheme}${replaced(name, 'url-user', known)}${user.slice(name.length)}@`
  })
}

const secretParameters = new Set([
  'key',
  'token',
  'sig',
  'code',
  'password',
  'secret',
  'api_key',
  'api-key',
  'apikey',
  'access_token',
  'client_secret',
  'id_token',
  'refresh_token',
  'signature',
  'x-amz-security-token',
  'x-amz-signature',
  'x-goog-signature',
])

function scrubParameters(parameters: string, known: KnownSecrets): string {
  return parameters.replace(
    /([?&#])([^?&#=]*)=([^&#]*)/g,
    (whole, before: string, spelledName: string, value: string) => {
      const name = decoded(spelledName).toLowerCase()
      if (!secretParameters.has(name)) return whole
      return `${before}${spelledName}=${replaced(value, name, known)}`
    },
  )
}

function replaced(spelled: string, rule: string, known: KnownSecrets): string {
  if (spelled === '') return ''
  const lesson = { rule, shortest: SHORTEST_SECRET, isFromTraffic: true, alsoSpelled: [spelled] }
  return marker(known.learn(decoded(spelled), lesson))
}

function decoded(spelled: string): string {
  try {
    return decodeURIComponent(spelled.replaceAll('+', ' '))
  } catch {
    return spelled
  }
}
