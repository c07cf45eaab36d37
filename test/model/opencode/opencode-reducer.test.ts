import { expect, test } from 'vitest'
import { reduced, type Seen, type What } from '../reduced.js'

const RUN = {
  agent: { name: 'opencode' },
  command: 'tui',
  taps: ['http', 'server-events'] as never,
}

const told = (name: string, properties: object = {}): What => ({
  kind: 'server-event',
  name,
  properties: { sessionID: 'main', ...properties },
})
const says = (id: string) =>
  told('message.updated', { info: { id, role: 'user', time: { created: 0 } } })
const asks = (id = 'per_1') =>
  told('permission.asked', {
    id,
    permission: 'bash',
    patterns: ['ls'],
    metadata: { command: 'ls' },
    always: ['ls *'],
  })
const replies = (reply: string, requestID = 'per_1') =>
  told('permission.replied', { requestID, reply })
const idle = told('session.idle')
const aborted = told('session.error', { error: { name: 'MessageAbortedError' } })
const requests = (exchange: string): What => ({
  kind: 'exchange-started',
  exchange,
  conversation: { threadId: 'main' },
  chat: { name: 'chat m', attributes: {} },
})
const answered = (exchange: string): What => ({
  kind: 'exchange-ended',
  exchange,
  conversation: { threadId: 'main' },
  chat: { attributes: {} },
})

const spanOf = (name: string, seen: readonly Seen[]) =>
  reduced(seen, RUN).find(({ span }) => span.startsWith(name))

test.each<[sentence: string, seen: Seen[], approval: object]>([
  [
    'once',
    [
      [10, says('m')],
      [20, asks()],
      [50, replies('once')],
    ],
    { from: 20, to: 50, outcome: 'allowed', decision: 'once', decided_by: 'user', what: 'ls' },
  ],
  [
    'always: for the session, and for what',
    [
      [20, asks()],
      [50, replies('always')],
    ],
    { outcome: 'allowed-for-session', decision: 'always', rule: '["ls *"]' },
  ],
  [
    'a no that ends the turn cancels',
    [
      [20, asks()],
      [50, replies('reject')],
      [60, idle],
    ],
    { to: 50, outcome: 'cancelled', decision: 'reject' },
  ],
  [
    'a no behind which the model is asked again denies',
    [
      [20, asks()],
      [50, replies('reject')],
      [60, requests('e1')],
      [70, idle],
    ],
    { to: 50, outcome: 'denied', decision: 'reject' },
  ],
  [
    'a no that is reported only after the next request of its turn denies',
    [
      [10, requests('e1')],
      [20, asks()],
      [60, requests('e2')],
      [61, replies('reject')],
      [70, idle],
    ],
    { to: 61, outcome: 'denied', decision: 'reject' },
  ],
  [
    'a turn that is stopped while it asks has no answer',
    [
      [10, says('m')],
      [20, asks()],
      [50, aborted],
      [51, idle],
    ],
    { to: 50, outcome: 'cancelled', decision: undefined, decided_by: undefined },
  ],
  [
    'what nobody has answered at the end stays open',
    [
      [20, asks()],
      [90, { kind: 'run-ended', exitCode: 0 }],
    ],
    { outcome: 'unanswered', decision: undefined },
  ],
])('a question: %s', (_, seen, approval) => {
  const found = spanOf('approval', seen) ?? {}
  for (const [name, value] of Object.entries(approval))
    expect((found as Record<string, unknown>)[name], name).toEqual(value)
})

test.each<[sentence: string, seen: Seen[], outcomes: (string | undefined)[]]>([
  [
    'ends when opencode is idle',
    [
      [10, says('m')],
      [20, idle],
    ],
    ['completed'],
  ],
  [
    'that is stopped was cancelled',
    [
      [10, says('m')],
      [20, aborted],
      [21, idle],
    ],
    ['cancelled'],
  ],
  [
    'that ends with an error failed',
    [
      [10, says('m')],
      [20, told('session.error', { error: { name: 'APIError' } })],
      [21, idle],
    ],
    ['failed'],
  ],
  [
    'is one whichever is heard of first, its message or its request',
    [
      [10, requests('e1')],
      [11, says('m')],
      [15, answered('e1')],
      [20, idle],
      [30, says('n')],
      [31, requests('e2')],
      [35, answered('e2')],
      [40, idle],
    ],
    ['completed', 'completed'],
  ],
])('a turn %s', (_, seen, outcomes) => {
  const turns = reduced(seen, RUN).filter(({ span }) => span.startsWith('invoke_agent'))
  expect(turns.map(({ outcome }) => outcome)).toEqual(outcomes)
})

test('a tool is from its start to its end, and a refused one is declined', () => {
  const part = (state: object) =>
    told('message.part.updated', { part: { callID: 'c', tool: 'bash', state } })
  const start = { status: 'running', input: { command: 'ls' }, time: { start: 15 } }
  const words = 'The user rejected permission to use this specific tool call.'
  const seen: Seen[] = [
    [10, says('m')],
    [20, part(start)],
    [50, part({ status: 'error', error: words, time: { start: 15, end: 45 } })],
    [60, idle],
  ]
  expect(spanOf('execute_tool bash', seen)).toMatchObject({
    from: 15,
    to: 45,
    command: 'ls',
    outcome: 'declined',
  })
})

test('a question is a part of the tool that asks it, although that it runs is told after it', () => {
  const question = { question: 'Which?', options: [{ label: 'Red' }] }
  const running = { status: 'running', input: {}, time: { start: 25 } }
  const spans = reduced(
    [
      [10, says('m')],
      [20, told('question.asked', { id: 'q', questions: [question], tool: { callID: 'c1' } })],
      [
        25,
        told('message.part.updated', { part: { callID: 'c1', tool: 'question', state: running } }),
      ],
      [60, told('question.replied', { requestID: 'q' })],
    ],
    RUN,
  )
  const [tool, approval] = spans.filter(({ span }) => /^(execute_tool|approval)/.test(span))
  expect(tool).toMatchObject({ span: 'execute_tool question', from: 20 })
  expect(approval).toMatchObject({ what: 'Which?', from: 20, to: 60, outcome: 'answered' })
  expect(approval?.in).toMatch(/^execute_tool/)
})

test('a no that ends the turn is a cancellation by the answer, and one after which it goes on is none', () => {
  const begins: Seen[] = [
    [10, says('m')],
    [20, asks()],
    [50, replies('reject')],
  ]
  const ended = reduced([...begins, [60, idle]], RUN)
  const cancellations = ended.filter(({ span }) => span === 'cancellation')
  expect(cancellations).toMatchObject([
    { from: 50, to: 60, origin: 'approval', reason: 'reject', links: ['invoke_agent opencode'] },
  ])
  const wentOn = reduced([...begins, [55, requests('e1')], [58, answered('e1')], [60, idle]], RUN)
  expect(wentOn.filter(({ span }) => span === 'cancellation')).toEqual([])
})

test('a turn that is stopped twice is one cancellation, and the next turn none', () => {
  const spans = reduced(
    [
      [1, says('msg_1')],
      [2, requests('e1')],
      [3, aborted],
      [4, answered('e1')],
      [4, idle],
      [5, aborted],
      [6, says('msg_2')],
      [7, requests('e2')],
      [8, answered('e2')],
      [8, idle],
    ],
    RUN,
  )
  const named = (name: string) => spans.filter(({ span }) => span.startsWith(name))
  expect(named('cancellation')).toMatchObject([{ from: 3, reason: 'abort' }])
  expect(named('invoke_agent')).toMatchObject([{ outcome: 'cancelled' }, { outcome: 'completed' }])
})

test('a tool of `opencode run` begins with its call, and ends with the request that has its output, or with the run', () => {
  const called = (callId: string): What => ({
    kind: 'tool-called',
    exchange: 'e1',
    conversation: { threadId: 'main' },
    callId,
    name: 'bash',
    input: '{"command":"ls"}',
  })
  const brings: What = {
    ...requests('e2'),
    outputs: () => [{ callId: 'c1', output: 'ok' }],
  } as What
  const seen: Seen[] = [
    [10, requests('e1')],
    [20, called('c1')],
    [25, called('c2')],
    [30, answered('e1')],
    [50, brings],
    [5000, { kind: 'run-ended' } as What],
  ]
  const run = { ...RUN, command: 'run', taps: ['http'] as never }
  const tools = reduced(seen, run).filter(({ span }) => span.startsWith('execute_tool'))
  expect(tools).toMatchObject([
    { from: 20, to: 50, command: 'ls' },
    { from: 25, to: 5000, command: 'ls' },
  ])
  expect(tools[1]).not.toHaveProperty('outcome')
})
