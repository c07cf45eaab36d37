import { expect, test } from 'vitest'
import { expectAlike, reduced, type Seen, spansOf, type What } from '../reduced.js'

const THREAD = { threadId: 'main' }
const RUN = { agent: { name: 'gemini' } }

/** A request that brings the outputs of these calls. */
const asks = (exchange: string, outputs: Record<string, string> = {}): What => ({
  kind: 'exchange-started',
  exchange,
  conversation: THREAD,
  chat: { name: 'chat m', attributes: {} },
  outputs: (calls) =>
    calls.flatMap((callId) => {
      const output = outputs[callId]
      return output === undefined ? [] : [{ callId, output }]
    }),
})
const calls = (exchange: string, callId: string, command = 'ls'): What => ({
  kind: 'tool-called',
  exchange,
  conversation: THREAD,
  callId,
  name: 'run_shell_command',
  input: JSON.stringify({ command }),
})
const answered = (exchange: string, outcome = 'completed'): What => ({
  kind: 'exchange-ended',
  exchange,
  conversation: THREAD,
  chat: { attributes: { 'tacho.exchange.outcome': outcome } },
})

/** The exchanges of each turn. */
function turnsOf(seen: readonly Seen[]): number {
  return reduced(seen, RUN).filter(({ span }) => span.startsWith('invoke_agent')).length
}

test.each<[sentence: string, turns: number, seen: Seen[]]>([
  [
    'a request with the output of a tool goes on with the turn',
    1,
    [
      [1, asks('e1')],
      [2, calls('e1', 'c')],
      [3, answered('e1')],
      [4, asks('e2', { c: 'ok' })],
    ],
  ],
  [
    'one behind an answer begins a turn',
    2,
    [
      [1, asks('e1')],
      [2, answered('e1')],
      [3, asks('e2')],
    ],
  ],
  [
    'one that asks again what failed goes on',
    1,
    [
      [1, asks('e1')],
      [2, answered('e1', 'failed')],
      [3, asks('e2')],
    ],
  ],
  [
    'one behind an answer that was stopped begins a turn',
    2,
    [
      [1, asks('e1')],
      [2, answered('e1', 'cancelled')],
      [3, asks('e2')],
    ],
  ],
  [
    'one that does not bring what a tool gave begins a turn: that was refused',
    2,
    [
      [1, asks('e1')],
      [2, calls('e1', 'c')],
      [3, answered('e1')],
      [4, asks('e2')],
    ],
  ],
])('%s', (_, turns, seen) => {
  expect(turnsOf(seen)).toBe(turns)
})

test.each<[sentence: string, outputs: Record<string, string>, tool: object]>([
  ['a tool ends with the request that has its output', { c: 'x' }, { outcome: 'completed' }],
  [
    'a command that failed says its exit code',
    { c: 'Output: no\nExit Code: 2' },
    { outcome: 'failed', exit_code: 2 },
  ],
  ['a refused one is forgotten', {}, { outcome: 'unknown' }],
])('%s', (_, outputs, tool) => {
  const spans = reduced(
    [
      [1, asks('e1')],
      [2, calls('e1', 'c')],
      [3, answered('e1')],
      [9, asks('e2', outputs)],
    ],
    RUN,
  )
  expect(spans.find(({ span }) => span.startsWith('execute_tool'))).toMatchObject({
    from: 2,
    to: 9,
    command: 'ls',
    ...tool,
  })
})

const TELLS = { ...RUN, taps: ['http' as const, 'log-events' as const] }
const says = (name: string, at: number, attributes: Record<string, unknown>): What => ({
  kind: 'log-event',
  name,
  happenedAt: at * 1000,
  attributes,
})
/** Its policy is asked about a call. */
const checks = (at: number, command = 'ls'): Seen => {
  const attributes = { tool_name: 'run_shell_command', args: `{ "command":"${command}" }` }
  return [at, says('policy_check', at, attributes)]
}
/** A tool ran from one time to another. */
const ran = (from: number, to: number, callId = 'c', session = 's'): Seen => {
  const id = `run_shell_command__${callId}`
  const attributes = { 'tool.call_id': id, 'conversation.id': session }
  const name = { 'tool.name': 'run_shell_command', duration_ms: to - from }
  return [to + 100, says('tool_call', to, { ...attributes, ...name })]
}
/** The decision is reported when the call is over, some seconds late. */
const decided = (
  at: number,
  decision: string | undefined,
  success: boolean,
  session = 's',
): Seen => {
  const attributes = { function_name: 'run_shell_command', success, 'session.id': session }
  return [at + 4000, says('gemini_cli.tool_call', at, { ...attributes, decision })]
}
/** All calls of an answer are over. */
const over = (from: number, to: number): Seen => [
  to + 100,
  says('schedule_tool_calls', to, { duration_ms: to - from }),
]
const CALLED: Seen[] = [
  [1, asks('e1')],
  [2, calls('e1', 'c')],
  [3, answered('e1')],
]
const ENDED: Seen = [20_000, { kind: 'run-ended' }]

test.each<[sentence: string, seen: Seen[], told: object[]]>([
  [
    'what was checked twice was asked about, and answered when its tool began',
    [checks(10), checks(11), ran(2000, 2100), decided(2100, 'accept', true)],
    [{ from: 11, to: 2000, what: 'ls', outcome: 'allowed', decision: 'accept', wait_ms: 1989 }],
  ],
  [
    'what was checked once was allowed by a rule, for the same word',
    [checks(10), ran(2000, 2100), decided(2100, 'accept', true)],
    [],
  ],
  [
    'a tool that has nothing to ask runs at once',
    [checks(10), checks(11), ran(40, 100), decided(100, 'accept', true)],
    [],
  ],
  [
    'allowed for the session',
    [checks(10), checks(11), ran(2000, 2100), decided(2100, 'auto_accept', true)],
    [{ outcome: 'allowed-for-session', decision: 'auto_accept' }],
  ],
  [
    'allowed for good, which it calls a reject, whether the tool goes well or not',
    [checks(10), checks(11), ran(2000, 2100), decided(2100, 'reject', false)],
    [{ outcome: 'allowed-with-rule', decision: undefined, decided_by: 'user' }],
  ],
  [
    'refused, and the turn is over',
    [checks(10), checks(11), decided(2000, 'reject', false)],
    [{ from: 11, to: 2000, outcome: 'cancelled', decision: 'reject', wait_ms: 1989 }],
  ],
  [
    'refused, and the next turn begins before the word for it comes',
    [checks(10), checks(11), over(9, 2000), [2200, asks('e2')], decided(2000, 'reject', false)],
    [{ from: 11, to: 2000, outcome: 'cancelled', decision: 'reject' }],
  ],
  [
    'refused, and the word for it does not come',
    [checks(10), checks(11), over(10, 2000)],
    [{ from: 11, to: 2000, outcome: 'cancelled', decision: undefined }],
  ],
  [
    'refused, and the turn goes on',
    [checks(10), checks(11), [2100, asks('e2', { c: 'no' })], decided(2000, 'reject', false)],
    [{ outcome: 'denied', decision: 'reject' }],
  ],
  [
    'stopped by Ctrl-C, for which it has no word',
    [checks(10), checks(11), decided(2000, undefined, false)],
    [{ outcome: 'cancelled', decision: undefined }],
  ],
  [
    'allowed, although the word for it overtakes what tells that its tool ran',
    [
      ...[checks(10), checks(11), [2100, decided(2050, 'auto_accept', true)[1]] as const],
      ran(2000, 2050),
    ],
    [{ from: 11, to: 2000, outcome: 'allowed-for-session', wait_ms: 1989 }],
  ],
  [
    'so is one behind a refusal whose word has not come yet',
    [
      ...[checks(10), checks(11), over(9, 2000), [2200, asks('e2')] as const],
      ...[[2210, calls('e2', 'd', 'rm x')] as const, checks(2220, 'rm x'), checks(2221, 'rm x')],
      ...[[4100, decided(4050, 'accept', true)[1]] as const, ran(4000, 4050, 'd')],
      decided(2000, 'reject', false),
    ],
    [
      { what: 'rm x', from: 2221, to: 4000, outcome: 'allowed', decision: 'accept' },
      { what: 'ls', outcome: 'cancelled', decision: 'reject' },
    ],
  ],
  [
    'so is one before a refusal, though its tool is told of behind that',
    [
      ...[checks(10), checks(11), [2060, decided(2050, 'accept', true)[1]] as const],
      ...[[2070, calls('e1', 'd', 'rm x')] as const, checks(2080, 'rm x'), checks(2081, 'rm x')],
      ...[[4000, decided(3990, 'reject', false)[1]] as const, [4100, ran(2000, 2050)[1]] as const],
    ],
    [
      { what: 'rm x', from: 2081, to: 3990, outcome: 'cancelled', decision: 'reject' },
      { what: 'ls', from: 11, to: 2000, outcome: 'allowed', decision: 'accept' },
    ],
  ],
  [
    'and one of which nothing tells that its tool ran: how long it waited is not known',
    [checks(10), checks(11), decided(2100, 'accept', true)],
    [{ from: 11, outcome: 'allowed', decision: 'accept', wait_ms: undefined }],
  ],
  [
    'of two questions at once, how long each waited is not known',
    [
      [4, calls('e1', 'd', 'rm x')],
      ...[checks(10), checks(10, 'rm x'), checks(11, 'rm x'), checks(12)],
      ...[ran(2000, 2100), ran(2000, 2200, 'd')],
      ...[decided(2200, 'accept', true), decided(2201, 'accept', true)],
    ],
    [
      { from: 12, what: 'ls', outcome: 'allowed', wait_ms: undefined },
      { from: 11, what: 'rm x', outcome: 'allowed', wait_ms: undefined },
    ],
  ],
  [
    'a Gemini CLI that a command runs decides nothing here',
    [
      ...[checks(10), checks(11)],
      ...[ran(700, 800, 'other', 'inner'), decided(800, 'accept', true, 'inner')],
      ...[ran(500, 900), decided(900, 'accept', true)],
    ],
    [{ from: 11, to: 500, outcome: 'allowed' }],
  ],
  [
    'what is open at the end is not told: it may be that its tool runs',
    [checks(10), checks(11)],
    [],
  ],
])('%s', (_, seen, told) => {
  const inOrder = [...CALLED, ...seen].sort(([one], [other]) => one - other)
  const approvals = spansOf('approval', [...inOrder, ENDED], TELLS)
  expectAlike(approvals, told)
  expect(approvals).toHaveLength(told.length)
})

const FAILS = 'Output: no\nExit Code: 2'

test.each<[sentence: string, seen: Seen[], tools: object[]]>([
  [
    'when it did, not when the last of those called with it did',
    [
      [4, calls('e1', 'd', 'sleep 5')],
      ...[ran(10, 100), ran(10, 5000, 'd'), [5010, asks('e2', { c: 'ok', d: FAILS })] as const],
    ],
    [
      { from: 2, to: 100, outcome: 'completed', duration_ms: 90 },
      { from: 4, to: 5000, outcome: 'failed', exit_code: 2, duration_ms: 4990 },
    ],
  ],
  [
    'before the request with its output, whichever is told of first',
    [ran(10, 2000), [2003, asks('e2', { c: 'ok' })]],
    [{ to: 2000, outcome: 'completed', duration_ms: 1990 }],
  ],
  [
    'with that request if its end is not told of',
    [
      [2003, asks('e2', { c: 'ok' })],
      [4100, { kind: 'time' }],
      [4200, asks('e3')],
    ],
    [{ to: 2003, outcome: 'completed', duration_ms: undefined }],
  ],
  [
    'never behind that request, nor before its call, whatever the clock says',
    [[5, calls('e1', 'd')], ran(1, 3, 'd'), ran(10, 2000), [1999, asks('e2', { c: '', d: '' })]],
    [{ to: 1999 }, { from: 5, to: 5 }],
  ],
  [
    'when it did, although the session ended before a request could say how',
    [ran(10, 100)],
    [{ to: 100, outcome: 'unknown', duration_ms: 90 }],
  ],
  [
    'when it was stopped, although the next turn forgets it',
    [ran(10, 100), [300, asks('e2')]],
    [{ to: 100, outcome: 'unknown' }],
  ],
  [
    'when it did: what a Gemini CLI that it runs tells is no end of it',
    [ran(20, 50, 'other', 'inner'), ran(10, 100), [103, asks('e2', { c: 'ok' })]],
    [{ to: 100, outcome: 'completed' }],
  ],
])('with telemetry, a tool ends %s', (_, seen, tools) => {
  const inOrder = [...CALLED, ...seen].sort(([one], [other]) => one - other)
  expectAlike(spansOf('execute_tool', [...inOrder, ENDED], TELLS), tools)
})

test('what the user does not allow ends its tool and its turn, and is a cancellation', () => {
  const refused = [checks(10), checks(11), over(9, 2000), [2200, asks('e2')] as const]
  const spans = reduced([...CALLED, ...refused, decided(2000, 'reject', false), ENDED], TELLS)
  const told = (name: string) => spans.filter(({ span }) => span.startsWith(name))
  expectAlike(told('execute_tool'), [{ to: 2000, outcome: 'declined' }])
  expectAlike(told('cancellation'), [{ from: 2000, origin: 'approval', reason: 'not allowed' }])
  expectAlike(told('invoke_agent'), [{ to: 2000, status: 'interrupted' }, { from: 2200 }])
})

test.each<[sentence: string, told: Seen[], turn: object, cancelled: number]>([
  [
    'a refusal is a cancellation although the next prompt comes before it is told',
    [over(9, 2000)],
    { to: 2000, status: 'interrupted' },
    1,
  ],
  [
    'so is one that a log event alone tells, seconds later',
    [decided(2000, 'reject', false)],
    { to: 2000, status: 'interrupted' },
    1,
  ],
  [
    'a tool that was stopped while it ran is none, and its turn ends with it',
    [ran(500, 2000)],
    { to: 2000 },
    0,
  ],
  ['what is never told is none, either', [], { to: 2050 }, 0],
])('%s', (_, told, turn, cancelled) => {
  const seen = [...CALLED, checks(10), checks(11), [2050, asks('e2')] as const, ...told]
  const spans = reduced([...seen, [9000, asks('e3')], ENDED], TELLS)
  const [first] = spans.filter(({ span }) => span.startsWith('invoke_agent'))
  expect(first).toMatchObject(turn)
  expect(spans.filter(({ span }) => span === 'cancellation')).toHaveLength(cancelled)
})
