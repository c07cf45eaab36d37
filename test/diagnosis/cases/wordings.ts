import type { CauseCode } from '@tacho/model'
import type { DiagnosisCase } from '../case.js'
import { type Form, told, type Worked } from '../said-by-form.js'
import { type Spoken, speaks } from '../spoken-bodies.js'

/** What providers, gateways and local servers say in their own words; and two causes at once. */

/** A session of the stand-in agent, which sends these requests. */
export function spoken(
  injected: CauseCode | undefined,
  what: string,
  exchanges: readonly Spoken[],
  { exitCode = 0, also = [] }: { exitCode?: number; also?: readonly CauseCode[] } = {},
): DiagnosisCase {
  const title = `${injected ?? 'healthy'}: ${what}`
  const record = speaks(title, exchanges, exitCode)
  return injected === undefined ? { title, record } : { title, injected, also, record }
}

function refused(
  injected: CauseCode,
  what: string,
  form: Form,
  status: number,
  answer: object,
): DiagnosisCase {
  return spoken(injected, what, [{ ...told(form, []), status, answer }], { exitCode: 1 })
}

const anthropic = (type: string, message: string) => ({ type: 'error', error: { type, message } })
const google = (code: number, status: string, message: string) => ({
  error: { code, status, message },
})

const REFUSED = [
  refused(
    'model-not-found',
    'Vertex, a name with dots',
    'gemini',
    404,
    google(
      404,
      'NOT_FOUND',
      'Publisher Model `projects/p/locations/us-central1/publishers/google/models/gemini-2.5-pro-x` was not found or your project does not have access to it.',
    ),
  ),
  refused('model-not-found', 'LM Studio', 'chat', 404, {
    error: { message: 'No models loaded. Please load a model in the developer page.' },
  }),
  refused('model-not-found', 'Bedrock', 'messages', 400, {
    message: 'The provided model identifier is invalid.',
  }),
  refused(
    'auth',
    'Messages, an organization that was disabled',
    'messages',
    400,
    anthropic('invalid_request_error', 'This organization has been disabled.'),
  ),
  refused(
    'auth',
    'Gemini, a place where it is not offered',
    'gemini',
    400,
    google(400, 'FAILED_PRECONDITION', 'User location is not supported for the API use.'),
  ),
  refused('auth', 'Azure, a key of another resource', 'chat', 401, {
    error: {
      code: '401',
      message: 'Access denied due to invalid subscription key or wrong API endpoint.',
    },
  }),
  refused('auth', 'a proxy that wants a login', 'chat', 407, {
    message: 'Proxy Authentication Required',
  }),
  refused(
    'quota',
    "Gemini CLI's plan",
    'gemini',
    429,
    google(
      429,
      'RESOURCE_EXHAUSTED',
      'You have exhausted your capacity on this model. Your quota will reset after 20h2m3s.',
    ),
  ),
  refused(
    'quota',
    "Claude's plan",
    'messages',
    429,
    anthropic('rate_limit_error', "You've hit your weekly limit, resets Monday."),
  ),
  refused('quota', 'xAI, credits of a team', 'chat', 403, {
    code: 'The caller does not have permission to execute the specified operation',
    error: 'Your team has either used all available credits or reached its monthly spending limit.',
  }),
  refused('rate-limited', 'Azure, tokens of a tier', 'chat', 429, {
    error: {
      code: '429',
      message:
        'Requests to the ChatCompletions_Create Operation have exceeded token rate limit of your current pricing tier. Please retry after 26 seconds.',
    },
  }),
  refused(
    'rate-limited',
    'Messages, tokens of a minute',
    'messages',
    429,
    anthropic(
      'rate_limit_error',
      "This request would exceed your organization's rate limit of 30,000 input tokens per minute.",
    ),
  ),
  refused('context-overflow', 'Bedrock', 'messages', 400, {
    message: 'Input is too long for requested model.',
  }),
  refused('server-error', 'Ollama, too little memory there', 'chat', 500, {
    error: { message: 'model requires more system memory (8.4 GiB) than is available (5.1 GiB)' },
  }),
]

const MESSAGES_STREAM = { ...told('messages', []), request: streamed(told('messages', []).request) }

function streamed(request: object): object {
  return { ...request, stream: true }
}

const BEGUN = {
  type: 'message_start',
  message: { id: 'msg_1', model: 'c-1', usage: { input_tokens: 9, output_tokens: 1 } },
}

const IN_STREAMS = [
  spoken(
    'overloaded',
    'Messages, in the stream',
    [{ ...MESSAGES_STREAM, answer: [BEGUN, anthropic('overloaded_error', 'Overloaded')] }],
    { exitCode: 1 },
  ),
  spoken('context-overflow', 'Messages, the window is full in the middle of an answer', [
    {
      ...MESSAGES_STREAM,
      answer: [
        BEGUN,
        {
          type: 'message_delta',
          delta: { stop_reason: 'model_context_window_exceeded' },
          usage: { output_tokens: 2 },
        },
        { type: 'message_stop' },
      ],
    },
  ]),
  spoken(
    'malformed-stream',
    'a page to log in at, with status 200',
    [{ ...told('chat', []), answer: '<!doctype html><title>Log in</title>' }],
    { exitCode: 1 },
  ),
]

const calls = (count: number, gave: (n: number) => string, more: Partial<Worked> = {}): Worked[] =>
  Array.from({ length: count }, (_, n) => ({
    name: 'shell',
    given: { command: 'make' },
    gave: gave(n),
    ...more,
  }))

const TWO_AT_ONCE = [
  spoken(
    'context-overflow',
    'behind a loop',
    [
      told(
        'chat',
        calls(6, () => 'nothing to do'),
      ),
      {
        ...told(
          'chat',
          calls(7, () => 'nothing to do'),
        ),
        status: 400,
        answer: {
          error: {
            code: 'context_length_exceeded',
            message: "This model's maximum context length is 8192 tokens.",
          },
        },
      },
    ],
    { exitCode: 1, also: ['loop'] },
  ),
  spoken(
    'quota',
    'behind tools that fail',
    [
      told(
        'messages',
        calls(4, (n) => `make: no rule ${n}`, { isError: true }),
      ),
      {
        ...told(
          'messages',
          calls(5, (n) => `make: no rule ${n}`, { isError: true }),
        ),
        status: 400,
        answer: anthropic('invalid_request_error', 'Your credit balance is too low.'),
      },
    ],
    { exitCode: 1, also: ['tool-failing'] },
  ),
  spoken('sandbox-denied', 'four times, and nothing else', [
    told(
      'responses',
      calls(4, (n) => `Exit code: 1\nfailed in sandbox: touch: /x${n}: Operation not permitted`),
    ),
  ]),
]

const SIGNED = (isSigned: boolean) => ({
  role: 'model',
  parts: [
    {
      functionCall: { name: 'look', args: { at: 'x' } },
      ...(isSigned && { thoughtSignature: 'c2lnbmVk' }),
    },
  ],
})

const gemini = (isSigned: boolean, more: object[]): Spoken => ({
  ...told('gemini', []),
  request: {
    contents: [
      { role: 'user', parts: [{ text: 'Go.' }] },
      SIGNED(isSigned),
      {
        role: 'user',
        parts: [{ functionResponse: { name: 'look', response: { output: 'seen' } } }],
      },
      ...more,
    ],
  },
})

const SOUND = [
  spoken(undefined, 'Gemini, signatures that are left out later', [
    gemini(true, []),
    gemini(false, [
      { role: 'model', parts: [{ text: 'So.' }] },
      { role: 'user', parts: [{ text: 'On.' }] },
    ]),
  ]),
  spoken(undefined, 'Messages, a command that went to the background', [
    told('messages', [
      {
        name: 'Bash',
        given: { command: 'npm run watch' },
        gave: 'Command running in background with ID: b1. Output is being written to: /tmp/b1.output.',
      },
      { name: 'Bash', given: { command: 'npm test' }, gave: '3 tests passed; none timed out' },
    ]),
  ]),
]

export const WORDING_CASES: readonly DiagnosisCase[] = [
  ...REFUSED,
  ...IN_STREAMS,
  ...TWO_AT_ONCE,
  ...SOUND,
]
