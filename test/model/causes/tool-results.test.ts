import { type CauseCode, diagnose, type SessionCase, type Tool } from '@tacho/model'
import { expect, test } from 'vitest'

/** A call: its tool, what it was given, what it gave back, and whether the API marks that as an error. */
type Row = [name: string, given: object, gave: string, isError?: boolean | undefined]

/** A session that ended well, in which a model was told of these. */
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
    ...{ isSandboxed: false, gaps: [], damage: [], words: [], now: 3_000_000, machine: {} },
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
