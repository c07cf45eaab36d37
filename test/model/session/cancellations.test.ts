import { expect, test } from 'vitest'
import {
  answers,
  asks,
  cutOff,
  exchangeEnded,
  exchangeStarted,
  interrupt,
  itemCompleted,
  itemStarted,
  RUN_ENDED,
  TIME,
  TWO,
  turnCompleted,
  turnStarted,
} from '../codex-says.js'
import { expectAlike, reduced, type Seen, type What } from '../reduced.js'

const SIGINT: What = { kind: 'signal', signal: 'SIGINT' }
const CLIENT_GONE: What = { kind: 'client-gone', connection: 1 }
const TIMEOUT = { otherwise: { origin: 'timeout', reason: 'no event for 300 ms' } }
const DROPPED = { isDroppedError: true }
const IN_ONE: Seen[] = [
  [10, turnStarted()],
  [20, exchangeStarted('e1')],
]

test.each<[sentence: string, seen: Seen[], cancellations: object[], lateCancel?: number]>([
  [
    'a request covers what it stopped, from the request to the release, with its moments and what had arrived',
    [...IN_ONE, [30, interrupt()], cutOff('e1', 40), [45, turnCompleted('interrupted')]],
    [
      {
        in: 'invoke_agent codex',
        from: 30,
        to: 45,
        origin: 'user',
        reason: 'turn/interrupt',
        bytes: 100,
        events: 2,
        text_length: 10,
        links: ['chat e1', 'invoke_agent codex'],
      },
    ],
  ],
  [
    'a turn that is told to have ended before its connection is released lasts until then',
    [...IN_ONE, [30, interrupt()], [35, turnCompleted('interrupted')], cutOff('e1', 40)],
    [{ from: 30, to: 40, links: ['invoke_agent codex', 'chat e1'] }],
  ],
  [
    'a second request for the same changes nothing',
    [
      ...IN_ONE,
      [30, interrupt()],
      [32, SIGINT],
      cutOff('e1', 40),
      [45, turnCompleted('interrupted')],
    ],
    [{ origin: 'user', from: 30, to: 45 }],
  ],
  [
    'a request that comes too late stops nothing',
    [...IN_ONE, [30, exchangeEnded('e1')], [31, interrupt()], [32, turnCompleted()]],
    [{ from: 31, to: 32, links: undefined, bytes: undefined }],
  ],
  [
    'a request for a turn that is over is none',
    [...IN_ONE, [30, exchangeEnded('e1')], [32, turnCompleted()], [33, interrupt()]],
    [],
  ],
  [
    'a turn that goes on after a request can be stopped once more',
    [
      ...IN_ONE,
      [30, interrupt()],
      cutOff('e1', 40),
      [45, turnCompleted('interrupted')],
      [50, turnStarted(TWO)],
      [60, interrupt(TWO)],
      [65, turnCompleted('interrupted', TWO)],
    ],
    [
      { from: 30, to: 45, 'tacho.turn.id': 'one' },
      { from: 60, to: 65, 'tacho.turn.id': 'two' },
    ],
  ],
  [
    'a signal stops every turn that is going on',
    [
      ...IN_ONE,
      [25, turnStarted({ threadId: 'sub', turnId: 'three' })],
      [30, SIGINT],
      cutOff('e1', 40),
      [50, RUN_ENDED],
    ],
    [
      {
        origin: 'signal',
        reason: 'SIGINT',
        from: 30,
        to: 50,
        links: ['chat e1', 'invoke_agent codex'],
      },
      { origin: 'signal', from: 30, to: 50, links: ['invoke_agent codex'] },
    ],
  ],
  ['a signal when nothing is going on stops nothing', [[30, SIGINT]], []],
  [
    'a client that hangs up stops every turn',
    [...IN_ONE, [30, CLIENT_GONE], [50, RUN_ENDED]],
    [{ origin: 'host', reason: 'the client hung up', from: 30, to: 50 }],
  ],
  [
    'the answer cancel to a question stops the turn',
    [
      ...IN_ONE,
      [25, exchangeEnded('e1')],
      [30, asks(0)],
      [40, answers(0, { decision: 'cancel' })],
      [45, turnCompleted('interrupted')],
    ],
    [{ origin: 'approval', reason: 'cancel', from: 40, to: 45, links: ['invoke_agent codex'] }],
  ],
  [
    'the answer decline stops nothing',
    [...IN_ONE, [30, asks(0)], [40, answers(0, { decision: 'decline' })]],
    [],
  ],
  [
    'a tool that ends while its turn is to stop was stopped by that',
    [
      ...IN_ONE,
      [25, itemStarted('c')],
      [30, interrupt()],
      [35, itemCompleted('c', { status: 'interrupted' })],
      cutOff('e1', 40),
      [45, turnCompleted('interrupted')],
    ],
    [{ links: ['execute_tool commandExecution', 'chat e1', 'invoke_agent codex'] }],
  ],
  [
    'a tool that runs when its turn is stopped is stopped with it',
    [
      ...IN_ONE,
      [25, itemStarted('c')],
      [30, interrupt()],
      [45, turnCompleted('interrupted')],
      cutOff('e1', 50),
    ],
    [{ to: 50, links: ['execute_tool commandExecution', 'invoke_agent codex', 'chat e1'] }],
  ],
  [
    'what the agent drops without a request is a cancellation of its own',
    [...IN_ONE, cutOff('e1', 40)],
    [{ origin: 'host', reason: 'the agent hung up', from: 39, to: 40, links: ['chat e1'] }],
  ],
  ['an error that the agent drops cancels nothing', [...IN_ONE, cutOff('e1', 40, DROPPED)], []],
  [
    'an error that it drops because of a request was stopped by that',
    [...IN_ONE, [30, interrupt()], cutOff('e1', 40, DROPPED), [45, turnCompleted('interrupted')]],
    [{ origin: 'user', from: 30, to: 45, links: ['chat e1', 'invoke_agent codex'] }],
  ],
  [
    'so it is where the request is told behind it',
    [...IN_ONE, cutOff('e1', 40, DROPPED), [50, interrupt()], [55, turnCompleted('interrupted')]],
    [{ origin: 'user', from: 39, to: 55, links: ['chat e1', 'invoke_agent codex'] }],
    1000,
  ],
  [
    'but not where the agent tries again in between',
    [
      ...IN_ONE,
      cutOff('e1', 40, DROPPED),
      [45, exchangeStarted('e2')],
      [50, interrupt()],
      cutOff('e2', 55),
      [60, turnCompleted('interrupted')],
    ],
    [{ origin: 'user', from: 50, to: 60, links: ['chat e2', 'invoke_agent codex'] }],
    1000,
  ],
  [
    'where nobody asked for anything for a while, or until the run ended, it cancels nothing either',
    [
      ...IN_ONE,
      cutOff('e1', 40, DROPPED),
      [1040, TIME],
      [1050, exchangeStarted('e2')],
      cutOff('e2', 1060, DROPPED),
      [1070, RUN_ENDED],
    ],
    [],
    1000,
  ],
  [
    'an agent whose patience has ended has its own origin',
    [...IN_ONE, cutOff('e1', 40, TIMEOUT)],
    [{ origin: 'timeout', reason: 'no event for 300 ms', from: 39, to: 40 }],
  ],
  [
    'of several exchanges that one request stopped, what had arrived is summed',
    [
      ...IN_ONE,
      [21, exchangeStarted('e2')],
      [30, interrupt()],
      cutOff('e1', 40, { outputTokens: 7 }),
      cutOff('e2', 43, { bytes: 11, events: 1, textLength: 3 }),
      [45, turnCompleted('interrupted')],
    ],
    [
      {
        to: 45,
        bytes: 111,
        events: 3,
        text_length: 13,
        'gen_ai.usage.output_tokens': 7,
        links: ['chat e1', 'chat e2', 'invoke_agent codex'],
      },
    ],
  ],
  [
    'what nobody can tell of an answer is not told',
    [
      ...IN_ONE,
      cutOff('e1', 40, { lastByteAt: undefined, events: undefined, textLength: undefined }),
    ],
    [
      {
        bytes: 100,
        events: undefined,
        text_length: undefined,
        'gen_ai.usage.output_tokens': undefined,
      },
    ],
  ],
  [
    'a request that is told after what it stopped is its reason all the same, and was not later than that',
    [
      ...IN_ONE,
      cutOff('e1', 40),
      [50, interrupt()],
      [55, turnCompleted('interrupted')],
      [9000, TIME],
    ],
    [{ origin: 'user', from: 39, to: 55, links: ['chat e1', 'invoke_agent codex'] }],
    1000,
  ],
  [
    'a request of another turn is no reason',
    [...IN_ONE, cutOff('e1', 40), [50, interrupt(TWO)], [1040, TIME]],
    [{ origin: 'host', from: 39, to: 40 }],
    1000,
  ],
  [
    'what nobody has asked for after a while is the host’s own',
    [...IN_ONE, cutOff('e1', 40), [1040, TIME], [1050, interrupt()]],
    [
      { origin: 'host', from: 39, to: 40 },
      { origin: 'user', from: 1050, to: 'open', links: undefined },
    ],
    1000,
  ],
  [
    'what waits for a request waits on until its time has passed',
    [...IN_ONE, cutOff('e1', 40), [1039, TIME], [2000, exchangeStarted('e2')]],
    [],
    1000,
  ],
  [
    'what nobody asked for is told at the end of the run at the latest',
    [...IN_ONE, cutOff('e1', 40), [50, RUN_ENDED]],
    [{ origin: 'host', from: 39, to: 40 }],
    60_000,
  ],
])('%s', (_, seen, cancellations, lateCancel = 0) => {
  const told = reduced(seen, { lateCancel }).filter(({ span }) => span === 'cancellation')
  expectAlike(told, cancellations)
})

test('the moments of what was stopped are those of its exchange', () => {
  const [cancellation] = reduced([...IN_ONE, [30, interrupt()], cutOff('e1', 40)]).filter(
    ({ span }) => span === 'cancellation',
  )
  expect(cancellation?.moments).toEqual([
    ['signalled', 39],
    ['last_byte', 38],
    ['released', 40],
  ])
})

test('an answer of which nothing had arrived has no last byte', () => {
  const seen: Seen[] = [...IN_ONE, cutOff('e1', 40, { lastByteAt: undefined, bytes: 0 })]
  const [cancellation] = reduced(seen).filter(({ span }) => span === 'cancellation')
  expect(cancellation?.moments?.map(([name]) => name)).toEqual(['signalled', 'released'])
})
