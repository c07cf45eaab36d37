import type { CauseCode } from '@tacho/model'
import type { DiagnosisCase } from '../case.js'
import { type Form, told, type Worked } from '../said-by-form.js'
import { spoken } from './wordings.js'

/** What tools of agents, SDKs and MCP servers tell a model, and what only looks like trouble. */

const SEEN: Worked = { name: 'look', given: { at: 'x' }, gave: 'seen' }

const shell = (command: string, gave: string): Worked => ({
  name: 'shell',
  given: { command },
  gave,
})

const ended = (injected: CauseCode | undefined, form: Form, gave: string, worked: Worked[]) =>
  spoken(injected, `${form}, said by tools: ${gave.slice(0, 60)}`, [told(form, worked)])

/** The last of two calls. */
const last = (injected: CauseCode, form: Form, gave: string, isError?: true) =>
  ended(injected, form, gave, [SEEN, { ...act(1, gave), ...(isError && { isError }) }])

const act = (n: number, gave: string): Worked => ({ name: 'act', given: { a: n }, gave })

/** Three calls, each in its own words. */
const thrice = (injected: CauseCode | undefined, form: Form, gave: (n: number) => string) =>
  ended(
    injected,
    form,
    gave(1),
    [1, 2, 3].map((n) => act(n, gave(n))),
  )

/** A command after each of three changes. */
const again = (form: Form, gave: (n: number) => string) =>
  ended(
    'tool-failing',
    form,
    gave(1),
    [1, 2, 3].flatMap((n) => [act(n, 'changed'), shell('check', gave(n))]),
  )

const FAILING = [
  thrice('tool-failing', 'chat', (n) => `{"type":"error-text","value":"no table ${n}"}`),
  again('chat', (n) => `[execute_command] Result:\nCommand executed. Exit code: 1\n${n} are red`),
  again('chat', (n) => ` FAIL  a.test.ts > reads ${n}\n Test Files  1 failed (1)`),
  again('chat', (n) => `Failures:\n  1) reads ${n}\n12 examples, ${n} failures`),
  again('gemini', (n) => `[ERROR] Tests run: 9, Failures: ${n}, Errors: 0`),
  again('chat', (n) => `2 successes / ${n} failures / 0 errors / 0 pending`),
  again('gemini', (n) => `[1/2] Compiling\na.swift:${n}:5: error: cannot find x in scope`),
  again('chat', (n) => `╷\n│ Error: creating bucket b${n}: it exists\n╵`),
  ended('tool-failing', 'chat', 'a module that Node.js does not find', [
    SEEN,
    shell(
      'node build.js',
      "node:internal/modules/cjs/loader:1228\n  throw err;\n  ^\n\nError: Cannot find module 'esbuild'\nRequire stack:\n- /w/build.js\n\nNode.js v22.1.0",
    ),
  ]),
  ended('tool-failing', 'chat', 'a browser that is not there', [
    SEEN,
    shell('playwright test', "Error: launch: Executable doesn't exist at /x/chrome\nRun install."),
  ]),
]

const STOPPED = [
  last('tool-hung', 'chat', 'Gave up waiting for the page after 45 seconds.'),
  last('tool-hung', 'chat', 'Error: spawnSync /bin/sh ETIMEDOUT'),
  last('tool-hung', 'chat', "'act' was cancelled because it took more than 30 seconds."),
  last(
    'tool-hung',
    'responses',
    '{"isError":true,"content":[{"type":"text","text":"MCP error -32001: Request timed out"}]}',
  ),
]

const KEPT = [
  thrice('tool-denied', 'gemini', () => '[Operation Cancelled] Reason: User did not allow this'),
  thrice('tool-denied', 'responses', () => 'Tool execution was not approved.'),
  thrice('tool-denied', 'chat', (n) => `{"type":"execution-denied","reason":"no, ${n} times"}`),
  thrice('tool-denied', 'chat', () => 'Rejected: User chose to skip'),
  thrice('tool-denied', 'responses', () => 'user cancelled MCP tool call'),
  last(
    'tool-denied',
    'messages',
    'Permission for this action has been denied. Reason: it sends.',
    true,
  ),
  last(
    'sandbox-denied',
    'responses',
    'patch rejected: writing outside of the project; rejected by user approval settings',
  ),
  last(
    'sandbox-denied',
    'messages',
    'Exit code 56\ncurl: (56) CONNECT tunnel failed\nX-Proxy-Error: blocked-by-allowlist',
    true,
  ),
]

const MISCALLED = [
  last('bad-arguments', 'chat', "[ERROR] You gave no value for the required parameter 'content'."),
  last(
    'bad-arguments',
    'chat',
    "Error invoking tool 'act' with kwargs {'b': 1} with error:\n a: Field required",
  ),
]

const SOUND: readonly DiagnosisCase[] = [
  thrice(undefined, 'chat', (n) => `{"user":${n},"status":"rejected","by":"administrator"}`),
  ended(undefined, 'chat', 'noisy tests that pass', [
    shell('npm test', 'console.error\n  Error: boom\nPASS a.test.js\nTests: 4 passed'),
    shell('npm run e2e', 'ok 1 - error: is told\nok 2 - 3 failures are counted\n# fail 0'),
    shell('journalctl -n 2', 'app[1]: Error: boom\napp[1]: 3 tests failed'),
  ]),
  thrice(undefined, 'chat', (n) => `{"id":${n},"status":"failed","conclusion":"failure"}`),
  thrice(undefined, 'chat', (n) => `{"success":true,"error":null,"errors":[],"rows":[${n}]}`),
  ended(undefined, 'chat', 'arguments that are then mended', [
    { name: 'act', given: { b: 1 }, gave: "Error: missing required argument: 'a'" },
    act(1, 'done'),
  ]),
  ended(undefined, 'messages', 'a time limit, and then in the background', [
    { ...shell('npm run dev', 'Command timed out after 2m 0.0s'), isError: true },
    shell('npm run dev &', 'started'),
  ]),
  ended(undefined, 'chat', 'tests that are named after failures', [
    shell('go test', '=== RUN TestFAIL\n--- PASS: TestFAIL\nPASS\n12 tests, 0 failures'),
  ]),
]

export const SAID_BY_TOOLS_CASES: readonly DiagnosisCase[] = [
  ...FAILING,
  ...STOPPED,
  ...KEPT,
  ...MISCALLED,
  ...SOUND,
]
