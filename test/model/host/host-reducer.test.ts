import { expect, test } from 'vitest'
import { cutOff, exchangeEnded, exchangeStarted } from '../codex-says.js'
import { changesOf, expectAlike, reduced, type Seen, type What } from '../reduced.js'
import {
  answered,
  asked,
  cancelled,
  note,
  RELEASED,
  RUN_ENDED,
  toolEnded,
  toolStarted,
  turnEnded,
  turnStarted,
} from './host-says.js'

const NODE = { agent: { name: 'node' }, taps: [] as [] }
const IN_A = { turnId: 'a' } as { threadId: string; turnId: string }
const SIGINT: What = { kind: 'signal', signal: 'SIGINT' }

test.each<[sentence: string, seen: Seen[], spans: object[]]>([
  [
    'a turn lasts from its beginning to its end, under the name of the agent that works in it',
    [
      [10, turnStarted('a', { name: 'triage', threadId: 't' })],
      [90, turnEnded('a', 'completed', { threadId: 't' })],
    ],
    [
      {
        span: 'invoke_agent triage',
        in: 'session',
        from: 10,
        to: 90,
        status: 'completed',
        'gen_ai.agent.name': 'triage',
        'gen_ai.conversation.id': 't',
        error: undefined,
      },
    ],
  ],
  [
    'a turn without a name has that of the program’s kind',
    [
      [10, turnStarted()],
      [20, turnEnded()],
    ],
    [{ span: 'invoke_agent node', 'gen_ai.conversation.id': 'main' }],
  ],
  [
    'what went wrong in a turn is the error of its span',
    [
      [10, turnStarted()],
      [20, turnEnded('a', 'failed', { error: 'TypeError: no' })],
    ],
    [{ status: 'failed', error: 'TypeError: no' }],
  ],
  [
    'turns go on side by side, each to its own end',
    [
      [10, turnStarted('a')],
      [20, turnStarted('b')],
      [30, turnEnded('a')],
      [40, turnEnded('b')],
    ],
    [
      { from: 10, to: 30 },
      { from: 20, to: 40 },
    ],
  ],
  [
    'an agent that is a tool of another one has its turn in the call of that tool',
    [
      [10, turnStarted('a', { name: 'outer' })],
      [20, toolStarted('c1', { name: 'ask_inner' })],
      [30, turnStarted('b', { name: 'inner', parentTurnId: 'a', within: 'c1' })],
      [40, turnEnded('b')],
      [50, toolEnded('c1')],
      [60, turnEnded('a')],
    ],
    [
      { span: 'invoke_agent outer', in: 'session' },
      { span: 'execute_tool ask_inner', in: 'invoke_agent outer' },
      { span: 'invoke_agent inner', in: 'execute_tool ask_inner' },
    ],
  ],
  [
    'a turn that is a part of one that is over stands in the run',
    [
      [10, turnStarted('a')],
      [20, turnEnded('a')],
      [30, turnStarted('b', { parentTurnId: 'a' })],
      [40, turnEnded('b')],
    ],
    [{ in: 'session' }, { in: 'session', from: 30, to: 40 }],
  ],
  [
    'a tool tells its command and how it ended; a tool in it and a request of it stand in it',
    [
      [10, turnStarted()],
      [20, toolStarted('c1', { input: '{"command":["make","test"]}' })],
      [30, toolStarted('c2', { name: 'read', within: 'c1' })],
      [40, toolEnded('c2', 'failed', { error: 'ENOENT' })],
      [50, { ...exchangeStarted('e1', IN_A), within: 'c1' } as What],
      [60, { ...exchangeEnded('e1', {}, IN_A), within: 'c1' } as What],
      [70, toolEnded('c1', 'completed', { exitCode: 0 })],
      [80, turnEnded()],
    ],
    [
      {},
      { span: 'execute_tool shell', command: 'make test', outcome: 'completed', exit_code: 0 },
      { span: 'execute_tool read', in: 'execute_tool shell', outcome: 'failed' },
      { span: 'chat e1', in: 'execute_tool shell', from: 50, to: 60 },
    ],
  ],
  [
    'an input that was too long to be kept costs the command, and no more',
    [
      [10, toolStarted('c1', { input: { omitted: 70_000 }, turnId: undefined })],
      [20, toolEnded('c1')],
    ],
    [{ span: 'execute_tool shell', in: 'session', command: undefined, to: 20 }],
  ],
  [
    'a tool that is running when its turn fails was stopped by that',
    [
      [10, turnStarted()],
      [20, toolStarted('c1')],
      [30, turnEnded('a', 'failed')],
    ],
    [{}, { to: 30, outcome: 'cancelled' }],
  ],
  [
    'an approval is measured from the question to the answer, in the call that waits',
    [
      [10, turnStarted()],
      [20, toolStarted('c1')],
      [30, asked('q', { callId: 'c1', offered: ['yes', 'no'], reason: 'it writes' })],
      [42, answered('q', 'allowed', { decision: 'yes', decidedBy: 'user', rationale: 'ok' })],
      [50, toolEnded('c1')],
      [60, turnEnded()],
    ],
    [
      {},
      {},
      {
        span: 'approval tool',
        in: 'execute_tool shell',
        from: 30,
        to: 42,
        what: 'rm -rf build',
        outcome: 'allowed',
        decision: 'yes',
        decided_by: 'user',
        wait_ms: 12,
        offered: ['yes', 'no'],
        'gen_ai.tool.call.id': 'c1',
      },
    ],
  ],
  [
    'words that nobody knows are not passed on as ours',
    [
      [10, asked('q', { approvalKind: 'whatever', turnId: undefined })],
      [20, answered('q', 'perhaps', { decision: 'perhaps', decidedBy: 'the moon' })],
    ],
    [{ span: 'approval tool', outcome: 'unknown', decision: 'perhaps', decided_by: undefined }],
  ],
  [
    'a second answer is none, and neither is one to a question that nobody asked',
    [
      [10, asked('q', { turnId: undefined })],
      [20, answered('q', 'denied')],
      [30, answered('q', 'allowed')],
      [40, answered('other', 'allowed')],
    ],
    [{ outcome: 'denied', to: 20 }],
  ],
  [
    'a question that is never answered stays so',
    [[10, asked('q', { turnId: undefined })] as Seen, [30, RUN_ENDED]],
    [{ outcome: 'unanswered', to: 30 }],
  ],
  [
    'a cancellation covers the request that it cut off, and ends with its turn',
    [
      [10, turnStarted()],
      [20, exchangeStarted('e1', IN_A)],
      [30, cancelled({ turnId: 'a' })],
      cutOff('e1', 40, {}, IN_A),
      [50, turnEnded('a', 'cancelled')],
    ],
    [
      { status: 'cancelled' },
      {},
      {
        span: 'cancellation',
        in: 'invoke_agent node',
        from: 30,
        to: 50,
        origin: 'user',
        reason: 'Esc',
        bytes: 100,
        links: ['chat e1', 'invoke_agent node'],
      },
    ],
  ],
  [
    'a cancellation that names no turn covers all that are going on',
    [
      [10, turnStarted('a')],
      [20, turnStarted('b')],
      [30, cancelled()],
      [40, turnEnded('a', 'cancelled')],
      [50, turnEnded('b', 'cancelled')],
    ],
    [{}, {}, { span: 'cancellation', to: 40 }, { span: 'cancellation', to: 50 }],
  ],
  [
    'a cancellation outside of any turn lasts until it is told to be over',
    [
      [10, cancelled({ origin: 'nobody' })],
      [30, RELEASED],
    ],
    [{ span: 'cancellation', in: 'session', from: 10, to: 30, origin: 'host' }],
  ],
  [
    'a signal stops the turns that are going on',
    [
      [10, turnStarted()],
      [20, SIGINT],
      [30, turnEnded('a', 'cancelled')],
    ],
    [{}, { span: 'cancellation', origin: 'signal', reason: 'SIGINT', from: 20, to: 30 }],
  ],
  [
    'a note is a moment of the turn, or of the call, that it was taken in',
    [
      [10, turnStarted()],
      [15, note('planned')],
      [20, toolStarted('c1')],
      [25, note('half', { within: 'c1' })],
      [30, toolEnded('c1')],
      [40, turnEnded()],
    ],
    [{ moments: [['planned', 15]] }, { moments: [['half', 25]] }],
  ],
  [
    'a turn in which an answer was dropped last was given up then, where nobody tells its end',
    [
      [10, turnStarted()],
      [20, exchangeStarted('e1', IN_A)],
      cutOff('e1', 30, {}, IN_A),
      [90, RUN_ENDED],
    ],
    [{ from: 10, to: 30, status: 'cancelled' }, {}, {}],
  ],
  [
    'who tells it knows better',
    [[10, turnStarted()], cutOff('e1', 30, {}, IN_A), [40, turnEnded()], [90, RUN_ENDED]],
    [{ to: 40, status: 'completed' }, {}],
  ],
  [
    'a turn in which something follows was not given up, nor one in which an error was dropped',
    [
      [10, turnStarted()],
      cutOff('e1', 30, {}, IN_A),
      [40, toolStarted('c1')],
      [50, toolEnded('c1')],
      [60, turnStarted('b')],
      cutOff('e2', 70, { isDroppedError: true }, { ...IN_A, turnId: 'b' }),
      [90, RUN_ENDED],
    ],
    [{ to: 50, status: undefined }, {}, {}, { to: 70, status: undefined }],
  ],
  [
    'a turn whose process died is open, and so is what is in it',
    [
      [10, turnStarted()],
      [20, toolStarted('c1')],
    ],
    [{ to: 'open' }, { to: 'open' }],
  ],
])('%s', (_, seen, expected) => {
  expectAlike(reduced(seen, NODE), expected)
})

test('what a program says is understood whatever agent it is', () => {
  const seen: Seen[] = [
    [10, turnStarted()],
    [20, turnEnded()],
  ]
  const agents = ['node', 'codex', 'nobody knows'].map((name) => reduced(seen, { agent: { name } }))
  expect(agents.map((spans) => spans.length)).toEqual([1, 1, 1])
})

test('a note outside of everything is a moment of the run', () => {
  const changes = changesOf([[10, note('hello', { turnId: undefined })]], NODE)
  expect(changes).toContainEqual({
    change: 'event',
    spanId: '00000000000000aa',
    name: 'hello',
    at: 10_000,
  })
})
