import { expect, test } from 'vitest'
import { reduced, type Seen, type What } from '../reduced.js'

const THREAD = { threadId: 'main' }
const RUN = { agent: { name: 'gemini' } }

/** A request; it brings the outputs of these calls. */
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
const calls = (exchange: string, callId: string): What => ({
  kind: 'tool-called',
  exchange,
  conversation: THREAD,
  callId,
  name: 'run_shell_command',
  input: '{"command":"ls"}',
})
const answered = (exchange: string, outcome = 'completed'): What => ({
  kind: 'exchange-ended',
  exchange,
  conversation: THREAD,
  chat: { attributes: { 'tacho.exchange.outcome': outcome } },
})

/** Which exchanges each turn has. */
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
