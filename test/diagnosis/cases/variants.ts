import type { CauseCode } from '@tacho/model'
import type { DiagnosisCase } from '../case.js'
import { FORMS, type Form, told, type Worked } from '../said-by-form.js'
import { type Spoken, speaks } from '../spoken-bodies.js'

/** The same causes as elsewhere in the corpus, in other agents' and other APIs' words. */

function work(
  injected: CauseCode | undefined,
  form: Form,
  what: string,
  worked: readonly Worked[],
): DiagnosisCase {
  const title = `${injected ?? 'healthy'}: ${form}, ${what}`
  const record = speaks(title, [told(form, worked)])
  return injected === undefined ? { title, record } : { title, injected, record }
}

function spoken(
  injected: CauseCode | undefined,
  what: string,
  exchanges: readonly Spoken[],
  exitCode = 0,
  also: readonly CauseCode[] = [],
): DiagnosisCase {
  const title = `${injected ?? 'healthy'}: ${what}`
  const record = speaks(title, exchanges, exitCode)
  return injected === undefined ? { title, record } : { title, injected, also, record }
}

const times = <One>(count: number, of: (number: number) => One): One[] =>
  Array.from({ length: count }, (_, number) => of(number))

const LOOPS = FORMS.flatMap((form) => [
  work(
    'loop',
    form,
    'A, B, A, B',
    times(10, (n) =>
      n % 2 === 0
        ? { name: 'read', given: { path: 'a.ts' }, gave: 'export const a = 1' }
        : { name: 'read', given: { path: 'b.ts' }, gave: 'export const b = 2' },
    ),
  ),
  work(
    'loop',
    form,
    'tests that say how long they took',
    times(6, (n) => ({
      name: 'shell',
      given: { command: 'npm test' },
      gave: `2026-11-29T02:0${n}:11.10${n}Z 3 tests ran\nFinished in ${n}.${n}3 s (pid ${4000 + n}), log in /tmp/run-${n}a${n}f/out`,
    })),
  ),
  work(
    undefined,
    form,
    'six files written, each with the same word for it',
    times(6, (n) => ({
      name: 'write_file',
      given: { path: `file-${n}.ts`, content: `${n}` },
      gave: 'Written.',
    })),
  ),
  work(
    undefined,
    form,
    'a build that gets on, asked for again and again',
    times(6, (n) => ({
      name: 'shell',
      given: { command: 'tail -1 build.log' },
      gave: `[${n * 17}/102] compiled unit ${n * 17}`,
    })),
  ),
])

const failing = (form: Form, what: string, gave: (n: number) => string, isError?: true) =>
  work(
    'tool-failing',
    form,
    what,
    times(4, (n) => ({
      name: 'shell',
      given: { command: `make part-${n}` },
      gave: gave(n),
      ...(isError && { isError }),
    })),
  )

const FAILS = [
  failing('messages', 'is_error', (n) => `make: no rule to make part-${n}`, true),
  failing('gemini', 'error in the response', (n) => `make: no rule to make part-${n}`, true),
  failing('chat', 'Error: at the beginning', (n) => `Error: no rule to make part-${n}`),
  failing(
    'chat',
    'a traceback',
    (n) => `Traceback (most recent call last):\n  File "a.py", line ${n}\nValueError: ${n}`,
  ),
  failing('responses', 'JSON with an error', (n) => `{"error":"no such part: ${n}"}`),
  failing(
    'responses',
    'an exit code in JSON',
    (n) => `{"output":"no rule ${n}","metadata":{"exit_code":2}}`,
  ),
  failing(
    'gemini',
    'an exit code in words',
    (n) =>
      `Command: make part-${n}\nDirectory: (root)\nOutput: (empty)\nError: no rule\nExit Code: 2\nSignal: (none)`,
  ),
]

const one = (injected: CauseCode, form: Form, gave: string, more: Partial<Worked> = {}) =>
  work(injected, form, gave.slice(0, 50), [
    { name: 'look', given: { at: 'x' }, gave: 'seen' },
    { name: 'act', given: { path: '/etc/x' }, gave, isError: true, ...more },
  ])

const WRONG = [
  one(
    'unknown-tool',
    'messages',
    '<tool_use_error>Error: No such tool available: act</tool_use_error>',
  ),
  one('unknown-tool', 'gemini', 'Tool "act" not found in registry.'),
  one('unknown-tool', 'chat', 'Error: tool act does not exist'),
  one('unknown-tool', 'responses', 'unsupported call: act'),
  one('unknown-tool', 'chat', "Model tried to call unavailable tool 'act'. Available tools: look."),
  one('unknown-tool', 'chat', 'Unknown tool: act'),
  one('unknown-tool', 'messages', "Tool 'act' is not available"),
  one('unknown-tool', 'responses', 'MCP error -32602: Tool act not found'),
  one(
    'bad-arguments',
    'messages',
    '<tool_use_error>InputValidationError: act failed due to the following issue:\nThe required parameter `file_path` is missing</tool_use_error>',
  ),
  one('bad-arguments', 'gemini', "params must have required property 'file_path'"),
  one('bad-arguments', 'chat', 'Error: Missing required parameter: path'),
  one(
    'bad-arguments',
    'responses',
    'failed to parse function arguments: missing field `cmd` at line 1 column 2',
  ),
  one(
    'bad-arguments',
    'chat',
    'Invalid arguments for tool act: [{"code":"invalid_type","expected":"string","received":"number","path":["path"]}]',
  ),
  one(
    'bad-arguments',
    'responses',
    'MCP error -32602: Invalid arguments for tool act: path is required',
  ),
  one('bad-arguments', 'chat', 'Expected string, received number at "path"'),
  one('bad-arguments', 'messages', "TypeError: act() got an unexpected keyword argument 'pth'"),
  one('sandbox-denied', 'messages', 'sandbox-exec: deny(1) file-write-create /etc/x'),
  one('sandbox-denied', 'chat', "bwrap: Can't mkdir /etc/x: Read-only file system (sandbox)"),
  one('sandbox-denied', 'gemini', 'Sandbox: sh(4211) deny(1) network-outbound 1.2.3.4:443'),
  one(
    'sandbox-denied',
    'responses',
    'command failed: sandbox denied exec error, exit code: 1, stdout: , stderr: touch: /etc/x: Operation not permitted',
  ),
  one(
    'sandbox-denied',
    'chat',
    'Blocked: writing outside of the workspace is not allowed by the sandbox policy.',
  ),
  one('sandbox-denied', 'messages', 'landlock: permission denied opening /etc/x for writing'),
  one(
    'sandbox-denied',
    'messages',
    'cd to /etc was blocked. For security, Claude Code may only change directories to child directories of the allowed working directories for this session: /home/ada/project.',
  ),
  one(
    'tool-denied',
    'messages',
    "Claude requested permissions to write to /etc/x, but you haven't granted it yet.",
  ),
  one('tool-denied', 'messages', 'Permission to use Bash with command rm -rf / has been denied.'),
  one('tool-denied', 'gemini', 'Tool execution denied by policy.'),
  one(
    'tool-denied',
    'responses',
    'exec_command failed: rejected by rule `rm` of the execution policy',
  ),
  one(
    'tool-denied',
    'chat',
    'Error: The user has specified a rule which prevents you from using this specific tool call.',
  ),
  one('tool-denied', 'messages', 'PreToolUse:Bash hook blocked the call: no rm here'),
  one('tool-hung', 'messages', 'Command timed out after 2m 0.0s'),
  one(
    'tool-hung',
    'gemini',
    'Command was automatically cancelled because it exceeded the timeout of 5.0 minutes without output.',
  ),
  one(
    'tool-hung',
    'chat',
    '<bash_metadata>\nbash tool terminated command after exceeding timeout 120000 ms\n</bash_metadata>',
  ),
  one(
    'tool-hung',
    'responses',
    'Exit code: 124\nWall time: 10 seconds\nOutput:\ncommand timed out after 10000 milliseconds\n',
  ),
  one('tool-hung', 'chat', 'MCP error -32001: Request timed out'),
]

const SOUND = [
  work(undefined, 'chat', 'a file that tells of errors', [
    {
      name: 'read',
      given: { path: 'errors.md' },
      gave: 'The API says "Unknown tool: x", or: permission to use x has been denied. It timed out after 3 s.',
    },
    {
      name: 'read',
      given: { path: 'sandbox.md' },
      gave: '# The sandbox\n\nWhat is denied by the sandbox is told so: sandbox-exec: deny(1).',
    },
  ]),
  work(
    undefined,
    'messages',
    'a search that finds nothing, three times',
    times(3, (n) => ({
      name: 'Grep',
      given: { pattern: `x${n}` },
      gave: 'No files found',
    })),
  ),
  work(undefined, 'gemini', 'files that begin with Error', [
    { name: 'read_file', given: { path: 'a.ts' }, gave: 'export class A extends Error {}' },
    { name: 'read_file', given: { path: 'b.log' }, gave: 'Error: one\nError: two' },
    { name: 'shell', given: { command: 'ls' }, gave: 'a.ts b.log' },
  ]),
  work(undefined, 'responses', 'an error that is mended', [
    { name: 'shell', given: { command: 'make' }, gave: 'Error: no rule' },
    { name: 'shell', given: { command: 'make' }, gave: 'Error: no rule' },
    { name: 'edit', given: { path: 'Makefile' }, gave: 'edited' },
    { name: 'shell', given: { command: 'make' }, gave: 'made' },
  ]),
]

const REFUSED: readonly [CauseCode, string, Form, number, object][] = [
  [
    'quota',
    'OpenRouter, 402',
    'chat',
    402,
    {
      error: {
        code: 402,
        message:
          'This request requires more credits, or fewer max_tokens. You requested up to 32000 tokens, but can only afford 1234.',
      },
    },
  ],
  [
    'quota',
    'Messages, usage limits',
    'messages',
    400,
    {
      type: 'error',
      error: {
        type: 'invalid_request_error',
        message:
          'You have reached your specified API usage limits. You will regain access on 2026-12-01 at 00:00 UTC.',
      },
    },
  ],
  [
    'quota',
    'Gemini, requests of a day',
    'gemini',
    429,
    {
      error: {
        code: 429,
        status: 'RESOURCE_EXHAUSTED',
        message: 'You exceeded your current quota, please check your plan and billing details.',
      },
    },
  ],
  [
    'quota',
    "ChatGPT's plan",
    'responses',
    429,
    {
      error: {
        type: 'usage_limit_reached',
        message: 'The usage limit has been reached',
        plan_type: 'plus',
        resets_in_seconds: 3600,
      },
    },
  ],
  ['rate-limited', 'a gateway, a plain word', 'chat', 429, { message: 'Too Many Requests' }],
  [
    'rate-limited',
    'Bedrock',
    'messages',
    429,
    { message: 'Too many tokens, please wait before trying again.' },
  ],
  [
    'rate-limited',
    'tokens of a minute',
    'responses',
    429,
    {
      error: {
        type: 'tokens',
        code: 'rate_limit_exceeded',
        message:
          'Rate limit reached for gpt-5.5 on tokens per min (TPM): Limit 30000, Used 29000, Requested 5000. Please try again in 8s.',
      },
    },
  ],
  [
    'overloaded',
    'Groq, 498',
    'chat',
    498,
    { error: { message: 'Flex tier capacity exceeded', type: 'capacity_exceeded' } },
  ],
  [
    'overloaded',
    'at capacity, 429',
    'responses',
    429,
    { error: { message: 'Selected model is at capacity. Please try a different model.' } },
  ],
  [
    'overloaded',
    'high demand',
    'gemini',
    503,
    {
      error: {
        code: 503,
        status: 'UNAVAILABLE',
        message: 'This model is currently experiencing high demand.',
      },
    },
  ],
  ['server-error', '408', 'chat', 408, { error: { message: 'Request Timeout' } }],
  ['server-error', 'Cloudflare, 524', 'messages', 524, { error: 'timeout' }],
  [
    'server-error',
    'Gemini, INTERNAL',
    'gemini',
    500,
    { error: { code: 500, status: 'INTERNAL', message: 'An internal error has occurred.' } },
  ],
  [
    'auth',
    '401, no key',
    'chat',
    401,
    {
      error: {
        type: 'invalid_request_error',
        code: null,
        message: "You didn't provide an API key.",
      },
    },
  ],
  [
    'auth',
    'Messages, a token that is revoked',
    'messages',
    401,
    {
      type: 'error',
      error: {
        type: 'authentication_error',
        message: 'OAuth token has been revoked. Please obtain a new token.',
      },
    },
  ],
  [
    'auth',
    'Gemini, a key that has expired',
    'gemini',
    400,
    {
      error: {
        code: 400,
        status: 'INVALID_ARGUMENT',
        message: 'API key expired. Please renew the API key.',
      },
    },
  ],
  [
    'bad-request',
    '413',
    'messages',
    413,
    {
      type: 'error',
      error: { type: 'request_too_large', message: 'Request exceeds the maximum size' },
    },
  ],
  [
    'bad-request',
    '422 of a gateway',
    'chat',
    422,
    { detail: [{ loc: ['body', 'tools'], msg: 'field required', type: 'value_error.missing' }] },
  ],
  [
    'bad-request',
    'a call without its result',
    'messages',
    400,
    {
      type: 'error',
      error: {
        type: 'invalid_request_error',
        message:
          'messages.1: `tool_use` ids were found without `tool_result` blocks immediately after: t1.',
      },
    },
  ],
  [
    'context-overflow',
    'llama.cpp',
    'chat',
    400,
    {
      error: {
        code: 400,
        type: 'exceed_context_size_error',
        message: 'the request exceeds the available context size, try increasing it',
        n_prompt_tokens: 9000,
        n_ctx: 8192,
      },
    },
  ],
  [
    'context-overflow',
    'Messages, with max_tokens',
    'messages',
    400,
    {
      type: 'error',
      error: {
        type: 'invalid_request_error',
        message:
          'input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000, decrease input length or `max_tokens` and try again',
      },
    },
  ],
  [
    'context-overflow',
    'Gemini',
    'gemini',
    400,
    {
      error: {
        code: 400,
        status: 'INVALID_ARGUMENT',
        message:
          'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).',
      },
    },
  ],
  [
    'context-overflow',
    '413, Messages',
    'messages',
    413,
    {
      type: 'error',
      error: {
        type: 'invalid_request_error',
        message: 'prompt is too long: 250000 tokens > 200000 maximum',
      },
    },
  ],
  [
    'model-not-found',
    'Ollama',
    'chat',
    404,
    { error: { message: 'model "llama9" not found, try pulling it first', type: 'api_error' } },
  ],
  [
    'model-not-found',
    "ChatGPT's account",
    'responses',
    400,
    { detail: "The 'gpt-9' model is not supported when using Codex with a ChatGPT account." },
  ],
  [
    'model-not-found',
    '403, no access to the model',
    'chat',
    403,
    {
      error: {
        type: 'invalid_request_error',
        code: 'model_not_found',
        message: 'Project `proj_x` does not have access to model `gpt-5`',
      },
    },
  ],
  [
    'model-not-found',
    'OpenRouter',
    'chat',
    404,
    { error: { code: 404, message: 'No endpoints found for foo/bar.' } },
  ],
  [
    'content-filter',
    'Messages, output blocked',
    'messages',
    400,
    {
      type: 'error',
      error: {
        type: 'invalid_request_error',
        message: 'Output blocked by content filtering policy',
      },
    },
  ],
  [
    'content-filter',
    'invalid_prompt',
    'responses',
    400,
    {
      error: {
        code: 'invalid_prompt',
        message:
          'Invalid prompt: your prompt was flagged as potentially violating our usage policy.',
      },
    },
  ],
]

const choice = (delta: object, finish_reason: string | null = null) => ({
  id: 'c1',
  object: 'chat.completion.chunk',
  model: 'm-1',
  choices: [{ index: 0, delta, finish_reason }],
})
const CHAT = {
  path: '/chat/completions',
  request: { model: 'm-1', stream: true, messages: [{ role: 'user', content: 'Hello' }] },
}
const begun = {
  type: 'message_start',
  message: { id: 'msg_1', model: 'c-1', usage: { input_tokens: 9, output_tokens: 1 } },
}
const MESSAGES = {
  path: '/messages',
  request: {
    model: 'c-1',
    max_tokens: 9,
    stream: true,
    messages: [{ role: 'user', content: 'Hello' }],
  },
}
const GEMINI = {
  path: '/models/g-1:streamGenerateContent?alt=sse',
  request: { contents: [{ role: 'user', parts: [{ text: 'Hello' }] }] },
}

const ANSWERS = [
  spoken(
    'server-error',
    'Chat Completions, an error in the stream',
    [
      {
        ...CHAT,
        answer: [
          choice({ content: 'I begin' }),
          { error: { message: 'Provider returned error', code: 502 } },
        ],
      },
    ],
    1,
  ),
  spoken(
    'rate-limited',
    'Chat Completions, an error with status 200',
    [{ ...CHAT, answer: { error: { message: 'Rate limit exceeded', code: 429 } } }],
    1,
  ),
  spoken(
    'server-error',
    'Messages, api_error in the stream',
    [
      {
        ...MESSAGES,
        answer: [
          begun,
          { type: 'error', error: { type: 'api_error', message: 'Internal server error' } },
        ],
      },
    ],
    1,
  ),
  spoken(
    'stream-ended-early',
    'Chat Completions, no finish_reason',
    [{ ...CHAT, answer: [choice({ content: 'I begin' })] }],
    1,
  ),
  spoken(
    'stream-ended-early',
    'Messages, no message_stop',
    [
      {
        ...MESSAGES,
        answer: [
          begun,
          { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
          { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'I begin' } },
        ],
      },
    ],
    1,
  ),
  spoken('output-truncated', 'Chat Completions, in the arguments of a call', [
    {
      ...CHAT,
      answer: [
        choice({
          tool_calls: [
            { index: 0, id: 'c', function: { name: 'write', arguments: '{"content":"a lo' } },
          ],
        }),
        choice({}, 'length'),
      ],
    },
  ]),
  spoken('malformed-stream', 'Gemini, MALFORMED_FUNCTION_CALL', [
    {
      ...GEMINI,
      answer: [{ candidates: [{ finishReason: 'MALFORMED_FUNCTION_CALL' }], modelVersion: 'g-1' }],
    },
  ]),
  spoken('content-filter', 'Gemini, RECITATION', [
    {
      ...GEMINI,
      answer: [
        {
          candidates: [{ content: { parts: [{ text: 'a' }] }, finishReason: 'RECITATION' }],
          modelVersion: 'g-1',
        },
      ],
    },
  ]),
]

const HEALTHY_ANSWERS = [
  spoken(undefined, 'Messages, pause_turn, then its end', [
    {
      ...MESSAGES,
      answer: [
        begun,
        {
          type: 'message_delta',
          delta: { stop_reason: 'pause_turn' },
          usage: { output_tokens: 2 },
        },
        { type: 'message_stop' },
      ],
    },
    { ...told('messages', []) },
  ]),
  spoken(undefined, 'Chat Completions, content filter results that filter nothing', [
    {
      ...CHAT,
      answer: [
        {
          ...choice({ content: 'Hi' }),
          prompt_filter_results: [
            { content_filter_results: { hate: { filtered: false, severity: 'safe' } } },
          ],
        },
        choice({}, 'stop'),
      ],
    },
  ]),
  spoken(
    undefined,
    'twelve short 429 that were answered soon',
    times(24, (n) =>
      n % 2 === 0
        ? {
            ...CHAT,
            status: 429,
            answer: {
              error: {
                message: 'Rate limit reached. Please try again in 1s.',
                code: 'rate_limit_exceeded',
              },
            },
          }
        : { ...CHAT, answer: [choice({ content: `Hi ${n}` }), choice({}, 'stop')] },
    ),
  ),
]

const DELTA = choice({ content: 'I begin' })

const FAULTS = [
  spoken(
    'connection-reset',
    'another agent, before the head',
    [{ ...CHAT, answer: [], fault: 'refused' }],
    1,
  ),
  spoken(
    'reset-mid-stream',
    'another agent, Chat Completions',
    [{ ...CHAT, answer: [DELTA], fault: 'reset' }],
    1,
  ),
  spoken(
    'reset-mid-stream',
    'another agent, a body shorter than its head says',
    [{ ...CHAT, answer: [DELTA], fault: 'cut' }],
    1,
  ),
  spoken(
    'slow-first-token',
    'nothing but comments, until the agent goes away',
    [{ ...CHAT, answer: [], fault: 'keep-alives', patience: 14_000 }],
    1,
  ),
  spoken(
    'stalled-stream',
    'comments behind a text, until the agent goes away',
    [{ ...CHAT, answer: [DELTA], fault: 'keep-alives', patience: 14_000 }],
    1,
  ),
  spoken(
    'slow-first-token',
    'no head, until the agent goes away',
    [{ ...CHAT, answer: [], fault: 'silent', patience: 14_000 }],
    1,
  ),
]

const TOOLS = ['look', 'act', 'tell', 'ask'].map((name) => ({
  type: 'function',
  function: { name, description: `${name} at things `.repeat(40), parameters: {} },
}))
const grown = (n: number) =>
  times(n, (k) => ({
    role: k % 2 === 0 ? 'user' : 'assistant',
    content: `${k}: ${'so it goes on. '.repeat(90)}`,
  }))
const asked = (n: number, more: object, cached: number): Spoken => ({
  path: '/chat/completions',
  request: {
    model: 'm-1',
    tools: TOOLS,
    messages: [{ role: 'system', content: 'Be brief. '.repeat(200) }, ...grown(2 * n + 1)],
    ...more,
  },
  answer: {
    id: 'x',
    model: 'm-1',
    choices: [
      {
        index: 0,
        finish_reason: 'stop',
        message: { role: 'assistant', content: `${2 * n + 1}: ${'so it goes on. '.repeat(90)}` },
      },
    ],
    usage: {
      prompt_tokens: 4000 + 700 * n,
      completion_tokens: 300,
      total_tokens: 4300 + 700 * n,
      prompt_tokens_details: { cached_tokens: cached },
    },
  },
})

// Its effect on the cache is named beside it.
const changed = (what: string, exchanges: readonly Spoken[]): DiagnosisCase =>
  spoken('tools-changed', what, exchanges, 0, ['cache-break'])

const CONTEXT = [
  changed('in their order only', [
    asked(0, {}, 0),
    asked(1, {}, 3900),
    asked(2, { tools: [...TOOLS].reverse() }, 0),
    asked(3, { tools: [...TOOLS].reverse() }, 5900),
  ]),
  changed('a description', [
    asked(0, {}, 0),
    asked(1, {}, 3900),
    asked(
      2,
      {
        tools: TOOLS.map((tool, k) =>
          k === 1 ? { ...tool, function: { ...tool.function, description: 'Acts.' } } : tool,
        ),
      },
      0,
    ),
  ]),
  spoken('cache-break', 'Chat Completions, the time in the system message', [
    asked(0, {}, 0),
    asked(1, {}, 3900),
    {
      ...asked(
        2,
        {
          messages: [
            { role: 'system', content: `It is 10:02. ${'Be brief. '.repeat(200)}` },
            ...grown(5),
          ],
        },
        0,
      ),
    },
  ]),
  spoken('model-changed', 'Chat Completions, another one answers', [
    asked(0, {}, 0),
    asked(1, {}, 3900),
    { ...asked(2, {}, 0), answer: { ...(asked(2, {}, 0).answer as object), model: 'm-0-mini' } },
  ]),
  spoken(undefined, 'the cache of Chat Completions, which is always a little behind', [
    asked(0, {}, 0),
    asked(1, {}, 3840),
    asked(2, {}, 4480),
    asked(3, {}, 5120),
  ]),
]

export const VARIANT_CASES: readonly DiagnosisCase[] = [
  ...LOOPS,
  ...FAILS,
  ...WRONG,
  ...SOUND,
  ...REFUSED.map(([injected, what, form, status, answer]) =>
    spoken(injected, what, [{ ...told(form, []), status, answer }], 1),
  ),
  ...ANSWERS,
  ...HEALTHY_ANSWERS,
  ...FAULTS,
  ...CONTEXT,
]
