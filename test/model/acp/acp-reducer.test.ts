import { expect, test } from 'vitest'
import { expectAlike, reduced, type Seen, spansOf } from '../reduced.js'

const RUN = { agent: { name: 'acp' } }
const OPTIONS = [
  { optionId: 'a', kind: 'allow_once' },
  { optionId: 'b', kind: 'allow_always' },
  { optionId: 'c', kind: 'reject_once' },
  { optionId: 'd', kind: 'reject_always' },
  { optionId: 'e', kind: 'ask_my_mother' },
]

function client(at: number, message: Record<string, unknown>): Seen {
  return [at, { kind: 'acp', connection: 1, from: 'client', message }]
}

function agent(at: number, message: Record<string, unknown>): Seen {
  return [at, { kind: 'acp', connection: 1, from: 'agent', message }]
}

const prompt = (at: number, id: unknown) =>
  client(at, { id, method: 'session/prompt', params: { sessionId: 's' } })
const stop = (at: number, id: unknown, stopReason: string) =>
  agent(at, { id, result: { stopReason } })
const asks = (at: number, id: unknown, toolCall: object = { toolCallId: 't', title: 'ls' }) =>
  agent(at, {
    id,
    method: 'session/request_permission',
    params: { sessionId: 's', toolCall, options: OPTIONS },
  })
const update = (at: number, call: object) =>
  agent(at, { method: 'session/update', params: { sessionId: 's', update: call } })

const STOPS = [
  ['end_turn', 'completed'],
  ['cancelled', 'cancelled'],
  ['max_tokens', 'failed'],
  ['max_turn_requests', 'failed'],
  ['refusal', 'failed'],
  ['tired', 'unknown'],
] as const

for (const [stopReason, outcome] of STOPS) {
  test(`a turn that stops for ${stopReason} is ${outcome}`, () => {
    expectAlike(reduced([prompt(1, 0), stop(5, 0, stopReason)], RUN), [
      { span: 'invoke_agent acp', from: 1, to: 5, status: stopReason, outcome },
    ])
  })
}

const ERRORS = [
  [-32603, 'error -32603', 'failed'],
  [-32800, 'error -32800', 'cancelled'],
  ['x', 'error', 'failed'],
] as const

for (const [code, status, outcome] of ERRORS) {
  test(`a prompt that is answered with the error ${code} is a turn that is ${outcome}`, () => {
    expectAlike(reduced([prompt(1, 0), agent(5, { id: 0, error: { code } })], RUN), [
      { span: 'invoke_agent acp', from: 1, to: 5, status, outcome },
    ])
  })
}

const ANSWERS = [
  [{ outcome: { outcome: 'selected', optionId: 'a' } }, 'a', 'allowed', 'user'],
  [{ outcome: { outcome: 'selected', optionId: 'b' } }, 'b', 'allowed-with-rule', 'user'],
  [{ outcome: { outcome: 'selected', optionId: 'c' } }, 'c', 'denied', 'user'],
  [{ outcome: { outcome: 'selected', optionId: 'd' } }, 'd', 'denied', 'user'],
  [{ outcome: { outcome: 'selected', optionId: 'e' } }, 'e', 'unknown', 'user'],
  [{ outcome: { outcome: 'selected', optionId: 'not offered' } }, 'not offered', 'unknown', 'user'],
  [{ outcome: { outcome: 'cancelled' } }, 'cancelled', 'cancelled', 'user'],
  [{ outcome: { outcome: 'maybe' } }, 'maybe', 'unknown', 'user'],
  [{ outcome: 'allow_once' }, 'unreadable', 'unknown', 'user'],
  [{}, 'unreadable', 'unknown', 'user'],
] as const

for (const [result, decision, outcome, decidedBy] of ANSWERS) {
  test(`the answer ${JSON.stringify(result)} is ${outcome}`, () => {
    const seen = [prompt(1, 0), asks(2, 0), client(7, { id: 0, result }), stop(9, 0, 'end_turn')]
    expectAlike(spansOf('approval', seen, RUN), [
      {
        span: 'approval tool',
        from: 2,
        to: 7,
        what: 'ls',
        decision,
        outcome,
        decided_by: decidedBy,
        wait_ms: 5,
      },
    ])
  })
}

test('an error in place of an answer is nobody’s decision', () => {
  const seen = [prompt(1, 0), asks(2, 0), client(3, { id: 0, error: { code: -32601 } })]
  expectAlike(spansOf('approval', seen, RUN), [
    { decision: 'error', outcome: 'failed', decided_by: 'host' },
  ])
})

test('ids are those of their direction, and the number 1 and the text "1" are two', () => {
  const seen = [
    prompt(1, 0),
    asks(2, 0, { toolCallId: 't', title: 'one' }),
    asks(3, '0', { toolCallId: 'u', title: 'two' }),
    client(4, { id: '0', result: { outcome: { outcome: 'selected', optionId: 'c' } } }),
    client(5, { id: 0, result: { outcome: { outcome: 'selected', optionId: 'a' } } }),
    stop(6, 0, 'end_turn'),
  ]
  expectAlike(spansOf('approval', seen, RUN), [
    { what: 'one', to: 5, outcome: 'allowed' },
    { what: 'two', to: 4, outcome: 'denied' },
  ])
  expectAlike(spansOf('invoke_agent', seen, RUN), [{ to: 6, outcome: 'completed' }])
})

test('an id can be used again once its question is answered, and a second answer decides nothing', () => {
  const yes = (at: number) =>
    client(at, { id: 0, result: { outcome: { outcome: 'selected', optionId: 'a' } } })
  const seen = [prompt(1, 0), asks(2, 0), yes(3), yes(4), asks(5, 0), yes(8)]
  expectAlike(spansOf('approval', seen, RUN), [
    { from: 2, to: 3 },
    { from: 5, to: 8 },
  ])
})

test('a cancelled turn withdraws its question, and the late answer decides nothing', () => {
  const seen = [
    prompt(1, 0),
    asks(2, 7),
    client(3, { method: 'session/cancel', params: { sessionId: 's' } }),
    stop(5, 0, 'cancelled'),
    client(6, { id: 7, result: { outcome: { outcome: 'selected', optionId: 'a' } } }),
  ]
  expectAlike(reduced(seen, RUN), [
    { span: 'invoke_agent acp', outcome: 'cancelled' },
    { span: 'execute_tool tool', to: 5, outcome: 'cancelled' },
    { span: 'approval tool', to: 5, outcome: 'withdrawn', decided_by: 'host' },
    { span: 'cancellation', from: 3, to: 5, origin: 'user', reason: 'session/cancel' },
  ])
})

test('a turn that the agent cancels for a no was cancelled by that answer, and by nothing if it was a yes', () => {
  const answered = (optionId: string, stopReason: string) => [
    prompt(1, 0),
    asks(2, 7),
    client(4, { id: 7, result: { outcome: { outcome: 'selected', optionId } } }),
    stop(5, 0, stopReason),
  ]
  expectAlike(spansOf('cancellation', answered('c', 'cancelled'), RUN), [
    {
      from: 4,
      to: 5,
      origin: 'approval',
      reason: 'c',
      links: ['execute_tool tool', 'invoke_agent acp'],
    },
  ])
  expect(spansOf('cancellation', answered('a', 'cancelled'), RUN)).toEqual([])
  expect(spansOf('cancellation', answered('c', 'end_turn'), RUN)).toEqual([])
})

test('$/cancel_request of a prompt is a request to cancel it, and of a question takes that back', () => {
  const seen = [
    prompt(1, 3),
    asks(2, 3),
    agent(4, { method: '$/cancel_request', params: { requestId: 3 } }),
    client(5, { method: '$/cancel_request', params: { requestId: 3 } }),
    agent(6, { id: 3, error: { code: -32800 } }),
  ]
  expectAlike(spansOf('approval', seen, RUN), [{ to: 4, outcome: 'withdrawn' }])
  expectAlike(spansOf('cancellation', seen, RUN), [{ from: 5, to: 6, reason: '$/cancel_request' }])
})

test('a prompt that is sent while another runs begins when that ends', () => {
  const seen = [prompt(1, 0), prompt(2, 1), stop(5, 0, 'end_turn'), stop(9, 1, 'refusal')]
  expectAlike(spansOf('invoke_agent', seen, RUN), [
    { from: 1, to: 5, outcome: 'completed' },
    { from: 5, to: 9, outcome: 'failed' },
  ])
})

test('a tool ends as its last status says, and as declined where somebody had said no', () => {
  const seen = [
    prompt(1, 0),
    update(2, { toolCallId: 'x', title: 'Read', kind: 'read', rawInput: { path: '/a' } }),
    update(3, { toolCallId: 'x', status: 'completed' }),
    update(3, { toolCallId: 'x', status: 'failed' }),
    asks(4, 0, { toolCallId: 'y', kind: 'delete', title: 'rm', locations: [{ path: '/b' }] }),
    client(5, { id: 0, result: { outcome: { outcome: 'selected', optionId: 'd' } } }),
    update(6, { toolCallId: 'y', status: 'failed' }),
    update(7, { toolCallId: 'z', name: 'search_web', kind: 'fetch', status: 'failed' }),
    stop(8, 0, 'end_turn'),
  ]
  expectAlike(spansOf('execute_tool', seen, RUN), [
    { span: 'execute_tool read', from: 2, to: 3, outcome: 'completed', path: '/a' },
    { span: 'execute_tool delete', from: 4, to: 6, outcome: 'declined', files: ['/b'] },
    { span: 'execute_tool search_web', from: 7, to: 7, outcome: 'failed', status: 'failed' },
  ])
  expectAlike(spansOf('approval', seen, RUN), [{ span: 'approval file-change', files: ['/b'] }])
})

test('an exchange that names no turn is of the one that is going on, and what the model calls a tool wins', () => {
  const exchange = { exchange: 'e', conversation: {} }
  const seen: Seen[] = [
    prompt(1, 0),
    [2, { kind: 'exchange-started', ...exchange, chat: { name: 'chat m', attributes: {} } }],
    [
      3,
      { kind: 'tool-called', ...exchange, callId: '7', name: 'shell', input: '{"command":"ls"}' },
    ],
    update(4, { toolCallId: 'shell__7', kind: 'execute', title: 'a listing' }),
    stop(5, 0, 'end_turn'),
    [6, { kind: 'exchange-ended', ...exchange, chat: { attributes: {} } }],
  ]
  expectAlike(reduced(seen, RUN), [
    { span: 'invoke_agent acp' },
    { span: 'chat m', in: 'invoke_agent acp' },
    { span: 'execute_tool shell', command: 'ls' },
  ])
})

test('an exchange that is recognized late is of the turn that went on when it began', () => {
  const chat = { name: 'chat m', attributes: {} }
  const started = (exchange: string) =>
    ({ kind: 'exchange-started', exchange, conversation: {}, chat }) as const
  const seen: Seen[] = [
    prompt(1, 0),
    stop(5, 0, 'end_turn'),
    [3, started('a')],
    prompt(7, 1),
    [4, started('b')],
    [8, started('c')],
    [6, started('d')],
  ]
  const first = { 'tacho.turn.id': expect.stringMatching(/-1$/) }
  const second = { 'tacho.turn.id': expect.stringMatching(/-2$/) }
  expectAlike(spansOf('chat', seen, RUN), [
    { from: 3, in: 'invoke_agent acp', ...first },
    { from: 4, in: 'invoke_agent acp', ...first },
    { from: 8, in: 'invoke_agent acp', ...second },
    { from: 6, in: 'invoke_agent acp', ...second },
  ])
})

test('nonsense is no turn, no tool and no question', () => {
  const seen = [
    client(1, {}),
    client(1, { id: null, method: 'session/prompt' }),
    agent(2, { id: {}, method: 'session/request_permission', params: 7 }),
    agent(2, { method: 'session/update', params: { update: { toolCallId: 8 } } }),
    agent(3, { id: 99, result: { stopReason: 'end_turn' } }),
    client(3, { method: 'session/cancel', params: [] }),
    agent(4, { method: 'toString', params: { update: null } }),
  ]
  expect(() => reduced(seen, RUN)).not.toThrow()
  expect(spansOf('execute_tool', seen, RUN)).toEqual([])
})
