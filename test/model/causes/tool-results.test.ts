import { type CauseCode, diagnose, type SessionCase, type Tool } from '@tacho/model'
import { expect, test } from 'vitest'

/** A call: its tool, its input, its output, and whether the API marks that as an error. */
type Row = [name: string, given: object, gave: string, isError?: boolean | undefined]

/** A session that ended well, in which a model was told about these calls. */
function sessionOf(worked: readonly Row[], tools: readonly Tool[] = []): SessionCase {
  const place = { file: 'session_oai_raw.log', line: 1 }
  const added = worked.flatMap(([name, given, gave, isError], index) => {
    const id = `c${index}`
    const mark = isError === undefined ? {} : { tool_use_id: id, is_error: isError }
    return [
      message('assistant', {}, { type: 'tool_call', id, name, arguments: JSON.stringify(given) }),
      message('tool', mark, {
        type: 'tool_call_response',
        id,
        parts: [{ type: 'text', text: gave }],
      }),
    ]
  })
  const run = { id: 'r', ended: 'completed', exitCode: 0 }
  return {
    ...{ id: 's', ended: 'completed', calls: [], called: new Map(), sandboxDenied: [] },
    ...{
      isSandboxed: false,
      gaps: [],
      damage: [],
      isManifestLate: false,
      words: [],
      now: 3_000_000,
      machine: {},
    },
    parts: { approvals: [], tools, cancellations: [], turns: [], threads: [], runs: [run] },
    steps: [
      {
        exchange: 1,
        place,
        run: 'r',
        added,
        dropped: [],
        sharedMessages: 0,
        changed: [],
        bytes: 9,
      },
    ],
    runs: [
      { id: 'r', run, startedAt: 1, endedAt: 2_000_000, clockJumps: [], signals: [], live: [] },
    ],
  } as unknown as SessionCase
}

const message = (role: string, value: object, part: object) => ({ role, value, parts: [part] })

const thrice = (f: (n: number) => string): Row[] =>
  [1, 2, 3].map((n) => ['shell', { command: `x${n}` }, f(n)])
const one = (gave: string, isError?: boolean): Row[] => [
  ['look', {}, 'seen'],
  ['act', { a: 1 }, gave, isError],
]
/** The same call again and again. */
const repeated = (times: number, f: (n: number) => string): Row[] =>
  Array.from({ length: times }, (_, n) => ['status', { of: 'job' }, f(n + 1)])
const wait = (): Row => ['wait', { seconds: 9 }, 'waited']
// Of Claude Code 2.1.332.
const movedToBackground = (printed: string): string =>
  `${printed}Command did not complete within its 3s timeout and was moved to the background (ID: b1).`
const ofOpencode = (tool: string, error: string): Row => [
  'invalid',
  { tool, error },
  `The arguments provided to the tool are invalid: ${error}`,
]
const RESULTS: [meant: CauseCode | undefined, worked: Row[]][] = [
  ['tool-failing', thrice((n) => `ls: cannot access 'a${n}': No such file or directory`)],
  ['tool-failing', thrice((n) => `make: *** [all] Error ${n}`)],
  ['tool-failing', thrice((n) => `src/a.ts(${n},3): error TS2304: Cannot find name 'x'.`)],
  ['tool-failing', thrice((n) => `error[E0425]: cannot find value x${n} in this scope`)],
  ['tool-failing', thrice((n) => `exec ${n} failed with exit code 127`)],
  ['tool-failing', thrice((n) => `The command failed: boom ${n}`)],
  ['tool-failing', thrice((n) => `{"stdout":"","stderr":"boom ${n}","exit_code":1}`)],
  ['tool-failing', thrice((n) => `{"type":"error","message":"nope ${n}"}`)],
  ['tool-failing', thrice((n) => `HTTP 500 Internal Server Error ${n}`)],
  ['tool-failing', thrice((n) => `Exception: boom ${n}`)],
  ['tool-failing', thrice((n) => `java.lang.IllegalStateException: boom ${n}`)],
  ['tool-failing', thrice((n) => `zsh: command not found: foo${n}`)],
  [
    'tool-failing',
    thrice((n) => `Das System kann den angegebenen Pfad ${n} nicht finden.\n[exit code 1]`),
  ],
  ['tool-failing', thrice((n) => `Failed: file ${n} is missing`)],
  ['tool-failing', thrice((n) => `ERROR: file ${n} is missing`)],
  [
    'tool-failing',
    thrice((n) => `String to replace not found in file ${n}.`).map(
      ([name, given, gave]): Row => [name, given, gave, true],
    ),
  ],
  ['tool-hung', one('The operation was aborted due to timeout')],
  ['tool-hung', one('Killed: exceeded time limit of 120 seconds', true)],
  ['tool-hung', one('Command aborted after 120s (timeout)')],
  ['tool-hung', one('[timeout] no output for 300 seconds')],
  ['tool-hung', one('Command timed out.\nPartial output:\nfoo')],
  ['tool-hung', one('The tool call took too long and was cancelled.')],
  ['tool-hung', one('ERROR: step exceeded the maximum execution time of 60s')],
  ['sandbox-denied', one('Operation not permitted (sandbox)', true)],
  ['sandbox-denied', one('Network access is disabled in the sandbox', true)],
  [
    'sandbox-denied',
    one('Error: path is outside the workspace and cannot be written in sandbox mode'),
  ],
  ['sandbox-denied', one('blocked by sandbox policy: network')],
  ['tool-denied', one('Command not allowed by policy: rm')],
  ['tool-denied', one('This command is blocked by your organization policy.')],
  ['tool-denied', one('Permission denied: tool act is not in the allow list', true)],
  ['tool-denied', one('Hook PreToolUse denied this tool', true)],
  ['unknown-tool', one('Tool act does not exist.', true)],
  ['unknown-tool', one("Error: Tool 'act' is not defined in this session")],
  ['unknown-tool', one('Error: Invalid tool name: act')],
  ['unknown-tool', one('Unrecognized function call: act')],
  ['unknown-tool', one('No handler registered for tool "act"')],
  ['unknown-tool', one('KeyError: unknown tool act')],
  ['bad-arguments', one('Arguments for act do not match its schema: path: Required', true)],
  ['bad-arguments', one('JSON parsing failed: Expected "}" but found end of input', true)],
  ['bad-arguments', one("act: unknown parameter 'pth'", true)],
  ['bad-arguments', one("Error: argument 'path' must be a string")],
  ['bad-arguments', one('ValidationError: path: field required')],
  ['tool-failing', thrice((n) => `{"type":"error-text","value":"no table ${n}"}`)],
  ['tool-failing', thrice((n) => `Command executed. Exit code: ${n}\nred`)],
  ['tool-failing', thrice((n) => ` FAIL  a.test.ts > reads ${n}`)],
  ['tool-failing', thrice((n) => `Failures:\n  1) reads\n12 examples, ${n} failures`)],
  ['tool-failing', thrice((n) => `[INFO] one\n[ERROR] Tests run: 9, Failures: ${n}, Errors: 0`)],
  ['tool-failing', thrice((n) => `start ${n}\nTraceback (most recent call last):\n  File "a.py"`)],
  [
    'tool-failing',
    [
      ['look', {}, 'seen'],
      [
        'shell',
        { command: 'node a.js' },
        "node:internal/modules/cjs/loader:1\n  throw err;\n\nError: Cannot find module 'x'\nRequire stack:\n- /a.js\n\nNode.js v22.1.0",
      ],
    ],
  ],
  ['tool-failing', thrice((n) => `❯ ${n} of 9 tests failed`)],
  ['tool-failing', thrice((n) => `Total tests: 9\n     Passed: 8\n     Failed: ${n}`)],
  ['tool-failing', thrice((n) => `✖ ${n} problems (${n} errors, 0 warnings)`)],
  ['tool-hung', one('The command ran longer than 120 s and was moved to the background.')],
  ['tool-hung', one('No response from the tool server within 60 seconds', true)],
  ['tool-denied', one('This action is not permitted by the administrator', true)],
  ['tool-denied', one('Blocked: command matches deny rule "rm *"', true)],
  ['tool-denied', thrice(() => 'The human declined the call.')],
  ['unknown-tool', one("Requested tool act isn't registered with this server", true)],
  ['bad-arguments', one('act expects 2 arguments, got 1', true)],
  ['bad-arguments', one('"path" must not be empty', true)],
  [undefined, thrice((n) => `PR ${n}: "fix: user rejected the call" merged`)],
  [undefined, thrice((n) => `{"id":${n},"status":"failed","message":"Build failed"}`)],
  ['tool-hung', one('Error: spawnSync /bin/sh ETIMEDOUT')],
  ['tool-hung', one("'act' was cancelled because it took more than 30 seconds.")],
  [
    'tool-hung',
    one(
      '{"isError":true,"content":[{"type":"text","text":"MCP error -32001: Request timed out"}]}',
    ),
  ],
  ['tool-denied', thrice(() => '[Operation Cancelled] Reason: User did not allow tool call')],
  ['tool-denied', thrice(() => 'Tool execution was not approved.')],
  ['tool-denied', thrice((n) => `{"type":"execution-denied","reason":"no, ${n}"}`)],
  ['tool-denied', one('Permission for this action has been denied. Reason: it sends', true)],
  [
    'sandbox-denied',
    one('patch rejected: writing outside of the project; rejected by user approval settings'),
  ],
  ['sandbox-denied', one('Exit code 56\ncurl: (56)\nX-Proxy-Error: blocked-by-allowlist', true)],
  ['bad-arguments', one("[ERROR] You gave no value for the required parameter 'content'.")],
  [
    'bad-arguments',
    one("Error invoking tool 'act' with kwargs {} with error:\n a: Field required"),
  ],
  [undefined, thrice((n) => `{"id":${n},"status":"failed","conclusion":"failure"}`)],
  [undefined, thrice((n) => `{"success":true,"error":null,"errors":[],"rows":[${n}]}`)],
  [undefined, thrice((n) => `--- PASS: TestFAIL\nPASS\n${n}2 tests, 0 failures`)],
  [
    undefined,
    [
      ['act', { b: 1 }, "Error: missing required argument: 'a'"],
      ['act', { a: 1 }, 'done'],
    ],
  ],
  [
    undefined,
    [
      ['shell', { command: 'npm run dev' }, 'Command timed out after 2m 0.0s', true],
      ['shell', { command: 'npm run dev &' }, 'started'],
    ],
  ],
  [undefined, one('All good. 0 errors, 3 warnings.')],
  [undefined, one('FAIL src/a.test.ts (1 test)')],
  [
    undefined,
    [
      ['Read', { p: 1 }, 'Error: a log\nline two'],
      ['Read', { p: 2 }, 'fatal: x\ny'],
      ['Read', { p: 3 }, 'ERROR: z\nq'],
      ['Read', { p: 4 }, 'ok'],
    ],
  ],
  [
    undefined,
    [
      [
        'bash',
        { command: 'cat sandbox.md' },
        'The sandbox blocks writes outside of the workspace.\nSee more',
      ],
      ['bash', { command: 'ls' }, 'a'],
    ],
  ],
  [
    undefined,
    [
      ['bash', { command: 'cat errors.txt' }, 'No such tool: x\nTool y not found'],
      ['bash', { command: 'ls' }, 'a'],
    ],
  ],
  [
    undefined,
    [
      ['web_search', { q: 'x' }, 'Timeout exceeded: how to fix it in nginx'],
      ['bash', { command: 'ls' }, 'a'],
    ],
  ],
  [
    undefined,
    [
      ['bash', { command: 'grep -rn timed src' }, 'src/a.ts:3: timed out after'],
      ['bash', { command: 'ls' }, 'a'],
    ],
  ],
  [
    undefined,
    [
      ['bash', { command: 'npm test' }, 'Tests: 3 passed\nuser rejected by policy test ok'],
      ['bash', { command: 'ls' }, 'a'],
    ],
  ],
  [undefined, thrice((n) => `Exit code: 0\nOutput:\nerror: none ${n}`)],
  // Failures as their reporters word them, whatever language those build or speak.
  ['tool-failing', thrice((n) => `..\n  1) test parses\n9 tests, ${n} failures`)],
  ['tool-failing', thrice((n) => `2 successes / ${n} failures / 0 errors / 0 pending`)],
  ['tool-failing', thrice((n) => `[1/2] Compiling\na.swift:${n}:5: error: cannot find x`)],
  ['tool-failing', thrice((n) => `# app/parse\nparse/a.go:${n}:2: undefined: foo`)],
  ['tool-failing', thrice((n) => `Reading package lists...\nE: Unable to locate package p${n}`)],
  ['tool-failing', thrice((n) => `╷\n│ Error: creating bucket b${n}: it exists\n╵`)],
  ['tool-failing', thrice((n) => ` ! [rejected] main -> m${n}\nerror: failed to push some refs`)],
  ['tool-failing', thrice((n) => `  × No solution found: numpy<=${n}`)],
  ['tool-failing', thrice((n) => `-- NAMING ERROR ---- a${n}.elm\n\nI cannot find it`)],
  ['tool-failing', thrice((n) => `run ${n}\nSegmentation fault (core dumped)`)],
  ['tool-failing', thrice((n) => `//app:a${n}   FAILED in 0.3s\n\nExecuted 1 test`)],
  ['tool-failing', thrice((n) => `rm: 'k${n}': No existe el fichero o el directorio`)],
  [
    'tool-failing',
    [1, 2, 3].map((n) => [
      'shell',
      { command: `cat k${n}` },
      `cat: k${n}: Нет такого файла или каталога`,
    ]),
  ],
  ['tool-failing', thrice((n) => `{"data":null,"errors":[{"message":"no field f${n}"}]}`)],
  [
    'tool-failing',
    [1, 2, 3].map((n) => [
      'edit',
      { old: n },
      `No replacement was performed, \`o${n}\` is not in a.`,
    ]),
  ],
  ['tool-hung', one('{"stdout":"","exitCode":null,"timedOut":true}')],
  ['tool-hung', one('[The command has no new output after 30 seconds. You may wait longer.]')],
  ['tool-hung', one('The process has not exited in 180 seconds, so it was terminated.')],
  ['tool-hung', one('Gave up waiting for the page after 45 seconds.')],
  ['tool-denied', one("Command 'act' is not in the list of allowed commands.")],
  ['tool-denied', one('Tool act is disabled in ask mode.')],
  ['tool-denied', one('Tool call blocked by guardrail: destructive_commands')],
  ['tool-denied', thrice(() => 'Rejected: User chose to skip')],
  ['sandbox-denied', one('error: NotCapable: Requires net access to "x:443"', true)],
  ['unknown-tool', one("'act' is not among the tools I can run.")],
  ['unknown-tool', one('Undefined function: act', true)],
  ['bad-arguments', one("data must have required property 'a'")],
  ['bad-arguments', one('json: cannot unmarshal number into Go struct field Args.a', true)],
  [
    'tool-hung',
    [
      ['look', {}, 'seen'],
      ['shell', { command: 'tail -f log' }, movedToBackground('tail: log: no such file\n'), false],
    ],
  ],
  [
    undefined,
    [
      ['shell', { command: 'npm run dev' }, movedToBackground(''), false],
      ['shell', { command: 'curl -s localhost:3000' }, 'ok', false],
    ],
  ],
  // opencode makes a call of its own of one that it cannot run, and that one succeeds.
  [
    'unknown-tool',
    [
      ['look', {}, 'seen'],
      ofOpencode('edit', "Model tried to call unavailable tool 'edit'. Available tools: look."),
    ],
  ],
  [
    'bad-arguments',
    [['look', {}, 'seen'], ofOpencode('act', 'Invalid input for tool act: JSON parsing failed')],
  ],
  // A loop, whatever a clock, a port or a seed add.
  ['loop', repeated(5, (n) => `not in the registry\n17644001${n}2123456789`)],
  ['loop', repeated(5, (n) => `checked at 17644001${n}2, seed 4${n}`)],
  ['loop', repeated(5, (n) => `no answer of 127.0.0.1:4${n}123`)],
  // A server that died, whether or not its client marks that as an error.
  [
    'tool-failing',
    [
      ['look', {}, 'seen'],
      ['db_query', { sql: 'a' }, 'MCP error -32000: Connection closed'],
    ],
  ],
  [
    'tool-failing',
    [
      ['look', {}, 'seen'],
      ['db_query', { sql: 'a' }, 'MCP error -32000: Connection closed', true],
    ],
  ],
  // Output that looks like a failure but is not.
  [undefined, [...repeated(9, (n) => `in progress, for ${n}0s`), ...repeated(1, () => 'it is up')]],
  [
    undefined,
    [
      ...[1, 2, 3, 4, 5].flatMap(() => [...repeated(1, () => 'pending'), wait()]),
      ...repeated(1, () => 'it is up'),
    ],
  ],
  [undefined, thrice((n) => `console.error\n  Error: boom ${n}\nPASS a.test.js\nTests: 4 passed`)],
  [undefined, thrice((n) => `ok 1 - error: is told\nok 2 - ${n} failures are counted\n# fail 0`)],
  [undefined, thrice((n) => `warning: unused variable: \`error\`\n    Finished in 0.${n}s`)],
  [undefined, thrice((n) => `Copied ${n} files, skipped 3, errors: 0`)],
  [
    undefined,
    [1, 2, 3].map((n) => [
      'shell',
      { command: `git commit -am ${n}` },
      `[main abc${n}] fix 3 failing tests\n 1 file changed`,
    ]),
  ],
  [
    undefined,
    [1, 2, 3].map((n) => [
      'shell',
      { command: `journalctl -n ${n}` },
      `app[1]: started\napp[1]: Error: boom\napp[1]: 3 tests failed`,
    ]),
  ],
  [
    undefined,
    [1, 2, 3].map((n) => [
      'act',
      { n },
      `{"title":"TypeError: f() got an unexpected keyword ${n}"}`,
    ]),
  ],
  [undefined, thrice((n) => `{"user":${n},"status":"rejected","by":"administrator"}`)],
  [
    undefined,
    [
      ['shell', { command: 'timeout 5 npm start' }, 'listening\nExit code: 124'],
      ['shell', { command: 'curl localhost' }, 'ok'],
    ],
  ],
]

test.each(RESULTS)('%s is what tools say in %j', (meant, worked) => {
  const codes = diagnose(sessionOf(worked)).causes.map(({ code }) => code)
  expect(codes).toEqual(meant === undefined ? [] : [meant])
})

test('a tool of whose result its model was told is not in flight, whoever did not hear of its end', () => {
  const tool = { name: 'shell', callId: 'c0', spanId: 's1', startedAt: 1, open: 'died' } as Tool
  const inFlight = (worked: Row[]) => diagnose(sessionOf(worked, [tool])).inFlight
  expect(inFlight([])).toMatchObject([{ kind: 'tool', what: 'shell' }])
  expect(inFlight([['shell', {}, 'done']])).toEqual([])
})
