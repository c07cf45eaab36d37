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
