import type { Upstream } from '../../taps/http/upstream.js'
import type { NoTap } from '../../taps/no-tap.js'
import { basePath } from '../base-path.js'

/** Where a login method's requests go, and the variable that redirects them. */
type Way = { name: string; variable: string; address: (environment: NodeJS.ProcessEnv) => string }

const API: Way = {
  name: 'gcp.gemini',
  variable: 'GOOGLE_GEMINI_BASE_URL',
  address: () => 'https://generativelanguage.googleapis.com',
}

const CODE_ASSIST: Way = {
  name: 'gcp.gemini',
  variable: 'CODE_ASSIST_ENDPOINT',
  address: () => 'https://cloudcode-pa.googleapis.com',
}

const VERTEX: Way = {
  name: 'gcp.vertex_ai',
  variable: 'GOOGLE_VERTEX_BASE_URL',
  address: ({ GOOGLE_CLOUD_LOCATION: location }) =>
    location && location !== 'global'
      ? `https://${location}-aiplatform.googleapis.com`
      : 'https://aiplatform.googleapis.com',
}

// By their names in Gemini CLI's settings (0.61).
const WAYS: Record<string, Way> = {
  'gemini-api-key': API,
  gateway: API,
  'vertex-ai': VERTEX,
  'oauth-personal': CODE_ASSIST,
  'compute-default-credentials': CODE_ASSIST,
}

/**
 * Returns where Gemini CLI's requests go.
 *
 * @param auth the login method that its settings select.
 * @param environment the environment as it sees it.
 */
export function upstreamOf(
  auth: string | undefined,
  environment: NodeJS.ProcessEnv,
): Upstream | NoTap {
  const { GOOGLE_GEMINI_BASE_URL: own } = environment
  if (auth === undefined && !own) return { reason: NOTHING_CHOSEN }
  const way = auth === undefined ? API : Object.hasOwn(WAYS, auth) ? WAYS[auth] : undefined
  if (way === undefined)
    return { reason: `the login ${JSON.stringify(auth)} of Gemini CLI's settings is not known` }
  const address = environment[way.variable] || way.address(environment)
  const upstream = urlOf(address)
  if (upstream === undefined) return { reason: `${way.variable} is not an HTTP URL` }
  return {
    name: way.name,
    upstream: () => upstream,
    expected: upstream,
    base: basePath(upstream.pathname),
    userInfo: upstream.username === '' && upstream.password === '' ? undefined : upstream,
    speaksOverSocket: false,
    redirect: (baseUrl) => (start) => ({
      ...start,
      environment: { ...start.environment, [way.variable]: baseUrl },
    }),
  }
}

/**
 * Seen on 0.61: with a base URL and no login selected, it assumes a gateway, and `-p` ends with
 * "Invalid auth method selected".
 */
export const NOTHING_CHOSEN =
  'Gemini CLI takes another base URL only where its settings choose a login. Choose one once, by /auth in gemini, and run it again'

/**
 * Whether its requests use `fetch`, to which its telemetry adds no header: with a Google login, not
 * all do.
 */
export function asksByFetch(auth: string | undefined): boolean {
  return auth === undefined || WAYS[auth] === API
}

function urlOf(text: string): URL | undefined {
  if (!URL.canParse(text)) return undefined
  const url = new URL(text)
  return url.protocol === 'http:' || url.protocol === 'https:' ? url : undefined
}
