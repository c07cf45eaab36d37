import type { CauseCode } from '@tacho/model'
import { execCommand, type Script, type Step } from '../../scripted-model/index.js'
import { type DiagnosisCase, exec, FEW_TRIES } from '../case.js'

const WORKS = { text: 'Looking.', calls: [execCommand('echo one')] }
const DONE = { text: 'Done.' }

/** An API's error, as documented. */
function refusal(status: number, error: object, headers = {}): Step {
  return { status, headers, body: JSON.stringify({ error }) }
}

function refused(
  injected: CauseCode,
  what: string,
  ...steps: Script & readonly Step[]
): DiagnosisCase {
  const title = `${injected}: ${what}`
  return { title, injected, record: exec(title, steps) }
}

export const API_CASES: readonly DiagnosisCase[] = [
  {
    ...refused(
      'rate-limited',
      '429 to the end',
      WORKS,
      refusal(429, {
        type: 'requests',
        code: 'rate_limit_exceeded',
        message: 'Rate limit reached for gpt-5.5',
      }),
    ),
    isQuick: true,
  },
  refused(
    'quota',
    '429 insufficient_quota',
    refusal(429, {
      type: 'insufficient_quota',
      code: 'insufficient_quota',
      message: 'You exceeded your current quota, please check your plan and billing details.',
    }),
  ),
  refused(
    'overloaded',
    '503',
    WORKS,
    refusal(503, { type: 'server_error', message: 'The server is overloaded.' }),
  ),
  refused(
    'overloaded',
    '529 overloaded_error',
    refusal(529, { type: 'overloaded_error', message: 'Overloaded' }),
  ),
  refused('overloaded', 'in the stream', WORKS, {
    failed: { code: 'server_is_overloaded', message: 'Our servers are currently overloaded.' },
  }),
  refused(
    'server-error',
    '500',
    WORKS,
    refusal(500, { type: 'server_error', message: 'We are sorry.' }),
  ),
  refused('server-error', '502 of a gateway', WORKS, {
    status: 502,
    headers: { 'content-type': 'text/html' },
    body: '<html><h1>502 Bad Gateway</h1></html>',
  }),
  refused('server-error', 'in the stream', {
    text: 'I begin',
    failed: { code: 'server_error', message: 'An error occurred.' },
  }),
  refused(
    'auth',
    '401',
    refusal(401, {
      type: 'invalid_request_error',
      code: 'invalid_api_key',
      message: 'Incorrect API key provided.',
    }),
  ),
  refused(
    'auth',
    '403',
    WORKS,
    refusal(403, { type: 'permission_error', message: 'Not allowed.' }),
  ),
  refused(
    'bad-request',
    '400',
    WORKS,
    refusal(400, {
      type: 'invalid_request_error',
      code: 'unknown_parameter',
      message: "Unknown parameter: 'x'.",
    }),
  ),
  refused(
    'context-overflow',
    '400',
    WORKS,
    refusal(400, {
      type: 'invalid_request_error',
      code: 'context_length_exceeded',
      message: 'Your input exceeds the context window of this model.',
    }),
  ),
  refused('context-overflow', 'in the stream', WORKS, {
    failed: {
      code: 'context_length_exceeded',
      message: 'Your input exceeds the context window of this model.',
    },
  }),
  refused(
    'model-not-found',
    '404',
    refusal(404, {
      type: 'invalid_request_error',
      code: 'model_not_found',
      message: 'The model `gpt-5.5` does not exist or you do not have access to it.',
    }),
  ),
  refused(
    'model-not-found',
    '400',
    refusal(400, {
      type: 'invalid_request_error',
      code: 'model_not_found',
      message: 'The requested model does not exist.',
    }),
  ),
  refused('reset-mid-stream', 'each time', WORKS, {
    text: 'one two three',
    deltas: 3,
    fault: { kind: 'reset', after: 4 },
  }),
  refused('connection-reset', 'before the head', WORKS, { fault: { kind: 'reset' } }),
  refused('stream-ended-early', 'each time', WORKS, {
    text: 'one two three',
    deltas: 3,
    fault: { kind: 'end', after: 4 },
  }),
  refused('malformed-stream', 'no HTTP', WORKS, {
    fault: { kind: 'garbage', bytes: 'this is no HTTP\r\n\r\n' },
  }),
  refused('malformed-stream', 'events that are no JSON', WORKS, {
    events: ['data: {"type": broken\n\n', 'data: more of it\n\n'],
  }),
  refused('output-truncated', 'max_output_tokens', {
    events: [
      'event: response.created\ndata: {"type":"response.created","response":{"id":"resp_1","status":"in_progress"}}\n\n',
      'event: response.incomplete\ndata: {"type":"response.incomplete","response":{"id":"resp_1","status":"incomplete","incomplete_details":{"reason":"max_output_tokens"},"output":[],"usage":{"input_tokens":10,"output_tokens":5,"total_tokens":15}}}\n\n',
    ],
  }),
  refused('content-filter', 'in the stream', {
    events: [
      'event: response.created\ndata: {"type":"response.created","response":{"id":"resp_1","status":"in_progress"}}\n\n',
      'event: response.incomplete\ndata: {"type":"response.incomplete","response":{"id":"resp_1","status":"incomplete","incomplete_details":{"reason":"content_filter"},"output":[],"usage":{"input_tokens":10,"output_tokens":5,"total_tokens":15}}}\n\n',
    ],
  }),
  refused('refusal', 'a part of type refusal', {
    events: [
      'event: response.created\ndata: {"type":"response.created","response":{"id":"resp_1","status":"in_progress"}}\n\n',
      'event: response.output_item.done\ndata: {"type":"response.output_item.done","output_index":0,"item":{"type":"message","id":"msg_1","role":"assistant","content":[{"type":"refusal","refusal":"I cannot help with that."}]}}\n\n',
      'event: response.completed\ndata: {"type":"response.completed","response":{"id":"resp_1","status":"completed","output":[{"type":"message","id":"msg_1","role":"assistant","content":[{"type":"refusal","refusal":"I cannot help with that."}]}],"usage":{"input_tokens":10,"output_tokens":5,"total_tokens":15}}}\n\n',
    ],
  }),
  {
    title: 'loop: over a WebSocket',
    injected: 'loop',
    record: exec(
      'loop websocket',
      [...Array.from({ length: 6 }, () => ({ calls: [execCommand('echo same')] })), DONE],
      { isBuiltIn: true, server: { webSocket: true } },
    ),
  },
  {
    title: 'idle-timeout: silence for longer than Codex waits',
    injected: 'idle-timeout',
    record: exec(
      'idle-timeout',
      [WORKS, { text: 'one two three', deltas: 3, fault: { kind: 'hang', after: 4 } }],
      {
        providerSettings: `${FEW_TRIES}\nstream_idle_timeout_ms = 1500`,
      },
    ),
  },
  {
    title: 'retry-storm: eight failures, then an answer',
    injected: 'retry-storm',
    record: exec(
      'retry-storm',
      [WORKS, ...Array.from({ length: 8 }, () => refusal(500, { message: 'no' })), DONE],
      {
        providerSettings: 'request_max_retries = 9\nstream_max_retries = 2',
      },
    ),
  },
  {
    title: 'slow-first-token: eleven seconds to the first byte',
    injected: 'slow-first-token',
    record: exec('slow-first-token', [WORKS, { ...DONE, headDelay: 11_000 }]),
  },
  {
    title: 'slow-stream: a character now and then',
    injected: 'slow-stream',
    record: exec('slow-stream', [
      { text: 'so it goes on and on', deltas: 10, eventDelay: 1_000, usage: { outputTokens: 8 } },
    ]),
  },
  {
    title: 'stalled-stream: eleven seconds of silence in a text',
    injected: 'stalled-stream',
    record: exec('stalled-stream', [{ text: 'one two three four', deltas: 4, holdAfter: 6 }], {
      during: async (place) => {
        await place.model.responseSent(1, 6)
        await new Promise((resolve) => setTimeout(resolve, 11_000))
        place.model.release()
      },
    }),
  },
  {
    title: 'connection-refused: nobody listens',
    injected: 'connection-refused',
    also: ['signal'],
    record: exec('connection-refused', [], {
      baseUrl: 'http://127.0.0.1:9/v1',
      during: (_, tacho) =>
        stoppedAfter(tacho, /Reconnecting|waiting for network|cannot be reached/),
    }),
  },
  {
    title: 'dns: a name that does not resolve',
    injected: 'dns',
    also: ['signal'],
    record: exec('dns', [], {
      baseUrl: 'http://no-such-host.invalid/v1',
      during: (_, tacho) =>
        stoppedAfter(tacho, /Reconnecting|waiting for network|cannot be reached/),
    }),
  },
  {
    title: 'tls: a server that speaks no TLS',
    injected: 'tls',
    also: ['signal'],
    record: exec('tls', [WORKS], {
      prepare: async (place) => {
        const { readFileSync, writeFileSync } = await import('node:fs')
        const path = `${place.home.codexHome}/config.toml`
        writeFileSync(path, readFileSync(path, 'utf8').replace('http://127', 'https://127'))
      },
      during: (_, tacho) =>
        stoppedAfter(tacho, /Reconnecting|waiting for network|cannot be reached|ERROR/),
    }),
  },
]

/** Codex waits for a network without end. */
async function stoppedAfter(
  tacho: Parameters<NonNullable<Parameters<typeof exec>[2]>['during'] & {}>[1],
  words: RegExp,
): Promise<void> {
  await tacho.stderr.containing(words)
  tacho.kill('SIGTERM')
}
