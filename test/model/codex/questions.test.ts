import { expect, test } from 'vitest'
import {
  answers,
  asks,
  clientSays,
  itemStarted,
  RUN_ENDED,
  resolved,
  serverSays,
  TWO,
  turnStarted,
} from '../codex-says.js'
import { expectAlike, type Seen, spansOf, type Told } from '../reduced.js'

test.each<[sentence: string, seen: Seen[], approvals: Partial<Told>[]]>([
  [
    'a question lasts from its asking to its answer, below the tool that waits for it',
    [
      [10, turnStarted()],
      [20, itemStarted('c')],
      [30, asks(0, { itemId: 'c', command: 'rm -rf build', reason: 'Why not?', cwd: '/work' })],
      [45, answers(0, { decision: 'accept' })],
    ],
    [
      {
        span: 'approval command',
        in: 'execute_tool commandExecution',
        from: 30,
        to: 45,
        id: '0',
        kind: 'command',
        what: 'rm -rf build',
        reason: 'Why not?',
        cwd: '/work',
        decision: 'accept',
        decided_by: 'user',
        wait_ms: 15,
        'gen_ai.tool.call.id': 'c',
      },
    ],
  ],
  [
    'a question before no tool is below its turn',
    [
      [10, turnStarted()],
      [30, asks(0)],
    ],
    [{ in: 'invoke_agent codex', to: 'open' }],
  ],
  [
    'the same id on two connections is two questions',
    [
      [10, asks(0, { command: 'one' }, 1)],
      [20, asks(0, { command: 'two' }, 2)],
      [30, answers(0, { decision: 'decline' }, 2)],
      [40, answers(0, { decision: 'accept' }, 1)],
    ],
    [
      { what: 'one', decision: 'accept', wait_ms: 30 },
      { what: 'two', decision: 'decline', wait_ms: 10 },
    ],
  ],
  [
    'the same id once more is another question, when the first is resolved',
    [
      [10, asks(0, { command: 'one' })],
      [20, answers(0, { decision: 'accept' })],
      [21, resolved(0)],
      [30, asks(0, { command: 'two' })],
      [40, answers(0, { decision: 'decline' })],
    ],
    [
      { what: 'one', decision: 'accept', from: 10, to: 20 },
      { what: 'two', decision: 'decline', from: 30, to: 40 },
    ],
  ],
  [
    'the id 1 and the id "1" are two questions',
    [
      [10, asks(1, { command: 'number' })],
      [20, asks('1', { command: 'text' })],
      [30, answers('1', { decision: 'decline' })],
    ],
    [
      { what: 'number', id: '1', to: 'open' },
      { what: 'text', id: '"1"', decision: 'decline' },
    ],
  ],
  [
    'a second answer changes nothing',
    [
      [10, asks(0)],
      [20, answers(0, { decision: 'decline' })],
      [30, answers(0, { decision: 'accept' })],
    ],
    [{ to: 20, decision: 'decline' }],
  ],
  [
    'an answer that comes too late changes nothing: the question was withdrawn',
    [
      [10, asks(0)],
      [20, resolved(0)],
      [30, answers(0, { decision: 'accept' })],
    ],
    [{ to: 20, decision: 'withdrawn', decided_by: 'host' }],
  ],
  [
    'a question that is resolved after its answer was not withdrawn',
    [
      [10, asks(0)],
      [20, answers(0, { decision: 'accept' })],
      [21, resolved(0)],
    ],
    [{ to: 20, decision: 'accept', decided_by: 'user' }],
  ],
  ['an answer to what nobody asked is none', [[10, answers(7, { decision: 'accept' })]], []],
  [
    'a question of the app-server’s that asks no person is none',
    [[10, serverSays({ id: 3, method: 'item/tool/call', params: {} })]],
    [],
  ],
  [
    'a request of the client’s own with the same id answers nothing',
    [
      [10, asks(0)],
      [20, clientSays({ id: 0, method: 'turn/steer', params: {} })],
    ],
    [{ to: 'open' }],
  ],
  [
    'a question that nobody has answered is marked when the run ends',
    [
      [10, asks(0)],
      [50, RUN_ENDED],
    ],
    [{ to: 50, open: true, decision: undefined, decided_by: undefined, wait_ms: undefined }],
  ],
  [
    'a question of another turn begins that turn',
    [
      [10, turnStarted()],
      [20, asks(0, { place: TWO })],
    ],
    [{ 'tacho.turn.id': 'two' }],
  ],
])('%s', (_, seen, approvals) => {
  expectAlike(spansOf('approval', seen), approvals)
})

const CHANGES = { type: 'fileChange', changes: [{ path: 'a.ts' }, { path: 'b.ts' }] }
const PORT = { question: 'Which port?', options: [{ label: '3000' }, { label: '4000' }] }
const HOST = { host: 'example.com', protocol: 'https' }

test.each<[sentence: string, question: Parameters<typeof asks>[1], told: object]>([
  [
    'for a command',
    { command: 'ls', availableDecisions: ['accept', { acceptAlways: {} }] },
    { what: 'ls', offered: ['accept', 'acceptAlways'] },
  ],
  [
    'for a way to the network',
    { command: 'curl', networkApprovalContext: HOST },
    { what: 'https://example.com' },
  ],
  [
    'for a change of files, which the item names',
    { kind: 'file-change', itemId: 'patch' },
    {
      what: 'a.ts, b.ts',
      files: ['a.ts', 'b.ts'],
      offered: ['accept', 'acceptForSession', 'decline', 'cancel'],
    },
  ],
  [
    'for a folder to change files in',
    { kind: 'file-change', grantRoot: '/tmp' },
    { what: '/tmp', files: undefined },
  ],
  [
    'for permissions',
    { kind: 'permissions', permissions: { network: true } },
    { what: '{"network":true}', offered: [] },
  ],
  [
    'by a server',
    { kind: 'mcp-elicitation', serverName: 'docs', message: 'Which page?' },
    { what: 'docs: Which page?', offered: ['accept', 'decline', 'cancel'] },
  ],
  [
    'by a server, with a link',
    { kind: 'mcp-elicitation', serverName: 'docs', title: 'Sign in', url: 'https://x' },
    { what: 'docs: Sign in https://x' },
  ],
  [
    'by the model',
    { kind: 'user-input', questions: [PORT, { question: 'Sure?' }] },
    { what: 'Which port?\nSure?', offered: ['3000', '4000'] },
  ],
  ['for what cannot be read', { command: 7, availableDecisions: 'all' }, { what: '', offered: [] }],
])('a question %s says what it is about', (_, question, told) => {
  const seen: Seen[] = [
    [10, itemStarted('patch', CHANGES)],
    [20, asks(0, question)],
  ]
  expectAlike(spansOf('approval', seen), [told])
})

const FORM = { kind: 'mcp-elicitation' } as const
const INPUT = { kind: 'user-input' } as const
const PERMISSIONS = { kind: 'permissions' } as const
const AMENDED = { acceptWithExecpolicyAmendment: { execpolicy_amendment: ['echo', 'hi'] } }
const NETWORK = {
  applyNetworkPolicyAmendment: { network_policy_amendment: { host: 'x', action: 'allow' } },
}

test.each<[question: Parameters<typeof asks>[1], result: object, told: object]>([
  [{}, { decision: 'accept' }, { decision: 'accept', rule: undefined }],
  [{}, { decision: 'acceptForSession' }, { decision: 'acceptForSession' }],
  [{}, { decision: AMENDED }, { decision: 'acceptWithExecpolicyAmendment', rule: '["echo","hi"]' }],
  [
    {},
    { decision: NETWORK },
    { decision: 'applyNetworkPolicyAmendment', rule: '{"host":"x","action":"allow"}' },
  ],
  [{}, { decision: 'decline' }, { decision: 'decline' }],
  [{}, { decision: 'cancel' }, { decision: 'cancel' }],
  [{}, {}, { decision: 'unreadable' }],
  [{ kind: 'file-change' }, { decision: 'accept' }, { decision: 'accept' }],
  [
    PERMISSIONS,
    { permissions: { network: true, fileSystem: null }, scope: 'turn' },
    { decision: 'accept', rule: '{"network":true,"fileSystem":null}' },
  ],
  [
    PERMISSIONS,
    { permissions: { network: true }, scope: 'session' },
    { decision: 'acceptForSession', rule: '{"network":true}' },
  ],
  [PERMISSIONS, { permissions: {} }, { decision: 'decline', rule: undefined }],
  [PERMISSIONS, { permissions: { network: null } }, { decision: 'decline' }],
  [FORM, { action: 'accept' }, { decision: 'accept' }],
  [FORM, { action: 'decline' }, { decision: 'decline' }],
  [FORM, { action: 'cancel' }, { decision: 'cancel' }],
  [FORM, {}, { decision: 'unreadable' }],
  [INPUT, { answers: { port: { answers: [''] } } }, { decision: 'answered' }],
  [INPUT, { answers: { port: { answers: [] } } }, { decision: 'unanswered' }],
  [INPUT, {}, { decision: 'unanswered' }],
])('a question %j that is answered with %j is decided so', (question, result, told) => {
  const seen: Seen[] = [
    [10, asks(0, question)],
    [20, answers(0, result as Record<string, unknown>)],
  ]
  expectAlike(spansOf('approval', seen), [{ decided_by: 'user', wait_ms: 10, ...told }])
})

test('an answer that is an error is of no person', () => {
  const error = clientSays({ id: 0, error: { code: -32_601, message: 'Not here' } })
  const [approval] = spansOf('approval', [
    [10, asks(0)],
    [20, error],
  ])
  expect(approval).toMatchObject({ decision: 'error', decided_by: 'host' })
})
