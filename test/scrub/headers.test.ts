import { createScrubber, type Headers } from '@tacho/scrub'
import { describe, expect, test } from 'vitest'

const scrubbed = (headers: Headers) =>
  createScrubber({ fingerprint: () => '7f3a' }).headers(headers)

describe('a header that is secret by its name loses its value', () => {
  test.each([
    ['authorization', 'Bearer sk-abc', 'Bearer [secret:authorization:7f3a]'],
    ['Authorization', 'bearer  sk-abc', 'bearer  [secret:authorization:7f3a]'],
    ['authorization', 'Basic dXNlcjpwYXNz', 'Basic [secret:authorization:7f3a]'],
    ['authorization', 'Basic not base64!', 'Basic [secret:authorization:7f3a]'],
    [
      'authorization',
      'AWS4-HMAC-SHA256 Credential=AK/x, Signature=y',
      'AWS4-HMAC-SHA256 [secret:authorization:7f3a]',
    ],
    ['authorization', 'sk-abc', '[secret:authorization:7f3a]'],
    ['authorization', 'my secret words', '[secret:authorization:7f3a]'],
    ['proxy-authorization', 'Basic dXNlcjpwYXNz', 'Basic [secret:proxy-authorization:7f3a]'],
    ['X-Api-Key', 'abc', '[secret:x-api-key:7f3a]'],
    ['api-key', 'abc', '[secret:api-key:7f3a]'],
    ['x-goog-api-key', 'AIza', '[secret:x-goog-api-key:7f3a]'],
    ['openai-api-key', 'abc', '[secret:openai-api-key:7f3a]'],
    ['x-codex-token', 'abc', '[secret:x-codex-token:7f3a]'],
    ['x-auth', 'abc', '[secret:x-auth:7f3a]'],
    ['chatgpt-account-id', 'f0e1-22', '[secret:chatgpt-account-id:7f3a]'],
    ['baggage', 'user=ada', '[secret:baggage:7f3a]'],
    [
      'sec-websocket-protocol',
      'openai-insecure-api-key.sk-abc',
      '[secret:sec-websocket-protocol:7f3a]',
    ],
    ['x-nobody-knows', 'what', '[secret:x-nobody-knows:7f3a]'],
    ['x-forwarded-for', '203.0.113.7', '[secret:x-forwarded-for:7f3a]'],
    [
      'cookie',
      'a=1; b="two"; __Host-c=x=y',
      'a=[secret:cookie:7f3a]; b=[secret:cookie:7f3a]; __Host-c=[secret:cookie:7f3a]',
    ],
    ['cookie', 'a; =b; c=', '[secret:cookie:7f3a]; =[secret:cookie:7f3a]; c='],
    [
      'set-cookie',
      'sid=abc; Path=/; Expires=Wed, 21 Oct 2026 07:28:00 GMT; HttpOnly',
      'sid=[secret:set-cookie:7f3a]; Path=/; Expires=Wed, 21 Oct 2026 07:28:00 GMT; HttpOnly',
    ],
    [
      'location',
      'https://u:p@h/cb?code=4/abc&state=s',
      'https://u:[secret:url-password:7f3a]@h/cb?code=[secret:code:7f3a]&state=s',
    ],
    ['referer', '/a?token=abc', '/a?token=[secret:token:7f3a]'],
  ])('%s: %s', (name, value, wanted) => {
    expect(scrubbed([[name, value]])).toEqual([[name, wanted]])
  })
})

describe('a header that tells something of the exchange keeps its value', () => {
  test.each([
    ['Content-Type', 'application/json'],
    ['content-length', '39527'],
    ['content-encoding', 'zstd'],
    ['Accept', 'text/event-stream'],
    ['accept-encoding', 'gzip, br'],
    ['user-agent', 'codex_exec/0.169.0 (Debian 13; x86_64) xterm'],
    ['host', '127.0.0.1:4000'],
    ['connection', 'keep-alive'],
    ['transfer-encoding', 'chunked'],
    ['upgrade', 'websocket'],
    ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ=='],
    ['date', 'Mon, 23 Nov 2026 05:00:00 GMT'],
    ['server', 'cloudflare'],
    ['via', '1.1 google'],
    ['cache-control', 'no-cache'],
    ['etag', 'W/"abc"'],
    ['retry-after', '20'],
    ['retry-after-ms', '1200'],
    ['x-should-retry', 'true'],
    ['x-request-id', 'req_123'],
    ['request-id', 'req_123'],
    ['cf-ray', '8f0-FRA'],
    ['openai-processing-ms', '512'],
    ['openai-organization', 'org-abc'],
    ['anthropic-version', '2023-06-01'],
    ['anthropic-beta', 'fine-grained-tool-streaming-2025-05-14'],
    ['anthropic-ratelimit-tokens-remaining', '1000'],
    ['x-ratelimit-remaining-tokens', '29000'],
    ['x-ratelimit-reset-requests', '1s'],
    ['x-codex-primary-used-percent', '12'],
    ['x-codex-turn-metadata', '{"session_id":"0199","turn_id":"1"}'],
    ['x-stainless-retry-count', '0'],
    ['originator', 'codex_exec'],
    ['version', '0.169.0'],
    ['session-id', '01993c'],
    ['session_id', '01993c'],
    ['thread-id', '01993c'],
    ['conversation_id', '01993c'],
    ['x-client-request-id', '01993c'],
    ['idempotency-key', 'stainless-node-retry-7'],
    ['traceparent', '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'],
    ['tracestate', 'vendor=value'],
    ['www-authenticate', 'Bearer error="invalid_token"'],
    ['location', 'https://example.com/v1/files?page=2'],
    ['authorization', ''],
  ])('%s: %s', (name, value) => {
    expect(scrubbed([[name, value]])).toEqual([[name, value]])
  })
})

test('order, case and duplicates of names stay', () => {
  const names = scrubbed([
    ['Set-Cookie', 'a=1'],
    ['host', 'h'],
    ['SET-COOKIE', 'b=2'],
    ['Set-Cookie', 'a=1'],
  ]).map(([name]) => name)
  expect(names).toEqual(['Set-Cookie', 'host', 'SET-COOKIE', 'Set-Cookie'])
})

test('a credential is found in a header before the one that tells it', () => {
  const [first] = scrubbed([
    ['user-agent', 'agent (key 0123456789abcdef)'],
    ['authorization', 'Bearer 0123456789abcdef'],
  ])
  expect(first).toEqual(['user-agent', 'agent (key [secret:7f3a...])'])
})

test('a Basic pair has one fingerprint, in base64 and decoded', () => {
  const scrubber = createScrubber({
    fingerprint: (secret) => (secret === 'ada:lovelace!' ? '1815' : '0000'),
  })
  const credential = Buffer.from('ada:lovelace!').toString('base64')
  const [[, value] = []] = scrubber.headers([['authorization', `Basic ${credential}`]])
  expect(value).toBe('Basic [secret:authorization:1815]')
  expect(scrubber.text(credential)).toBe('[secret:1815.......]')
  expect(scrubber.text('ada:lovelace!')).toBe('[secret:1815]')
})

test('a hostile value takes no longer than its length', () => {
  const { length } = scrubbed([
    ['cookie', `${'; '.repeat(100_000)}a`],
    ['authorization', `Bearer${' '.repeat(200_000)}`],
    ['set-cookie', `${'"'.repeat(200_000)};${'='.repeat(1000)}`],
    ['location', `${'a'.repeat(100_000)}?${'&a'.repeat(100_000)}`],
    ['referer', `//${'@'.repeat(100_000)}`],
  ])
  expect(length).toBe(5)
})
