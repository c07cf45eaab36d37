import { expect, test } from 'vitest'
import {
  calls,
  cutOff,
  decided,
  exchangeEnded,
  exchangeStarted,
  hook,
  hookTool,
  RUN_ENDED,
  result,
  TIME,
} from '../codex-says.js'
import { expectAlike, reducing, type Seen, spansOf, type Told } from '../reduced.js'

const LS = { command: 'ls' }
const asked = (input: object = LS, more = {}) =>
  hook('PermissionRequest', { ...hookTool('Bash', { ...input }), ...more })
const called = (callId: string, input: object = LS, more = {}) =>
  hook('PreToolUse', { ...hookTool('Bash', { ...input }, callId), ...more })
const ran = (callId: string, output = 'Done') =>
  hook('PostToolUse', { ...hookTool('Bash', LS, callId), tool_response: output })

const WITH = { command: 'tui', taps: ['http' as const, 'hooks' as const, 'log-events' as const] }
const WITHOUT = { command: 'tui', taps: ['http' as const, 'hooks' as const] }

test.each<[sentence: string, seen: Seen[], approvals: Partial<Told>[]]>([
  [
    'a question is that of the call whose words it has, and is answered by the log event',
    [
      [10, called('c')],
      [20, asked({ ...LS, description: 'Why not?' })],
      [900, decided('c', 'approved', 'User', { happenedAt: 50 })],
    ],
    [
      {
        span: 'approval command',
        in: 'execute_tool exec_command',
        from: 20,
        to: 50,
        what: 'ls',
        reason: 'Why not?',
        decision: 'accept',
        decided_by: 'user',
        wait_ms: 30,
      },
    ],
  ],
  [
    'a question that is told before its call is of that call all the same',
    [
      [10, asked()],
      [40, called('c')],
      [900, decided('c', 'denied', 'User', { happenedAt: 50 })],
    ],
    [{ in: 'execute_tool exec_command', from: 10, to: 50, decision: 'decline' }],
  ],
  [
    'a question whose call is not told soon is one without a call, until that is told',
    [
      [10, asked()],
      [110, TIME],
      [120, called('c')],
      [900, decided('c', 'approved', 'User', { happenedAt: 150 })],
    ],
    [{ from: 10, to: 150, decision: 'accept', wait_ms: 140 }],
  ],
  [
    'of two questions at once each gets the answer to its own call',
    [
      [10, called('a', { command: 'one' })],
      [11, called('b', { command: 'two' })],
      [20, asked({ command: 'two' })],
      [21, asked({ command: 'one' })],
      [900, decided('a', 'approved', 'User', { happenedAt: 50 })],
      [901, decided('b', 'denied', 'User', { happenedAt: 60 })],
    ],
    [
      { what: 'two', decision: 'decline', to: 60 },
      { what: 'one', decision: 'accept', to: 50 },
    ],
  ],
  [
    'a question that is told after its answer is no question of a person',
    [
      [10, called('c')],
      [30, decided('c', 'approved', 'Config', { happenedAt: 25 })],
      [40, asked(LS, { happenedAt: 26 })],
    ],
    [],
  ],
  [
    'a hook of the user’s own that refuses is a rule, and what the model is told of it no second one',
    [
      [10, called('c')],
      [20, asked()],
      [900, decided('c', 'denied', 'Config', { happenedAt: 30 })],
      [
        901,
        result('c', 'exec_command failed: CreateProcess { message: "Rejected(\\"No.\\")" }', {
          success: 'false',
          happenedAt: 31,
        }),
      ],
    ],
    [{ decision: 'decline', decided_by: 'rule', from: 20, to: 30 }],
  ],
  [
    'a question whose hook is there only long after a refusal was answered by it',
    [
      [10, called('c')],
      [400, asked()],
      [900, decided('c', 'denied', 'Config', { happenedAt: 30 })],
    ],
    [{ decision: 'decline', decided_by: 'rule', from: 400, to: 400 }],
  ],
  [
    'a question that is told long after a refusal is no question of a person',
    [
      [10, called('c')],
      [30, decided('c', 'denied', 'Config', { happenedAt: 25 })],
      [400, asked()],
    ],
    [{ decision: 'decline', decided_by: 'rule', from: 25, to: 25 }],
  ],
  [
    'an interrupt with a question open has cancelled it',
    [
      [10, called('c')],
      [20, asked()],
      [50, hook('Interrupt')],
      [2550, TIME],
    ],
    [{ to: 50, decision: 'cancel', decided_by: 'user' }],
  ],
  [
    'an answer from just before an interrupt is that answer',
    [
      [10, called('c')],
      [20, asked()],
      [50, hook('Interrupt')],
      [1000, decided('c', 'approved', 'User', { happenedAt: 45 })],
      [2550, TIME],
    ],
    [{ to: 45, decision: 'accept' }],
  ],
  [
    'a turn that is over has answered its questions, somehow',
    [
      [10, called('c')],
      [20, asked()],
      [50, hook('Stop')],
      [2550, TIME],
    ],
    [{ to: 50, decision: undefined, open: undefined, wait_ms: undefined }],
  ],
  [
    'a question that is open when the run ends was not answered',
    [
      [10, called('c')],
      [20, asked()],
      [50, RUN_ENDED],
    ],
    [{ to: 50, open: true, decision: undefined }],
  ],
  [
    'no deadline passes by itself',
    [
      [10, called('c')],
      [20, asked()],
      [50, hook('Interrupt')],
      [9000, called('d')],
    ],
    [{ to: 'open' }],
  ],
])('with log events: %s', (_, seen, approvals) => {
  expectAlike(spansOf('approval', seen, WITH), approvals)
})

test.each<[sentence: string, seen: Seen[], approvals: Partial<Told>[]]>([
  [
    'a call that has run was allowed; when, nobody tells',
    [
      [10, called('c')],
      [20, asked()],
      [90, ran('c')],
    ],
    [{ from: 20, to: 90, decision: 'accept', decided_by: undefined, wait_ms: undefined }],
  ],
  [
    'an interrupt tells no answer',
    [
      [10, called('c')],
      [20, asked()],
      [50, hook('Interrupt')],
      [2550, TIME],
    ],
    [{ to: 50, decision: undefined, open: undefined }],
  ],
])('without log events: %s', (_, seen, approvals) => {
  expectAlike(spansOf('approval', seen, WITHOUT), approvals)
})

const PORT = { questions: [{ question: 'Which port?', options: [{ label: '3000' }] }] }
const ask = hook('PreToolUse', hookTool('request_user_input', PORT, 'u'))
const reply = (output: string, happenedAt: number) =>
  result('u', output, { tool_name: 'request_user_input', happenedAt })

test.each<[sentence: string, seen: Seen[], approvals: Partial<Told>[]]>([
  [
    'is a question, with what was answered not told',
    [
      [10, ask],
      [900, reply('{"answers":{"p":{"answers":["3000"]}}}', 500)],
    ],
    [
      {
        kind: 'user-input',
        what: 'Which port?',
        offered: ['3000'],
        from: 10,
        to: 500,
        decision: 'answered',
        wait_ms: 490,
      },
    ],
  ],
  [
    'is on the disk when nobody has told for a while that it was refused',
    [
      [10, ask],
      [2510, TIME],
    ],
    [{ from: 10, to: 'open' }],
  ],
  [
    'is none where Codex refuses it',
    [
      [10, ask],
      [900, reply('request_user_input is unavailable in Default mode', 20)],
      [2510, TIME],
    ],
    [],
  ],
])('what the model asks the user %s', (_, seen, approvals) => {
  expectAlike(spansOf('approval', seen, WITH), approvals)
})

test.each<[sentence: string, seen: Seen[], told: Partial<Told>[]]>([
  [
    'an interrupt ends its turn and is the request that stopped it, once what it released was told',
    [[10, exchangeStarted('e1')], [50, hook('Interrupt')], cutOff('e1', 60), [250, TIME]],
    [
      { span: 'invoke_agent codex', to: 60, status: 'interrupted' },
      { span: 'chat e1', to: 60 },
      {
        span: 'cancellation',
        from: 50,
        to: 60,
        origin: 'user',
        reason: 'Interrupt',
        links: ['chat e1', 'invoke_agent codex'],
      },
    ],
  ],
  [
    'an interrupt that is told twice is one',
    [
      [10, exchangeStarted('e1')],
      [40, exchangeEnded('e1')],
      [50, hook('Interrupt')],
      [55, hook('Interrupt')],
      [300, TIME],
    ],
    [
      { span: 'invoke_agent codex', to: 50, status: 'interrupted' },
      { span: 'chat e1' },
      { span: 'cancellation', from: 50, to: 50, links: ['invoke_agent codex'] },
    ],
  ],
  [
    'a stop ends its turn, when nothing has made it go on for a second',
    [
      [10, exchangeStarted('e1')],
      [40, exchangeEnded('e1')],
      [50, hook('Stop')],
      [1050, TIME],
    ],
    [{ span: 'invoke_agent codex', from: 10, to: 50, status: 'completed' }, { span: 'chat e1' }],
  ],
  [
    'a turn that a hook of the user’s makes go on is not over',
    [
      [10, exchangeStarted('e1')],
      [40, exchangeEnded('e1')],
      [50, hook('Stop')],
      [60, exchangeStarted('e2')],
      [1050, TIME],
    ],
    [{ span: 'invoke_agent codex', to: 'open' }, { span: 'chat e1' }, { span: 'chat e2' }],
  ],
])('%s', (_, seen, told) => {
  const late = { ...WITH, lateCancel: 1000 }
  expect(spansOf('', seen, late).filter(({ span }) => span !== 'session')).toMatchObject(told)
})

test.each([
  ['without a session', { session_id: undefined }],
  ['without a turn', { turn_id: '' }],
  ['without an event', { hook_event_name: 7 }],
])('a message %s is none', (_, wrong) => {
  const seen: Seen[] = [[10, hook('PreToolUse', { ...hookTool('Bash', LS, 'c'), ...wrong })]]
  expect(spansOf('execute_tool', seen, WITH)).toEqual([])
})

test('a tool of a subagent is in the thread of that', () => {
  const seen: Seen[] = [[10, called('c', LS, { agent_id: 'sub', turn_id: 'three' })]]
  expect(spansOf('execute_tool', seen, WITH)).toMatchObject([
    { 'gen_ai.conversation.id': 'sub', 'tacho.turn.id': 'three' },
  ])
})

test('the model’s own call is the name of a tool that a hook calls otherwise', () => {
  const seen: Seen[] = [
    [5, calls('c', 'shell', { command: ['ls', '-l'] })],
    [10, called('c')],
  ]
  expect(spansOf('execute_tool', seen, WITH)).toMatchObject([
    { span: 'execute_tool shell', command: 'ls -l' },
  ])
})

test('the next deadline is told, and is none when all have passed', () => {
  const seen: Seen[] = [
    [10, exchangeStarted('e1')],
    [50, hook('Stop')],
  ]
  expect(reducing(seen, WITH).nextDeadline).toBe(1_050_000)
  expect(reducing([...seen, [1050, TIME]], WITH).nextDeadline).toBe(2_550_000)
  expect(reducing([...seen, [2550, TIME]], WITH).nextDeadline).toBeUndefined()
})
