import type { DiagnosisCase } from '../case.js'
import { type Form, told, type Worked } from '../said-by-form.js'
import { called, message, type Spoken, says, speaks } from '../spoken-bodies.js'
import { spoken } from './wordings.js'

/**
 * What users of any agent meet on any day: with tools, with pages in place of answers, with caches
 * and gateways.
 */

const ran = (command: string, gave: string, isError = false): Worked => ({
  name: 'shell',
  given: { command },
  gave,
  ...(isError && { isError: true as const }),
})

const changed = (n: number): Worked => ({
  name: 'edit',
  given: { path: 'parser.ts', old: `x${n}`, new: `y${n}` },
  gave: 'ok',
})

/** Tests run after each change, and never pass. */
const neverPasses = (form: Form, gave: (n: number) => string): DiagnosisCase =>
  spoken('tool-failing', `${form}, tests fail after each change: ${gave(1).slice(0, 20)}`, [
    told(
      form,
      [1, 2, 3, 4].flatMap((n) => [changed(n), ran('npm test', gave(n), form === 'messages')]),
      'They still fail.',
    ),
  ])

const last = (form: Form, worked: Worked): Spoken[] => [
  told(form, [ran('ls', 'parser.ts'), worked], 'I stop here.'),
]

const edits = (form: Form, gave: (n: number) => string): DiagnosisCase =>
  spoken('tool-failing', `${form}, edits that do not apply: ${gave(1).slice(0, 50)}`, [
    told(
      form,
      [1, 2, 3].map((n) => ({ ...changed(n), gave: gave(n) })),
      'I could not change it.',
    ),
  ])

const TOOLS: readonly DiagnosisCase[] = [
  { ...neverPasses('responses', (n) => `${n} failed\nExit code: 1`), isQuick: true },
  neverPasses('chat', (n) => `FAIL parser.test.ts\n${n} failed, 40 passed\nExit code: 1`),
  neverPasses('messages', (n) => `Exit code 1\n${n} failed, 40 passed`),
  neverPasses('gemini', (n) => `Output: ${n} failed\nExit Code: 1`),
  edits(
    'responses',
    (n) => `apply_patch verification failed: Failed to find line ${n} in parser.ts`,
  ),
  neverPasses('chat', (n) => `--- FAIL: TestParse (0.0${n}s)\nFAIL\tparse\t0.1${n}s`),
  neverPasses('gemini', (n) => `assert ${n} == 9\n===== ${n} failed, 3 passed in 0.1s =====`),
  edits('chat', (n) => `# ${n} SEARCH/REPLACE block failed to match!`),
  edits('gemini', (n) => `Unable to locate "x${n}" in parser.ts.`),
  spoken(
    'tool-failing',
    'a program that is not there, last',
    last('responses', ran('pnpm test', 'Exit code: 127\nbash: pnpm: command not found')),
  ),
  spoken(
    'tool-failing',
    'a module that is not there, last',
    last(
      'chat',
      ran(
        'python train.py',
        'Traceback (most recent call last):\n  File "train.py", line 3\nModuleNotFoundError: No module named \'torch\'',
      ),
    ),
  ),
  spoken(
    'tool-hung',
    'timeout(1), told in JSON',
    last('responses', ran('timeout 60 ./serve', '{"output":"up","metadata":{"exit_code":124}}')),
  ),
  spoken(
    'tool-denied',
    'a hook of Claude Code before the tool',
    last('messages', {
      ...changed(1),
      gave: 'PreToolUse:Edit hook blocking error from command: "guard.py": .env is protected',
      isError: true,
    }),
  ),
  spoken(
    'tool-denied',
    'a command that nobody could allow',
    last('messages', ran('npm i', 'This command requires approval', true)),
  ),
  spoken(
    'loop',
    'three calls in turn, the last of which fails',
    [
      told(
        'chat',
        [1, 2, 3, 4, 5].flatMap(() => [
          ran('cat a.ts', 'a'),
          ran('cat b.ts', 'b'),
          ran('npm test', '1 failed\nExit code: 1'),
        ]),
      ),
    ],
    { also: ['tool-failing'] },
  ),
  spoken('loop', 'results that differ in the id of the request alone', [
    told(
      'messages',
      [1, 2, 3, 4, 5].map((n) => ({
        name: 'fetch',
        given: { url: 'https://jobs.example/9' },
        gave: `{"state":"none","request_id":"req_${n}f3a${n}"}`,
      })),
    ),
  ]),
  spoken(
    'tool-denied',
    'nobody there to ask',
    last('chat', ran('rm x', 'Permission denied and could not request permission from user')),
  ),
  spoken(
    'sandbox-denied',
    'the sandbox of Claude Code',
    last(
      'messages',
      ran(
        'echo a >> ~/.zshrc',
        'bash: .zshrc: Operation not permitted\n<sandbox_violations>\nbash(9) deny file-write-data\n</sandbox_violations>',
        true,
      ),
    ),
  ),
  spoken(
    'sandbox-denied',
    'a path outside of the workspace',
    last('gemini', {
      name: 'read_file',
      given: { path: '/etc/hosts' },
      gave: 'Path not in workspace: "/etc/hosts" resolves outside the allowed workspace directories',
      isError: true,
    }),
  ),
  spoken(
    'subagent-failed',
    'as the tool that started it tells',
    last('messages', {
      name: 'Task',
      given: { prompt: 'Explore.' },
      gave: 'Agent terminated early due to an API error: 529 overloaded_error',
      isError: true,
    }),
  ),
  spoken(
    'subagent-failed',
    'its last answer was cut off',
    [
      { ...told('responses', []), turn: 1 },
      {
        request: { model: 'gpt-5.5', input: [message('user', 'Explore.')] },
        answer: [
          {
            type: 'response.incomplete',
            response: {
              id: 'resp_2',
              model: 'gpt-5.5',
              status: 'incomplete',
              incomplete_details: { reason: 'max_output_tokens' },
              output: [],
            },
          },
        ],
        thread: 2,
        turn: 2,
        threadSource: 'subagent',
      },
      { ...told('responses', [ran('ls', 'a')]), turn: 1 },
    ],
    { also: ['output-truncated'] },
  ),
]

/** A conversation of four requests, each with one more call. */
const growing = (change: (request: Record<string, unknown>, n: number) => void): Spoken[] =>
  [0, 1, 2, 3].map((n) => {
    const calls = Array.from({ length: n }, (_, at) => called(at, 'look', { at }, 'x'.repeat(2000)))
    const request: Record<string, unknown> = {
      model: 'gpt-5.5',
      instructions: 'Be brief. '.repeat(600),
      input: [message('user', 'Go.'), ...calls.flat()],
    }
    change(request, n)
    return { request, answer: says('So.', { input: 3000 + 500 * n, cached: 0 }) }
  })

const CACHES: readonly DiagnosisCase[] = [
  spoken(
    'cache-break',
    'the time in the instructions: nothing is ever cached',
    growing((request, n) => {
      request.instructions = `It is 09:0${n}:00. ${request.instructions}`
    }),
  ),
  spoken(
    undefined,
    'an API that caches nothing',
    growing(() => undefined),
  ),
  spoken(undefined, 'a request for a title, with another model and no tools, in the same thread', [
    {
      request: {
        model: 'gpt-5.5-mini',
        instructions: 'Write a title.',
        input: [message('user', 'Title?')],
      },
      answer: says('Parser', { model: 'gpt-5.5-mini' }),
    },
    {
      ...told('responses', [ran('ls', 'a')]),
      request: {
        model: 'gpt-5.5',
        instructions: 'Be brief.',
        tools: [{ type: 'function', name: 'shell', parameters: {} }],
        input: [message('user', 'Go.')],
      },
    },
  ]),
  spoken(undefined, 'a deployment with a part of a name of a model', [
    { ...told('chat', []), request: { model: 'my-prod-gpt', messages: [] }, answer: deployed() },
  ]),
]

function deployed(): object {
  return {
    id: 'x',
    model: 'gpt-4o-2024-11-20',
    choices: [
      { index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'So it is.' } },
    ],
  }
}

const WIRE: readonly DiagnosisCase[] = [
  spoken(
    'malformed-stream',
    'a redirection to where one logs in',
    [{ ...told('chat', []), status: 302, answer: '<html><title>Found</title></html>' }],
    { exitCode: 1 },
  ),
  spoken(
    'unreachable',
    'the page of a proxy that does not get through',
    [
      {
        ...told('chat', []),
        status: 503,
        answer:
          '<html><head><title>ERROR: The requested URL could not be retrieved</title></head><body>(110) Connection timed out</body></html>',
      },
    ],
    { exitCode: 1 },
  ),
  {
    title: 'server-error: an error in place of an event',
    injected: 'server-error',
    record: speaks(
      'server-error: an error in place of an event',
      [
        {
          ...told('chat', []),
          answer: [
            {
              id: 'x',
              model: 'm-1',
              choices: [{ index: 0, delta: { content: 'I' }, finish_reason: null }],
            },
            { object: 'error', message: 'Internal server error', type: 'InternalServerError' },
          ],
        },
      ],
      1,
    ),
  },
]

const SOUND: readonly DiagnosisCase[] = [
  spoken(undefined, 'tests that fail three times, and then pass', [
    told('chat', [
      ...[1, 2, 3].flatMap((n) => [ran('npm test', `${n} failed\nExit code: 1`), changed(n)]),
      ran('npm test', '42 passing'),
    ]),
  ]),
  spoken(undefined, 'a failing test is shown, as was asked', [
    told('chat', [ran('npm test', '1 failed: parser\nExit code: 1')], 'It fails, as you said.'),
  ]),
  spoken(undefined, 'searches that find nothing', [
    told(
      'chat',
      [1, 2, 3].map((n) => ({
        name: 'grep',
        given: { pattern: `x${n}` },
        gave: 'Could not find any match',
      })),
    ),
  ]),
  spoken(undefined, 'tests of timeouts that pass, and a guide of errors', [
    told('chat', [
      ran('npm test', 'ok 1 - request timed out after 5 s is reported\n3 passing'),
      ran('cat errors.md', 'Error handling guide\n\nCommand not found: install it.'),
    ]),
  ]),
  spoken(undefined, 'a sub-agent that is started again', [
    told('messages', [
      { name: 'Task', given: { prompt: 'Explore.' }, gave: 'Error: lost', isError: true },
      { name: 'Task', given: { prompt: 'Explore.' }, gave: 'Found it.' },
    ]),
  ]),
]

export const EVERYDAY_CASES: readonly DiagnosisCase[] = [...TOOLS, ...CACHES, ...WIRE, ...SOUND]
