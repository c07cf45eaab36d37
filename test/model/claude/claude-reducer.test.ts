import { describe, expect, test } from 'vitest'
import { reduced, type Seen, type What } from '../reduced.js'

const TUI = {
  agent: { name: 'claude' },
  command: 'tui',
  taps: ['http', 'log-events', 'hooks'] as never,
}
const PRINT = { ...TUI, command: 'print' }

const IDS = { session_id: 'main', prompt_id: 'p1' }
const BASH = { tool_name: 'Bash', tool_input: { command: 'ls' } }

const hook = (hook_event_name: string, more: object = {}): What => ({
  kind: 'hook',
  message: { hook_event_name, ...IDS, ...more },
})
const prompt = hook('UserPromptSubmit')
const stop = hook('Stop')
const calls = (id = 't1', more: object = {}) =>
  hook('PreToolUse', { ...BASH, tool_use_id: id, ...more })
const asks = (more: object = {}) => hook('PermissionRequest', { ...BASH, ...more })

const called = (callId = 't1', input: object = { command: 'ls' }, more: object = {}): What =>
  ({
    kind: 'tool-called',
    exchange: 'e1',
    conversation: { threadId: 'main', turnId: 'p1' },
    callId,
    name: 'Bash',
    input: JSON.stringify(input),
    ...more,
  }) as What

const event = (name: string, attributes: object): What => ({
  kind: 'log-event',
  name,
  attributes: {
    ...{ 'session.id': 'main', 'prompt.id': 'p1', tool_name: 'Bash', tool_use_id: 't1' },
    ...attributes,
  } as never,
})
const decides = (source: string, decision = 'accept', id = 't1') =>
  event('tool_decision', { decision, source, tool_use_id: id })
const ran = (duration_ms: number, success = 'true') =>
  event('tool_result', { duration_ms: String(duration_ms), success })
const waited = (source: string, duration_ms: number, happenedAt: number): What => ({
  ...(event('claude_code.tool.blocked_on_user', { source, duration_ms }) as object as What),
  ...({ happenedAt: happenedAt * 1000 } as object),
})
const requests: What = {
  kind: 'exchange-started',
  exchange: 'e1',
  conversation: { threadId: 'main', turnId: 'p1' },
  chat: { name: 'chat m', attributes: {} },
}
const answered: What = {
  kind: 'exchange-ended',
  exchange: 'e1',
  conversation: { threadId: 'main', turnId: 'p1' },
  chat: { attributes: {} },
}
const later = (at: number): Seen => [at, { kind: 'time' } as What]

const found = (name: string, seen: readonly Seen[], run = TUI) =>
  reduced(seen, run).filter(({ span }) => span.startsWith(name))

describe('what the user is asked in the TUI is told from the hook to the decision:', () => {
  test.each<[sentence: string, seen: Seen[], approval: object]>([
    [
      'yes',
      [
        [10, calls()],
        [20, asks()],
        [50, decides('user_temporary')],
      ],
      { from: 20, to: 50, outcome: 'allowed', decision: 'user_temporary', decided_by: 'user' },
    ],
    [
      'yes, and not again',
      [
        [10, calls()],
        [20, asks()],
        [50, decides('user_permanent')],
      ],
      { outcome: 'allowed-with-rule', decision: 'user_permanent' },
    ],
    [
      'no, and the turn goes on',
      [
        [10, calls()],
        [20, asks()],
        [50, decides('user_reject', 'reject')],
        [80, requests],
        later(2000),
      ],
      { from: 20, to: 50, outcome: 'denied', decision: 'user_reject' },
    ],
    [
      'no, and the turn is over',
      [
        [5, prompt],
        [10, calls()],
        [20, asks()],
        [50, decides('user_reject', 'reject')],
        later(2000),
      ],
      { from: 20, to: 50, outcome: 'cancelled', decision: 'user_reject' },
    ],
    [
      'the host stopped it',
      [
        [10, calls()],
        [20, asks()],
        [50, decides('user_abort', 'reject')],
      ],
      { outcome: 'cancelled', decision: 'user_abort' },
    ],
    [
      'a hook of the user decided meanwhile',
      [
        [10, calls()],
        [20, asks()],
        [50, decides('hook')],
      ],
      { outcome: 'allowed', decision: 'accept', decided_by: 'rule' },
    ],
    [
      'it ran, and nobody told who decided',
      [
        [10, calls()],
        [20, asks()],
        [90, hook('PostToolUse', { ...BASH, tool_use_id: 't1' })],
      ],
      { from: 20, to: 90, outcome: 'allowed', decision: undefined, decided_by: undefined },
    ],
    [
      'nobody has answered',
      [
        [10, calls()],
        [20, asks()],
      ],
      { from: 20, to: 'open', decision: undefined },
    ],
    [
      'of two calls the one with that input',
      [
        [10, calls('t1')],
        [11, calls('t2', { tool_input: { command: 'rm' } })],
        [20, asks()],
        [50, decides('user_temporary', 'accept', 't1')],
      ],
      { what: 'ls', to: 50 },
    ],
  ])('%s', (_, seen, approval) => {
    expect(found('approval', seen)).toMatchObject([
      Object.fromEntries(Object.entries(approval).filter(([, value]) => value !== undefined)),
    ])
  })
})

describe('of the calls in the answer, a question is about', () => {
  test.each<[sentence: string, seen: Seen[], callId: string | undefined]>([
    [
      'the only one',
      [
        [10, called()],
        [20, asks()],
      ],
      't1',
    ],
    [
      'the one with that input',
      [
        [10, called('t1', { command: 'rm' })],
        [10, called('t2')],
        [20, asks()],
      ],
      't2',
    ],
    [
      'the first of two that are the same',
      [
        [10, called()],
        [10, called('t2')],
        [20, asks()],
      ],
      't1',
    ],
    [
      'the second of two that are the same, if the first was asked about',
      [
        [10, called('t0')],
        [10, called('t1')],
        [19, asks()],
        [20, asks()],
        [25, decides('user_temporary', 'accept', 't0')],
      ],
      't1',
    ],
    [
      'the second of two that are the same, if a rule decided about the first',
      [
        [10, called('t0')],
        [10, called('t1')],
        [15, decides('config', 'accept', 't0')],
        [20, asks()],
      ],
      't1',
    ],
    [
      'one to which Claude Code adds members',
      [
        [10, called()],
        [20, asks({ tool_input: { command: 'ls', timeout: 9 } })],
      ],
      't1',
    ],
    [
      'one whose path is made absolute, and whose members come in another order',
      [
        [10, called('t0', { file: 'b', all: [{ one: 1, two: 2 }] })],
        [10, called('t1', { file: 'a', all: [{ one: 1, two: 2 }] })],
        [20, asks({ tool_input: { file: '/w/a', all: [{ two: 2, one: 1, three: 3 }] } })],
      ],
      't1',
    ],
    [
      'one whose long text was cut',
      [
        [10, called('t1', { command: 'x'.repeat(9000) })],
        [20, asks({ tool_input: { command: 'x'.repeat(4096) } })],
      ],
      't1',
    ],
    [
      'the closest, if a hook of the user rewrote its input',
      [
        [10, called('t1', { command: 'rm', timeout: 9 })],
        [10, called('t2', { command: 'cp', timeout: 5 })],
        [20, asks({ tool_input: { command: 'ls', timeout: 5 } })],
        later(600),
      ],
      't2',
    ],
    [
      'one that is read after it',
      [
        [20, asks()],
        [25, called()],
      ],
      't1',
    ],
    [
      'one that is read after it, behind another',
      [
        [10, called('t0', { command: 'rm' })],
        [20, asks()],
        [25, called()],
      ],
      't1',
    ],
    [
      'the one that is decided meanwhile',
      [
        [20, asks()],
        [30, decides('user_temporary')],
      ],
      't1',
    ],
    [
      'none of an earlier answer',
      [
        [5, called('t0', { command: 'ls' }, { exchange: 'e0' })],
        [10, called('t1', { command: 'rm' })],
        [20, asks({ tool_input: { command: 'mv' } })],
        later(600),
      ],
      't1',
    ],
    [
      'none of another tool',
      [[10, called('t1', {}, { name: 'Read' })], [20, asks()], later(600)],
      undefined,
    ],
    [
      'none of a sub-agent',
      [
        [10, called('t1', {}, { conversation: { threadId: 'a1', turnId: 'a1' } })],
        [20, asks()],
        later(600),
      ],
      undefined,
    ],
  ])('%s', (_, seen, callId) => {
    expect(found('approval', seen).at(-1)).toMatchObject({
      from: 20,
      in: callId === undefined ? 'invoke_agent claude' : 'execute_tool Bash',
      ...(callId !== undefined && { 'gen_ai.tool.call.id': callId }),
    })
  })

  test('the log event about a tool of an MCP server does not name it', () => {
    const mcp = { tool_name: 'mcp__calc__add', tool_input: {} }
    const decision = event('tool_decision', {
      ...{ decision: 'accept', source: 'user_temporary', tool_name: 'mcp_tool' },
    })
    const approvals = found('approval', [
      [20, asks(mcp)],
      [30, decision],
      [40, asks(mcp)],
      later(600),
      [900, decision],
    ])
    expect(approvals).toMatchObject([
      { from: 20, to: 30, outcome: 'allowed' },
      { from: 40, to: 900, outcome: 'allowed' },
    ])
  })

  test('one that could not be told is answered by the decision about such a call', () => {
    expect(
      found('approval', [[20, asks()], later(600), [900, decides('user_temporary')]]),
    ).toMatchObject([{ from: 20, to: 900, outcome: 'allowed' }])
  })
})

describe('a question that has no hook is told by its decision, and its wait by a span:', () => {
  test.each<[sentence: string, seen: Seen[], from: number]>([
    [
      'the span comes behind it',
      [
        [50, decides('user_temporary')],
        [60, waited('user_temporary', 30, 50)],
      ],
      20,
    ],
    [
      'the span comes first',
      [
        [50, waited('user_temporary', 30, 50)],
        [60, decides('user_temporary')],
      ],
      20,
    ],
    ['no span comes', [[50, decides('user_temporary')], later(1000)], 50],
    [
      'the span is of another time',
      [[50, decides('user_temporary')], [60, waited('user_temporary', 5, 400)], later(1000)],
      50,
    ],
    [
      'the span is of a rule',
      [[50, decides('user_temporary')], [60, waited('config', 30, 50)], later(1000)],
      50,
    ],
  ])('%s', (_, seen, from) => {
    expect(found('approval', [[10, calls()], ...seen])).toMatchObject([
      { from, outcome: 'allowed', decision: 'user_temporary', decided_by: 'user' },
    ])
  })
})

describe('nobody is asked where', () => {
  test.each<[sentence: string, seen: Seen[], run: typeof TUI]>([
    ['a rule decides', [[50, decides('config')]], TUI],
    [
      'a mode decides, and a span tells how long that took',
      [
        [50, decides('config')],
        [60, waited('config', 3, 50)],
      ],
      TUI,
    ],
    [
      '-p refuses what would have to be asked',
      [
        [20, asks()],
        [23, decides('config', 'reject')],
      ],
      PRINT,
    ],
  ])('%s', (_, seen, run) => {
    expect(found('approval', [[10, calls()], ...seen, later(3000)], run)).toEqual([])
  })
})

describe('a tool runs', () => {
  test.each<[sentence: string, seen: Seen[], tool: object]>([
    [
      'from the decision to its result',
      [
        [10, called()],
        [20, decides('config')],
        [40, ran(15)],
      ],
      { span: 'execute_tool Bash', from: 20, to: 40, outcome: 'completed', command: 'ls' },
    ],
    [
      'from the question on',
      [
        [10, called()],
        [20, asks()],
        [90, decides('user_temporary')],
        [95, ran(5)],
      ],
      { from: 20, to: 95 },
    ],
    [
      'and goes on',
      [
        [10, called()],
        [20, decides('config')],
      ],
      { from: 20, to: 'open' },
    ],
    [
      'from the hook to its result',
      [
        [10, calls()],
        [40, ran(25)],
      ],
      { from: 10, to: 40, outcome: 'completed' },
    ],
    ['without a hook, as long as its result says', [[40, ran(25)]], { from: 15, to: 40 }],
    [
      'and fails',
      [
        [10, calls()],
        [40, ran(25, 'false')],
      ],
      { outcome: 'failed' },
    ],
    [
      'not, where it is refused',
      [
        [10, calls()],
        [20, decides('config', 'reject')],
      ],
      { to: 20, outcome: 'declined' },
    ],
    [
      'and is stopped',
      [
        [10, calls()],
        [30, hook('PostToolUseFailure', { ...BASH, tool_use_id: 't1', is_interrupt: true })],
      ],
      { to: 30, outcome: 'cancelled' },
    ],
  ])('%s', (_, seen, tool) => {
    expect(found('execute_tool', seen)).toMatchObject([tool])
  })
})

describe('what an MCP server asks is told from its hook to the hook of the answer', () => {
  const server = { mcp_server_name: 'calc' }
  test.each<[action: string | undefined, outcome: string]>([
    ['accept', 'allowed'],
    ['decline', 'denied'],
    ['cancel', 'cancelled'],
    ['more', 'unknown'],
    [undefined, 'unknown'],
  ])('%s', (action, outcome) => {
    const seen: Seen[] = [
      [10, hook('Elicitation', { ...server, message: 'How many?', mode: 'form' })],
      [12, hook('Elicitation', { mcp_server_name: 'other', message: 'Why?', url: 'https://a.b/' })],
      [30, hook('ElicitationResult', { ...server, action })],
      [40, hook('ElicitationResult', { ...server, action: 'accept' })],
    ]
    expect(found('approval', seen)).toMatchObject([
      {
        ...{ from: 10, to: 30, kind: 'mcp-elicitation', what: 'calc: How many?', outcome },
        ...(action !== undefined && { decision: action }),
        decided_by: 'user',
      },
      { from: 12, to: 'open', what: 'other: Why? https://a.b/' },
    ])
  })
})

describe('a turn lasts', () => {
  test.each<[sentence: string, seen: Seen[], turn: object]>([
    [
      'from the prompt to Stop',
      [[10, prompt], [90, stop], later(2000)],
      { from: 10, to: 90, status: 'completed' },
    ],
    [
      'on, where a hook of the user has it go on',
      [[10, prompt], [50, stop], [60, requests], [80, answered], [90, stop], later(3000)],
      { from: 10, to: 90 },
    ],
    [
      'until it fails',
      [[10, prompt], [50, hook('StopFailure', { error: 'x' })], later(2000)],
      { to: 50, status: 'failed' },
    ],
    [
      'until a no ends it',
      [
        [10, prompt],
        [20, calls()],
        [30, asks()],
        [50, decides('user_reject', 'reject')],
        later(2000),
      ],
      { to: 50, status: 'interrupted' },
    ],
  ])('%s', (_, seen, turn) => {
    expect(found('invoke_agent', seen)).toMatchObject([turn])
  })

  test.each<[sentence: string, seen: Seen[], first: object, cancelled: number]>([
    [
      'until a no that is told when the next has begun: that is a cancellation, too',
      [[120, { ...decides('user_reject', 'reject'), happenedAt: 50_000 } as What]],
      { from: 10, to: 50, status: 'interrupted' },
      1,
    ],
    [
      'until its last sign of life where it is a yes that is told then',
      [[120, { ...decides('user_temporary'), happenedAt: 50_000 } as What]],
      { from: 10 },
      0,
    ],
    ['and where nothing is told of its question', [], { from: 10 }, 0],
  ])('%s', (_, told, first, cancelled) => {
    const next = { ...hook('UserPromptSubmit', { prompt_id: 'p2' }) }
    const before: Seen[] = [
      [10, prompt],
      [20, calls()],
      [30, asks()],
      [60, next],
    ]
    const seen = [...before, ...told, later(4000)]
    const [one, two, ...others] = found('invoke_agent', seen)
    expect(one).toMatchObject(first)
    expect(two).toMatchObject({ from: 60 })
    expect(others).toEqual([])
    expect(found('cancellation', seen)).toHaveLength(cancelled)
  })

  test('of a sub-agent from its start to its stop, in a thread of its own', () => {
    const agent = { agent_id: 'a1', agent_type: 'Explore' }
    const turns = found('invoke_agent', [
      [10, prompt],
      [20, hook('SubagentStart', agent)],
      [60, hook('SubagentStop', agent)],
      [90, stop],
      later(2000),
    ])
    expect(turns).toMatchObject([
      { from: 10, to: 90 },
      { from: 20, to: 60 },
    ])
  })
})
