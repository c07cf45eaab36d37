import type { CauseCode } from '@tacho/model'
import type { DiagnosisCase } from '../case.js'
import { REFUSALS, type Refused } from '../refusals.js'
import { type Form, told, type Worked } from '../said-by-form.js'
import { spoken } from './wordings.js'

/**
 * The same causes as worded by gateways, clouds and providers from other countries, and what only
 * looks like them.
 */

const openai = (message: string, more: object = {}) => ({
  error: { message, type: 'invalid_request_error', param: null, code: null, ...more },
})

const four = (what: string, form: Form, gave: (n: number) => string): DiagnosisCase =>
  spoken('tool-failing', what, [
    told(
      form,
      Array.from({ length: 4 }, (_, n) => ({
        name: 'shell',
        given: { command: `make part-${n}` },
        gave: gave(n),
      })),
    ),
  ])

const FAILING = [
  four('npm ERR!', 'chat', (n) => `npm ERR! Missing script: "part-${n}"`),
  four('npm error', 'chat', (n) => `npm error Missing script: "part-${n}"`),
  four('fatal:', 'chat', (n) => `fatal: pathspec 'part-${n}' did not match any files`),
  four('Chinese', 'chat', (n) => `错误：没有规则可创建目标“part-${n}”`),
  four('German', 'chat', (n) => `Fehler: keine Regel für part-${n}`),
  four('French', 'chat', (n) => `Erreur : aucune règle pour part-${n}`),
  four('command not found', 'chat', (n) => `bash: line ${n}: part-${n}: command not found`),
  four('success: false', 'chat', (n) => `{"success":false,"message":"no such part: ${n}"}`),
  four(
    'isError of MCP',
    'responses',
    (n) => `{"content":[{"type":"text","text":"no such part ${n}"}],"isError":true}`,
  ),
  four('status: error', 'responses', (n) => `{"status":"error","reason":"no such part ${n}"}`),
  four('<error>', 'messages', (n) => `<error>no such part ${n}</error>`),
  four('exited with code', 'chat', (n) => `no rule for part-${n}\n\nCommand exited with code 2`),
  four('exit status', 'chat', (n) => `no rule for part-${n}\nexit status 2`),
  four('[exit code: 2]', 'messages', (n) => `no rule for part-${n}\n[exit code: 2]`),
  four(
    'returncode',
    'chat',
    (n) => `<returncode>2</returncode>\n<output>no rule for part-${n}</output>`,
  ),
  four('ENOENT', 'chat', (n) => `ENOENT: no such file or directory, open '/x/part-${n}'`),
  four('a cross', 'chat', (n) => `❌ Failed to read part-${n}: it is not there`),
  four('Tool error:', 'gemini', (n) => `Tool execution failed: no rule for part-${n}`),
  four(
    'an Exception',
    'chat',
    (n) => `FileNotFoundError: [Errno 2] No such file or directory: 'part-${n}'`,
  ),
]

const one = (injected: CauseCode, form: Form, gave: string, isError = true): DiagnosisCase =>
  spoken(injected, `${form}, ${gave.slice(0, 60)}`, [
    told(form, [
      { name: 'look', given: { at: 'x' }, gave: 'seen' },
      { name: 'act', given: { path: '/etc/x' }, gave, ...(isError && { isError: true as const }) },
    ]),
  ])

/** Its user declines everything, in many words. */
const refusing = (form: Form, gave: string): DiagnosisCase =>
  spoken('tool-denied', `${form}, three times: ${gave.slice(0, 60)}`, [
    told(
      form,
      [1, 2, 3].map((n) => ({
        name: 'act',
        given: { path: `/etc/${n}` },
        gave,
        isError: true as const,
      })),
    ),
  ])

const WRONG = [
  one('tool-hung', 'chat', 'Timeout: the command did not finish within 30 seconds and was killed.'),
  one(
    'tool-hung',
    'chat',
    "subprocess.TimeoutExpired: Command 'npm test' timed out after 30 seconds",
  ),
  one('tool-hung', 'messages', 'The command did not complete within 60s; it was terminated.'),
  one('tool-hung', 'responses', 'Error: context deadline exceeded'),
  one('tool-hung', 'chat', '命令执行超时（30秒）'),
  one('tool-hung', 'chat', 'Zeitüberschreitung nach 30 Sekunden: der Befehl wurde beendet'),
  one(
    'sandbox-denied',
    'chat',
    'CONNECT tunnel failed, response 403: host_not_allowed by the network sandbox',
  ),
  one('sandbox-denied', 'responses', 'firejail: permission denied by the sandbox profile'),
  one(
    'sandbox-denied',
    'messages',
    "Error: EPERM: operation not permitted, open '/etc/x' (blocked by seatbelt)",
  ),
  one(
    'sandbox-denied',
    'chat',
    'Access denied - path outside allowed directories: /etc/x not in /home/ada',
  ),
  refusing(
    'messages',
    "The user doesn't want to proceed with this tool use. The tool use was rejected (eg. if it was a file edit, the new_string was NOT written to the file).",
  ),
  refusing('chat', 'User rejected the tool call.'),
  refusing('chat', 'Tool call was denied by the user.'),
  refusing('chat', 'The user declined to run this command.'),
  refusing('chat', '用户拒绝了此工具调用'),
  refusing('chat', 'Der Benutzer hat diesen Aufruf abgelehnt.'),
  one('tool-denied', 'responses', 'approval denied: the reviewer rejected this action'),
  one('unknown-tool', 'chat', 'Error: There is no tool named "act".'),
  one('unknown-tool', 'chat', '{"error":"tool_not_found","name":"act"}'),
  one('unknown-tool', 'chat', "Function 'act' is not defined. Available functions: look"),
  one('unknown-tool', 'messages', 'act is not a valid tool, try one of [look].'),
  one('unknown-tool', 'gemini', 'No function named act'),
  one('bad-arguments', 'chat', 'Invalid JSON in tool arguments: Unexpected end of JSON input'),
  one(
    'bad-arguments',
    'chat',
    "1 validation error for act\npath\n  Field required [type=missing, input_value={'pth': '/x'}, input_type=dict]",
  ),
  one(
    'bad-arguments',
    'messages',
    "TypeError: act() missing 1 required positional argument: 'path'",
  ),
  one('bad-arguments', 'chat', "'path' is a required property"),
  one('bad-arguments', 'gemini', 'params/path must be string'),
  one(
    'bad-arguments',
    'responses',
    'The act tool was called with invalid arguments: SchemaError(Missing key\n  at ["path"])',
  ),
  one('bad-arguments', 'chat', 'Error: Failed to parse tool call arguments as JSON'),
]

const chunk = (delta: object, finish_reason: string | null = null, more: object = {}) => ({
  id: 'c1',
  object: 'chat.completion.chunk',
  model: 'm-1',
  choices: [{ index: 0, delta, finish_reason }],
  ...more,
})
const CHAT = {
  path: '/chat/completions',
  request: { model: 'm-1', stream: true, messages: [{ role: 'user', content: 'Hello' }] },
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
const candidate = (finishReason: string) => ({
  candidates: [{ content: { role: 'model', parts: [] }, finishReason }],
  modelVersion: 'g-1',
  usageMetadata: { promptTokenCount: 5, totalTokenCount: 5 },
})
const wholeMessage = (stop_reason: string) => ({
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'c-1',
  stop_reason,
  content: [{ type: 'text', text: 'I beg' }],
  usage: { input_tokens: 9, output_tokens: 9 },
})
const response = (status: string, more: object) => ({
  id: 'resp_1',
  object: 'response',
  model: 'gpt-5.5',
  status,
  output: [],
  usage: { input_tokens: 9, output_tokens: 9, total_tokens: 18 },
  ...more,
})

const ANSWERS = [
  spoken(
    'overloaded',
    'OpenRouter, in the stream',
    [
      {
        ...CHAT,
        answer: [
          chunk({ content: 'I begin' }),
          {
            id: 'c1',
            error: { code: 529, message: 'Overloaded' },
            choices: [{ index: 0, delta: { content: '' }, finish_reason: 'error' }],
          },
        ],
      },
    ],
    { exitCode: 1 },
  ),
  spoken(
    'server-error',
    'OpenRouter, finish_reason error',
    [{ ...CHAT, answer: [chunk({ content: 'I begin' }), chunk({}, 'error')] }],
    { exitCode: 1 },
  ),
  spoken(
    'server-error',
    'Responses, an event error',
    [
      {
        ...told('responses', []),
        answer: [
          { type: 'response.created', response: response('in_progress', {}) },
          { type: 'error', code: 'internal_error', message: 'Something went wrong', param: null },
        ],
      },
    ],
    { exitCode: 1 },
  ),
  spoken(
    'rate-limited',
    'Responses, an event error',
    [
      {
        ...told('responses', []),
        answer: [
          { type: 'response.created', response: response('in_progress', {}) },
          {
            type: 'error',
            sequence_number: 1,
            error: {
              type: 'tokens',
              code: 'rate_limit_exceeded',
              message: 'Rate limit reached.',
              param: null,
            },
          },
        ],
      },
    ],
    { exitCode: 1 },
  ),
  spoken('content-filter', 'Zhipu, finish_reason sensitive', [
    { ...CHAT, answer: [chunk({ content: 'I' }), chunk({}, 'sensitive')] },
  ]),
  spoken('content-filter', 'Gemini, SPII', [{ ...GEMINI, answer: [candidate('SPII')] }]),
  spoken('content-filter', 'Gemini, BLOCKLIST', [{ ...GEMINI, answer: [candidate('BLOCKLIST')] }]),
  spoken('content-filter', 'Bedrock, guardrail_intervened', [
    { ...told('messages', []), answer: wholeMessage('guardrail_intervened') },
  ]),
  spoken('content-filter', 'Responses, whole', [
    {
      ...told('responses', []),
      answer: response('incomplete', { incomplete_details: { reason: 'content_filter' } }),
    },
  ]),
  spoken('output-truncated', 'Responses, whole', [
    {
      ...told('responses', []),
      answer: response('incomplete', { incomplete_details: { reason: 'max_output_tokens' } }),
    },
  ]),
  spoken('output-truncated', 'Messages, whole', [
    { ...told('messages', []), answer: wholeMessage('max_tokens') },
  ]),
  spoken('refusal', 'Messages, whole', [
    { ...told('messages', []), answer: wholeMessage('refusal') },
  ]),
  spoken('refusal', 'Chat Completions, whole', [
    {
      ...told('chat', []),
      answer: {
        id: 'x',
        model: 'm-1',
        choices: [
          {
            index: 0,
            finish_reason: 'stop',
            message: { role: 'assistant', content: null, refusal: 'I cannot help with that.' },
          },
        ],
      },
    },
  ]),
  spoken(
    'server-error',
    'Responses, whole, failed',
    [
      {
        ...told('responses', []),
        answer: response('failed', {
          error: { code: 'server_error', message: 'The model failed.' },
        }),
      },
    ],
    { exitCode: 1 },
  ),
  spoken(
    'malformed-stream',
    'Chat Completions, half a JSON',
    [{ ...told('chat', []), answer: '{"id":"x","choices":[{"index":0,' }],
    { exitCode: 1 },
  ),
  spoken('malformed-stream', 'an empty body with 200', [{ ...told('chat', []), answer: '' }], {
    exitCode: 1,
  }),
  spoken('malformed-stream', 'Gemini, UNEXPECTED_TOOL_CALL', [
    { ...GEMINI, answer: [candidate('UNEXPECTED_TOOL_CALL')] },
  ]),
  spoken(
    'stream-ended-early',
    'Gemini, no finishReason',
    [
      {
        ...GEMINI,
        answer: [
          {
            candidates: [{ content: { role: 'model', parts: [{ text: 'I be' }] } }],
            modelVersion: 'g-1',
          },
        ],
      },
    ],
    { exitCode: 1 },
  ),
  spoken(
    'stream-ended-early',
    'Messages, nothing behind its start',
    [
      {
        ...MESSAGES,
        answer: [
          {
            type: 'message_start',
            message: { id: 'msg_1', model: 'c-1', usage: { input_tokens: 9, output_tokens: 1 } },
          },
        ],
      },
    ],
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
const three = ['a', 'b', 'c']

const TWO = [
  spoken('loop', 'three calls in turn', [
    told(
      'chat',
      Array.from({ length: 12 }, (_, n) => ({
        name: 'read',
        given: { path: three[n % 3] },
        gave: `export const ${three[n % 3]} = 1`,
      })),
    ),
  ]),
  spoken(
    'tool-failing',
    'the same call, six times',
    [
      told(
        'messages',
        calls(6, () => 'make: no rule', { isError: true }),
      ),
    ],
    { also: ['loop'] },
  ),
  spoken('loop', 'arguments in another order', [
    told(
      'chat',
      Array.from({ length: 6 }, (_, n) => ({
        name: 'read',
        given: n % 2 ? { path: 'a', limit: 3 } : { limit: 3, path: 'a' },
        gave: 'the same',
      })),
    ),
  ]),
  spoken(
    'rate-limited',
    'and the user gives up',
    Array.from({ length: 3 }, () => ({
      ...told('chat', []),
      status: 429,
      answer: openai('Rate limit reached', { code: 'rate_limit_exceeded' }),
    })),
    { exitCode: 130, also: ['user-interrupt'] },
  ),
  spoken(
    'server-error',
    'behind a cache that broke',
    [
      ...[0, 1].map((n) => ({
        path: '/chat/completions',
        request: {
          model: 'm-1',
          messages: [
            { role: 'system', content: `It is 10:0${n}. ${'Be brief. '.repeat(800)}` },
            { role: 'user', content: 'Go.' },
            ...(n === 0
              ? []
              : [
                  { role: 'assistant', content: 'Gone.' },
                  { role: 'user', content: 'On.' },
                ]),
          ],
        },
        answer: {
          id: 'x',
          model: 'm-1',
          choices: [
            { index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'Gone.' } },
          ],
          usage: {
            prompt_tokens: 3000 + n,
            completion_tokens: 3,
            prompt_tokens_details: { cached_tokens: n === 0 ? 2900 : 0 },
          },
        },
      })),
      { ...told('chat', []), status: 500, answer: openai('oops', { type: 'server_error' }) },
    ],
    { exitCode: 1, also: ['cache-break', 'history-rewritten'] },
  ),
  spoken(
    'auth',
    'a key that expires in the middle',
    [
      told('messages', []),
      told('messages', [{ name: 'look', given: {}, gave: 'seen' }]),
      {
        ...told('messages', [{ name: 'look', given: {}, gave: 'seen' }]),
        status: 401,
        answer: {
          type: 'error',
          error: { type: 'authentication_error', message: 'OAuth token has expired.' },
        },
      },
    ],
    { exitCode: 1 },
  ),
]

const aliased = (asked: string, answered: string): DiagnosisCase =>
  spoken(
    undefined,
    `${asked} is answered as ${answered}`,
    [0, 1].map((n) => ({
      path: '/chat/completions',
      request: {
        model: asked,
        messages: [
          { role: 'user', content: 'Go.' },
          ...(n === 0
            ? []
            : [
                { role: 'assistant', content: 'Gone.' },
                { role: 'user', content: 'On.' },
              ]),
        ],
      },
      answer: {
        id: 'x',
        model: answered,
        choices: [
          { index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'Gone.' } },
        ],
      },
    })),
  )

const SOUND = [
  aliased('claude-sonnet-4-5', 'claude-sonnet-4-5-20250929'),
  aliased('openai/gpt-5', 'gpt-5-2025-08-07'),
  aliased('anthropic/claude-3.5-sonnet', 'claude-3-5-sonnet-20241022'),
  aliased('gemini-flash-latest', 'gemini-2.5-flash-preview-09-2025'),
  aliased('mistral-large-latest', 'mistral-large-2411'),
  aliased('openrouter/auto', 'openai/gpt-5'),
  aliased('my-deployment', 'gpt-4o-2024-11-20'),
  aliased('us.anthropic.claude-sonnet-4-20250514-v1:0', 'claude-sonnet-4-20250514'),
  aliased('llama3', 'llama3:latest'),
  aliased('meta-llama/Llama-3.3-70B-Instruct', 'llama-3.3-70b-instruct'),
  aliased('gpt-4o', 'gpt-4o-2024-08-06'),
  aliased('fast', 'qwen2.5-coder-7b'),
  spoken(undefined, 'curl prints an error of an API', [
    told('chat', [
      {
        name: 'shell',
        given: { command: 'curl x' },
        gave: '{"error":{"code":"insufficient_quota","message":"You exceeded your current quota"}}',
      },
      { name: 'shell', given: { command: 'ls' }, gave: 'a.ts' },
    ]),
  ]),
  spoken(undefined, 'a CI that is asked until it is done', [
    told('chat', [
      ...calls(7, () => 'status: in_progress'),
      ...calls(1, () => 'status: completed, success'),
    ]),
  ]),
  spoken(undefined, 'tests that fail until they are mended', [
    told('messages', [
      ...[0, 1, 2, 3].flatMap((n) => [
        {
          name: 'Bash',
          given: { command: 'cargo test' },
          gave: `test result: FAILED. ${n} passed; ${4 - n} failed\nthread 'main' panicked at src/lib.rs:${n}`,
          isError: true as const,
        },
        {
          name: 'Edit',
          given: { file_path: 'src/lib.rs', at: n },
          gave: 'The file has been updated.',
        },
      ]),
      {
        name: 'Bash',
        given: { command: 'cargo test' },
        gave: 'test result: ok. 4 passed; 0 failed',
      },
    ]),
  ]),
  spoken(undefined, 'a list of models that is not there, beside a good answer', [
    {
      ...told('chat', []),
      path: '/models',
      status: 404,
      answer: { error: { message: 'not found' } },
    },
    told('chat', []),
  ]),
  spoken(undefined, 'tokens are counted, which this gateway does not know', [
    {
      ...told('messages', []),
      path: '/messages/count_tokens',
      status: 404,
      answer: { error: { type: 'not_found_error', message: 'not found' } },
    },
    told('messages', []),
  ]),
  spoken(undefined, 'the model says that it cannot', [
    told('chat', [], "I'm sorry, but I can't help with that."),
  ]),
  spoken(undefined, 'a read of a file with a timeout in it', [
    told('chat', [
      {
        name: 'read',
        given: { path: 'a.log' },
        gave: '12:00 worker timed out after 30 seconds\n12:01 worker back',
      },
      { name: 'read', given: { path: 'b.log' }, gave: 'User rejected the tool call.' },
      { name: 'read', given: { path: 'c.log' }, gave: 'all is well' },
    ]),
  ]),
  spoken(undefined, 'read of a log, last, whose first line is an error', [
    told('chat', [
      {
        name: 'read_file',
        given: { path: 'a.log' },
        gave: 'ERROR 12:00 connection refused\nINFO 12:01 connected',
      },
    ]),
  ]),
  spoken(undefined, 'its user says no at last', [
    told(
      'chat',
      [
        { name: 'look', given: {}, gave: 'seen' },
        { name: 'act', given: {}, gave: 'User rejected the tool call.' },
      ],
      'As you wish.',
    ),
  ]),
  spoken(undefined, 'the user says no once, and it goes on in another way', [
    told('messages', [
      {
        name: 'Bash',
        given: { command: 'rm -rf build' },
        gave: "The user doesn't want to proceed with this tool use. The tool use was rejected.",
        isError: true,
      },
      { name: 'Bash', given: { command: 'mv build old' }, gave: '' },
      { name: 'Bash', given: { command: 'make' }, gave: 'made' },
    ]),
  ]),
  spoken(undefined, 'three searches with exit code 1', [
    told(
      'responses',
      [1, 2, 3].map((n) => ({
        name: 'shell',
        given: { command: `grep -rn needle${n} src` },
        gave: `Exit code: 1\nWall time: 0.1 seconds\nOutput:\n`,
      })),
    ),
  ]),
]

const refused = ([injected, what, form, status, answer]: Refused) =>
  spoken(injected, what, [{ ...told(form, []), status, answer }], { exitCode: 1 })

export const DISGUISED_CASES: readonly DiagnosisCase[] = [
  ...REFUSALS.map(refused),
  ...FAILING,
  ...WRONG,
  ...ANSWERS,
  ...TWO,
  ...SOUND,
]
