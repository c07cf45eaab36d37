import { isSecretName } from './secret-name.js'

/**
 * What happens to a header field's value: `credential` is replaced and learnt, as are `cookies` and
 * `set-cookie`, value by value; `url` is kept except for the secrets in it; `unknown` is replaced,
 * because nothing says that it is harmless; `kept` is kept.
 */
export type HeaderKind = 'credential' | 'cookies' | 'set-cookie' | 'url' | 'unknown' | 'kept'

/** @param name in lower case. */
export function headerKind(name: string): HeaderKind {
  if (name === 'cookie') return 'cookies'
  if (name === 'set-cookie') return 'set-cookie'
  if (credentials.has(name)) return 'credential'
  if (urls.has(name)) return 'url'
  if (kept.has(name) || rateLimits.test(name)) return 'kept'
  if (isSecretName(name) || name.includes('auth')) return 'credential'
  return keptFamilies.some((family) => name.startsWith(family)) ? 'kept' : 'unknown'
}

const credentials = new Set([
  'authorization',
  'proxy-authorization',
  'x-api-key',
  'api-key',
  'x-goog-api-key',
])

const urls = new Set(['content-location', 'http-referer', 'location', 'origin', 'referer'])

/** Rate limits; "tokens" in their names are words of a text. */
const rateLimits = /^(?:x-|anthropic-)?ratelimit-|^x-codex-(?:primary|secondary|credits)-/

/** A field of these families is kept unless its name sounds like a secret (`openai-api-key`). */
const keptFamilies = [
  'accept',
  'access-control-',
  'anthropic-ratelimit-',
  'content-',
  'cross-origin-',
  'if-',
  'openai-',
  'sec-ch-',
  'sec-fetch-',
  'x-codex-',
  'x-stainless-',
]

const kept = new Set([
  // HTTP itself (RFC 9110 to 9112)
  'age',
  'allow',
  'cache-control',
  'connection',
  'date',
  'etag',
  'expect',
  'expires',
  'host',
  'keep-alive',
  'last-modified',
  'max-forwards',
  'pragma',
  'priority',
  'proxy-authenticate',
  'proxy-connection',
  'range',
  'retry-after',
  'retry-after-ms',
  'server',
  'server-timing',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'user-agent',
  'vary',
  'version',
  'via',
  'warning',
  'www-authenticate',
  // The WebSocket handshake. Not `sec-websocket-protocol`: browsers put API keys there.
  'sec-websocket-accept',
  'sec-websocket-extensions',
  'sec-websocket-key',
  'sec-websocket-version',
  // What servers say about themselves
  'alt-svc',
  'cf-cache-status',
  'referrer-policy',
  'strict-transport-security',
  'x-content-type-options',
  'x-envoy-upstream-service-time',
  'x-frame-options',
  'x-powered-by',
  // Ids of requests, sessions and traces. Not `baggage`: its contents are the host's own.
  'apim-request-id',
  'cf-ray',
  'conversation_id',
  'idempotency-key',
  'request-id',
  'session-id',
  'session_id',
  'thread-id',
  'traceparent',
  'tracestate',
  'x-amzn-requestid',
  'x-client-request-id',
  'x-cloud-trace-context',
  'x-claude-code-session-id',
  'x-correlation-id',
  'x-ms-client-request-id',
  'x-ms-request-id',
  'x-oai-request-id',
  'x-request-id',
  'x-trace-id',
  // Model APIs and their clients
  'anthropic-beta',
  'anthropic-dangerous-direct-browser-access',
  'anthropic-version',
  'originator',
  'x-app',
  'x-goog-api-client',
  'x-ms-region',
  'x-openai-subagent',
  'x-should-retry',
  'x-title',
])
