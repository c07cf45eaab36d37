import { describe, expect, test } from 'vitest'
import {
  asks,
  exchangeEnded,
  exchangeStarted,
  itemStarted,
  ONE,
  RUN_ENDED,
  turnStarted,
} from '../codex-says.js'
import { changesOf, expectAlike, reduced, type Seen, spansOf, type Told } from '../reduced.js'

const SUB = { threadId: 'sub', turnId: 'three' }

describe('a run', () => {
  test('is the root, and says how the agent was started and how it ended', () => {
    const seen: Seen[] = [
      [5, { kind: 'agent-version', version: '0.169.0' }],
      [90, { kind: 'run-ended', exitCode: 3, signal: 'SIGTERM' }],
    ]
    expectAlike(spansOf('session', seen, { command: 'exec', cwd: '/work', pid: 7 }), [
      {
        in: undefined,
        from: 0,
        to: 90,
        'tacho.command': 'exec',
        'tacho.cwd': '/work',
        'process.pid': 7,
        'gen_ai.agent.name': 'codex',
        'gen_ai.agent.version': '0.169.0',
        'tacho.exit_code': 3,
        'tacho.signal': 'SIGTERM',
      },
    ])
  })

  test.each<[sentence: string, seen: Seen[], told: Partial<Told>[]]>([
    [
      'ends what is open in it: questions without an answer, tools, turns',
      [
        [10, turnStarted()],
        [20, itemStarted('c')],
        [30, asks(0, { itemId: 'c' })],
        [90, RUN_ENDED],
      ],
      [
        { span: 'invoke_agent codex', to: 90 },
        { span: 'execute_tool commandExecution', to: 90, status: undefined },
        { span: 'approval command', to: 90, open: true },
      ],
    ],
    [
      'does not wait for an exchange that is in flight, and neither does its turn',
      [
        [10, exchangeStarted('e1')],
        [90, RUN_ENDED],
      ],
      [
        { span: 'invoke_agent codex', from: 10, to: 10 },
        { span: 'chat e1', to: 'open' },
      ],
    ],
  ])('%s', (_, seen, told) => {
    expectAlike(reduced(seen), told)
    expectAlike(spansOf('session', seen), [{ to: 90 }])
  })

  test('ends each span once, and no span before its child', () => {
    const changes = changesOf([
      [10, turnStarted()],
      [20, exchangeStarted('e1')],
      [30, itemStarted('c')],
      [40, asks(0, { itemId: 'c' })],
      [90, RUN_ENDED],
    ])
    const ended = changes.flatMap((one) => (one.change === 'end' ? [one.spanId] : []))
    expect(new Set(ended).size).toBe(ended.length)
    const parents = new Map(
      changes.flatMap((one) => (one.change === 'start' ? [[one.spanId, one.parentSpanId]] : [])),
    )
    for (const [index, spanId] of ended.entries())
      expect(ended.slice(0, index)).not.toContain(parents.get(spanId))
  })

  test('of an agent that is not known has its requests all the same', () => {
    const seen: Seen[] = [
      [10, exchangeStarted('e1')],
      [15, itemStarted('c')],
      [20, exchangeEnded('e1')],
    ]
    expect(reduced(seen, { agent: { name: 'parrot' } }).map(({ span }) => span)).toEqual([
      'invoke_agent parrot',
      'chat e1',
    ])
  })
})

describe('a thread', () => {
  test('that is not the user’s says what it is for', () => {
    const seen: Seen[] = [
      [10, exchangeStarted('e1')],
      [20, exchangeStarted('title', { ...SUB, threadSource: 'thread_title' })],
    ]
    expectAlike(spansOf('invoke_agent', seen), [
      { 'tacho.thread.source': undefined, 'gen_ai.conversation.id': 'main' },
      { 'tacho.thread.source': 'thread_title', 'gen_ai.conversation.id': 'sub' },
    ])
  })

  test('has its exchanges in its own turns, whichever thread has told something in between', () => {
    const seen: Seen[] = [
      [10, exchangeStarted('e1')],
      [20, exchangeStarted('s1', SUB)],
      [30, exchangeEnded('e1')],
      [40, exchangeStarted('e2')],
      [50, exchangeEnded('s1', {}, SUB)],
    ]
    expectAlike(spansOf('chat', seen), [
      { span: 'chat e1', 'tacho.turn.id': 'one' },
      { span: 'chat s1', 'tacho.turn.id': 'three' },
      { span: 'chat e2', 'tacho.turn.id': 'one' },
    ])
  })
})

describe('an exchange', () => {
  test('has the span of its request inside, from the beginning to the end', () => {
    const http = { name: 'POST', startedAt: 20_000, attributes: { 'http.request.method': 'POST' } }
    const seen: Seen[] = [
      [20, exchangeStarted('e1')],
      [40, exchangeEnded('e1', { http: { ...http, error: { message: 'reset' } } })],
    ]
    expectAlike(reduced(seen), [
      { span: 'invoke_agent codex' },
      { span: 'chat e1', in: 'invoke_agent codex', 'tacho.exchange.id': 'e1', error: undefined },
      { span: 'POST', in: 'chat e1', from: 20, to: 40, error: 'reset', 'tacho.exchange.id': 'e1' },
    ])
  })

  test('that asks no model is its request alone', () => {
    const conversation = { threadId: ONE.threadId }
    const http = { name: 'GET', startedAt: 20_000, attributes: {} }
    const seen: Seen[] = [
      [20, { kind: 'exchange-started', exchange: 'e1', conversation }],
      [40, { kind: 'exchange-ended', exchange: 'e1', conversation, http }],
    ]
    expectAlike(reduced(seen), [{ span: 'GET', in: 'session', from: 20, to: 40 }])
  })

  test('that failed says so', () => {
    const chat = { attributes: {}, error: { message: 'rate limit' } }
    const seen: Seen[] = [
      [20, exchangeStarted('e1')],
      [40, exchangeEnded('e1', { chat })],
    ]
    expectAlike(spansOf('chat', seen), [{ error: 'rate limit' }])
  })
})

test('the same, seen again, is the same: ids too', () => {
  const seen: Seen[] = [
    [10, turnStarted()],
    [20, exchangeStarted('e1')],
    [30, asks(0)],
    [90, RUN_ENDED],
  ]
  expect(changesOf(seen)).toEqual(changesOf(seen))
  const ids = changesOf(seen).flatMap((one) => (one.change === 'start' ? [one.spanId] : []))
  expect(new Set(ids).size).toBe(ids.length)
})
