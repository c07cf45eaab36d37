import { expect, test } from 'vitest'
import {
  exchangeEnded,
  exchangeStarted,
  hook,
  itemCompleted,
  itemStarted,
  RUN_ENDED,
  TIME,
  TWO,
  turnCompleted,
  turnStarted,
} from '../codex-says.js'
import { type Seen, spansOf, type Told } from '../reduced.js'

const SUB = { threadId: 'sub', turnId: 'three' }

test.each<[sentence: string, seen: Seen[], turns: Partial<Told>[]]>([
  [
    'a turn is from its first sign of life to what ends it',
    [
      [10, turnStarted()],
      [90, turnCompleted()],
    ],
    [{ span: 'invoke_agent codex', in: 'session', from: 10, to: 90, status: 'completed' }],
  ],
  [
    'a turn of which nobody tells begins with its first exchange and ends with the last one, at the end of the run',
    [
      [10, exchangeStarted('e1')],
      [40, exchangeEnded('e1')],
      [50, exchangeStarted('e2')],
      [70, exchangeEnded('e2')],
      [99, RUN_ENDED],
    ],
    [{ from: 10, to: 70, id: 'one' }],
  ],
  [
    'a new turn of a thread ends the one before it, with its last sign of life',
    [
      [10, exchangeStarted('e1')],
      [40, exchangeEnded('e1')],
      [80, exchangeStarted('e2', TWO)],
    ],
    [
      { from: 10, to: 40 },
      { from: 80, to: 'open' },
    ],
  ],
  [
    'a turn of another thread ends none',
    [
      [10, exchangeStarted('e1')],
      [40, exchangeEnded('e1')],
      [80, exchangeStarted('e2', SUB)],
    ],
    [{ to: 'open' }, { to: 'open' }],
  ],
  [
    'a turn that the agent is done with ends then, with the next one of its thread',
    [
      [1, turnStarted()],
      [5, hook('Stop')],
      [9, turnStarted(TWO)],
    ],
    [{ to: 5, status: 'completed' }, { to: 'open' }],
  ],
  [
    'a turn that goes on after all is not done',
    [
      [1, turnStarted()],
      [5, hook('Stop')],
      [6, exchangeStarted('e1')],
      [7, exchangeEnded('e1')],
      [2000, TIME],
      [2001, turnStarted(TWO)],
    ],
    [{ to: 7 }, { to: 'open' }],
  ],
  [
    'a late sign of an ended turn does not begin it anew',
    [
      [10, turnStarted()],
      [20, turnCompleted()],
      [30, itemStarted('call')],
    ],
    [{ to: 20 }],
  ],
  [
    'a turn lasts as long as an exchange of it',
    [
      [10, turnStarted()],
      [20, exchangeStarted('e1')],
      [30, turnCompleted()],
      [44, exchangeEnded('e1')],
    ],
    [{ from: 10, to: 44, status: 'completed' }],
  ],
  [
    'a turn lasts as long as a tool that is left running in the background',
    [
      [10, turnStarted()],
      [20, itemStarted('call')],
      [30, turnCompleted()],
      [55, itemCompleted('call')],
    ],
    [{ from: 10, to: 55, status: 'completed' }],
  ],
  ['a turn without any sign of an end is open', [[10, turnStarted()]], [{ from: 10, to: 'open' }]],
])('%s', (_, seen, turns) => {
  expect(spansOf('invoke_agent', seen)).toMatchObject(turns)
})

test('what went on in no turn goes on in the run', () => {
  const seen: Seen[] = [
    [10, exchangeStarted('e1', { threadId: 'main' })],
    [20, exchangeEnded('e1', {}, undefined)],
  ]
  expect(spansOf('chat', seen)).toMatchObject([{ in: 'session', from: 10, to: 20 }])
})

test('a turn that went wrong does not say that it went well', () => {
  const seen: Seen[] = [
    [10, turnStarted()],
    [20, turnCompleted('failed')],
  ]
  expect(spansOf('invoke_agent', seen)).toMatchObject([{ status: 'failed' }])
})
