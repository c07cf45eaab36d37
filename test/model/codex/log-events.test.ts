import { expect, test } from 'vitest'
import {
  answers,
  asks,
  calls,
  decided,
  exchangeStarted,
  hook,
  itemCompleted,
  itemStarted,
  logEvent,
  result,
  turnStarted,
} from '../codex-says.js'
import { type Seen, spansOf, type Told } from '../reduced.js'

const NEVER = logEvent('conversation_starts', { approval_policy: 'never' })
const ON_REQUEST = logEvent('conversation_starts', { approval_policy: 'on-request' })
const FORBIDDEN = (words: string) =>
  `exec_command failed: CreateProcess { message: "Rejected(\\"${words}\\")" }`
const FAILED = { success: 'false' }
const TUI = { command: 'tui', taps: ['http', 'log-events'] as ('http' | 'log-events')[] }
const EXEC = { ...TUI, command: 'exec' }

test.each<[sentence: string, seen: Seen[], approvals: Partial<Told>[], run?: object]>([
  [
    'a policy that becomes never while the TUI runs asks nobody from then on',
    [
      [5, ON_REQUEST],
      [8, hook('PreToolUse', { permission_mode: 'bypassPermissions' })],
      [10, decided('c', 'approved', 'User')],
    ],
    [],
    TUI,
  ],
  [
    'a policy that is never no more can ask the user',
    [
      [5, NEVER],
      [6, hook('Stop', { permission_mode: 'bypassPermissions' })],
      [8, hook('PreToolUse', { permission_mode: 'default' })],
      [10, decided('c', 'approved', 'User')],
    ],
    [{ decision: 'accept', decided_by: 'user' }],
    TUI,
  ],
  [
    'a hook of another thread says nothing of this one',
    [
      [5, ON_REQUEST],
      [8, hook('PreToolUse', { permission_mode: 'bypassPermissions', agent_id: 'other' })],
      [10, decided('c', 'approved', 'User')],
    ],
    [{ decision: 'accept', decided_by: 'user' }],
    TUI,
  ],
  [
    'what the configuration allowed without asking has no approval',
    [
      [10, decided('c', 'approved', 'Config')],
      [20, result('c', 'Done')],
    ],
    [],
  ],
  [
    'what the user decided is an approval of unknown waiting time, where no other tap sees questions',
    [
      [10, calls('c', 'exec_command', { cmd: 'rm -rf build' })],
      [20, ON_REQUEST],
      [30, decided('c', 'approved', 'User')],
    ],
    [
      {
        span: 'approval command',
        in: 'execute_tool exec_command',
        what: 'rm -rf build',
        decision: 'accept',
        decided_by: 'user',
        from: 30,
        to: 30,
      },
    ],
  ],
  [
    'in exec nobody is asked: a decision of the user’s is none',
    [[30, decided('c', 'denied', 'User')]],
    [],
    EXEC,
  ],
  [
    'where the policy is never to ask, a decision of the user’s is none',
    [
      [10, NEVER],
      [30, decided('c', 'approved', 'User')],
    ],
    [],
  ],
  [
    'the policy of one thread is not that of another',
    [
      [10, NEVER],
      [30, decided('c', 'approved', 'User', { 'conversation.id': 'other' })],
    ],
    [{ 'gen_ai.conversation.id': 'other', decided_by: 'user' }],
  ],
  [
    'what a rule refused is an approval that was declined, with the words of the rule',
    [
      [10, calls('c', 'exec_command', { cmd: 'rm -rf /' })],
      [30, result('c', FORBIDDEN('policy forbids `rm`'), FAILED)],
    ],
    [
      {
        what: 'rm -rf /',
        decision: 'decline',
        decided_by: 'rule',
        wait_ms: 0,
        rationale: 'policy forbids `rm`',
      },
    ],
    EXEC,
  ],
  [
    'what the policy refused is no approval',
    [[30, result('c', 'approval policy is Never; reject command — no', FAILED)]],
    [],
    EXEC,
  ],
  [
    'what the policy refused is no approval, whatever Codex wraps it in',
    [[30, result('c', FORBIDDEN('approval policy is Never; reject command'), FAILED)]],
    [],
    EXEC,
  ],
  [
    'what a rule refused after a decision is that decision',
    [
      [20, decided('c', 'denied', 'Config')],
      [30, result('c', FORBIDDEN('policy forbids it'), FAILED)],
    ],
    [{ decision: 'decline', decided_by: 'rule' }],
  ],
  [
    'two decisions about one call are two approvals',
    [
      [20, decided('c', 'approved', 'User')],
      [40, decided('c', 'denied', 'User')],
    ],
    [{ decision: 'accept' }, { decision: 'decline' }],
  ],
  [
    'what is asked for is told by the tool: a patch',
    [
      [10, calls('c', 'apply_patch', '*** Add File: a\n')],
      [20, decided('c', 'approved', 'User', { tool_name: 'apply_patch' })],
    ],
    [{ kind: 'file-change', what: 'a', files: ['a'] }],
  ],
  [
    'what is asked for is told by the tool: one of a server',
    [[20, decided('c', 'approved', 'User', { tool_name: 'add', mcp_server: 'calc' })]],
    [{ kind: 'mcp-elicitation', what: 'calc.add' }],
  ],
  [
    'what is asked for is told by the tool: any other',
    [[20, decided('c', 'approved', 'User', { tool_name: 'view_image' })]],
    [{ kind: 'permissions', what: 'view_image' }],
  ],
])('log events alone: %s', (_, seen, approvals, run = TUI) => {
  expect(spansOf('approval', seen, run)).toMatchObject(approvals)
})

test('a decision that nobody waited for that is known has no waiting time', () => {
  const [approval] = spansOf('approval', [[30, decided('c', 'approved', 'User')]], TUI)
  expect(approval).not.toHaveProperty('wait_ms')
})

test.each([
  ['approved', 'User', 'accept', 'user'],
  ['approved_for_session', 'User', 'acceptForSession', 'user'],
  ['approved_with_amendment', 'User', 'acceptWithExecpolicyAmendment', 'user'],
  ['approved_with_network_policy_allow', 'User', 'applyNetworkPolicyAmendment', 'user'],
  ['denied', 'User', 'decline', 'user'],
  ['denied_with_network_policy_deny', 'User', 'applyNetworkPolicyAmendment', 'user'],
  ['abort', 'User', 'cancel', 'user'],
  ['timed_out', 'AutomatedReviewer', 'timed_out', 'timeout'],
  ['approved', 'AutomatedReviewer', 'accept', 'reviewer'],
  ['denied', 'Config', 'decline', 'rule'],
  ['something_new', 'User', 'something_new', 'user'],
  ['constructor', 'constructor', 'constructor', 'user'],
])('the decision %s of %s is %s by the %s', (decision, source, word, by) => {
  expect(spansOf('approval', [[30, decided('c', decision, source)]], TUI)).toMatchObject([
    { decision: word, decided_by: by },
  ])
})

test.each<[sentence: string, seen: Seen[], approvals: Partial<Told>[]]>([
  [
    'a decision answers no question of the connection’s, and is no second approval',
    [
      [10, asks(0, { itemId: 'c', command: 'rm -rf build' })],
      [20, decided('c', 'approved', 'User')],
      [30, answers(0, { decision: 'decline' })],
      [40, decided('c', 'denied', 'User')],
    ],
    [{ what: 'rm -rf build', decision: 'decline', to: 30 }],
  ],
  [
    'a decision of the user’s that was asked for on no connection is none',
    [
      [10, turnStarted()],
      [20, decided('other', 'approved', 'User')],
    ],
    [],
  ],
  [
    'what a server asked, without the call, is one approval',
    [
      [10, asks(0, { kind: 'mcp-elicitation', serverName: 'calc', message: 'Add?' })],
      [20, answers(0, { action: 'accept' })],
      [21, decided('c', 'approved', 'User', { tool_name: 'add', mcp_server: 'calc' })],
    ],
    [{ what: 'calc: Add?', decision: 'accept' }],
  ],
  [
    'what a rule refused is told by the log events alone',
    [
      [10, turnStarted()],
      [30, result('c', FORBIDDEN('policy forbids it'), FAILED)],
    ],
    [{ decision: 'decline', decided_by: 'rule', in: 'execute_tool exec_command' }],
  ],
])('beside a connection: %s', (_, seen, approvals) => {
  expect(spansOf('approval', seen)).toMatchObject(approvals)
})

test.each<[sentence: string, seen: Seen[], tools: Partial<Told>[], run?: object]>([
  [
    'a tool runs from when it was allowed to its result',
    [
      [10, exchangeStarted('e1')],
      [20, decided('c', 'approved', 'Config', { happenedAt: 15 })],
      [90, result('c', 'Done', { happenedAt: 60 })],
    ],
    [{ in: 'invoke_agent codex', from: 15, to: 60, status: 'completed' }],
  ],
  [
    'a tool that was not allowed does not run until its result says so, and is declined',
    [
      [20, decided('c', 'denied', 'User')],
      [30, result('c', 'exec_command failed', { ...FAILED, duration_ms: '0' })],
    ],
    [{ from: 30, to: 30, status: 'declined' }],
  ],
  [
    'a tool that a rule refused is declined',
    [[30, result('c', FORBIDDEN('policy forbids it'), FAILED)]],
    [{ status: 'declined' }],
  ],
  [
    'a tool that the policy refused is declined, and says so',
    [[30, result('c', 'approval policy is Never; reject command', FAILED)]],
    [{ status: 'declined', error: 'approval policy is Never; reject command' }],
  ],
  [
    'a tool that fails for another reason is failed',
    [[30, result('c', 'no such tool', FAILED)]],
    [{ status: 'failed' }],
  ],
  [
    'a command that says so where it ended badly is failed',
    [[30, result('c', 'Process exited with code 3\nOutput:\n')]],
    [{ status: 'failed', exit_code: 3 }],
  ],
  [
    'a call in no turn is in the run, in the thread that tells it',
    [[30, result('c', 'Done', { 'conversation.id': 'other' })]],
    [{ in: 'session', 'gen_ai.conversation.id': 'other' }],
  ],
])('of tools: %s', (_, seen, tools, run = TUI) => {
  expect(spansOf('execute_tool', seen, run)).toMatchObject(tools)
})

test('where a connection tells of a tool, its end is told by that', () => {
  const seen: Seen[] = [
    [10, itemStarted('c')],
    [20, result('c', 'Process exited with code 1\nOutput:', { duration_ms: '1' })],
    [30, itemCompleted('c', { exitCode: 1, status: 'failed' })],
  ]
  expect(spansOf('execute_tool', seen)).toMatchObject([{ from: 10, to: 30, exit_code: 1 }])
})

test.each([
  ['without a call', { call_id: '' }],
  ['without a thread', { 'conversation.id': '' }],
  ['of another name', {}],
])('an event %s is none of a tool', (name, attributes) => {
  const event = logEvent(name === 'of another name' ? 'turn_ttft' : 'tool_result', {
    call_id: 'c',
    ...attributes,
  })
  expect(spansOf('', [[10, event]], TUI).map(({ span }) => span)).toEqual(['session'])
})
