import { type Approval, diagnose, type SessionCase, type Tool } from '@tacho/model'
import { expect, test } from 'vitest'

const SECOND = 1_000_000
const QUESTION = { spanId: 'q', kind: 'command', what: 'rm x', askedAt: 3 * SECOND, offered: [] }
const OPEN = { ...QUESTION, open: 'died' } as Approval
const TOOL = { name: 'shell', spanId: 't', startedAt: 3 * SECOND, open: 'died' } as Tool

/**
 * A session that died a minute after an answer, in the thread `main`, called `a` and `b`; of which
 * these questions and tools were reported.
 */
function diedWith(approvals: readonly Approval[], tools: readonly Tool[] = []): SessionCase {
  const place = { file: 'session_oai_raw.log', line: 1 }
  const called = { input: '{}', exchange: 1, place }
  const run = { id: 'r', ended: 'died' }
  const call = {
    ...{ id: 'e', number: 1, run: 'r', threadId: 'main', asksModel: true, state: 'completed' },
    ...{ outcome: 'completed', startedMicros: SECOND, lastAt: SECOND, places: { exchange: place } },
    ...{ facts: {}, brokenEvents: 0, method: 'POST', url: '/' },
  }
  return {
    ...{ id: 's', ended: 'died', calls: [call], steps: [], sandboxDenied: [], isSandboxed: false },
    called: new Map([
      ['a', { ...called, name: 'first' }],
      ['b', { ...called, name: 'second' }],
    ]),
    ...{ gaps: [], damage: [], words: [], machine: {}, isManifestLate: false },
    ...{ lastSeenAt: 62 * SECOND, now: 62 * SECOND },
    parts: { approvals, tools, turns: [], cancellations: [], threads: [], runs: [run] },
    runs: [{ id: 'r', run, startedAt: 1, clockJumps: [], signals: [], live: [] }],
  } as unknown as SessionCase
}

test.each<[sentence: string, approvals: Approval[], tools: Tool[], waits: object]>([
  [
    'the call that is asked about and those behind it have not begun',
    [{ ...OPEN, callId: 'a', threadId: 'main' }],
    [{ ...TOOL, callId: 'a' }],
    { shell: 'q', second: 'q' },
  ],
  [
    'a tool that was reported runs beside the question about another',
    [{ ...OPEN, callId: 'b', threadId: 'main' }],
    [{ ...TOOL, callId: 'a' }],
    { shell: undefined, second: 'q' },
  ],
  ['which call is asked about may be unknown', [OPEN], [], { first: 'q', second: 'q' }],
  [
    'a tool that asks its user for something has begun',
    [{ ...OPEN, callId: 'a', threadId: 'main', kind: 'mcp-elicitation' }],
    [{ ...TOOL, callId: 'a' }],
    { shell: undefined, second: 'q' },
  ],
  [
    'a question in another thread keeps nothing waiting',
    [{ ...OPEN, callId: 'z', threadId: 'part' }],
    [],
    { first: undefined, second: undefined },
  ],
  [
    'nor does one about an earlier answer',
    [{ ...OPEN, callId: 'z', threadId: 'main', askedAt: SECOND / 2 }],
    [],
    { first: undefined, second: undefined },
  ],
  [
    'nor one that was answered',
    [{ ...QUESTION, callId: 'a', threadId: 'main', outcome: 'allowed' }],
    [],
    { first: undefined, second: undefined },
  ],
])('%s', (_, approvals, tools, waits) => {
  const { inFlight } = diagnose(diedWith(approvals, tools))
  const told = inFlight.filter(({ kind }) => kind === 'tool')
  expect(Object.fromEntries(told.map(({ what, waitsFor }) => [what, waitsFor]))).toEqual(waits)
})

test('what waits behind a question does not hang, however long it waits', () => {
  const hung = (...approvals: Approval[]) =>
    diagnose(diedWith(approvals)).causes.filter(({ code }) => code === 'tool-hung')
  expect(hung()).toHaveLength(1)
  expect(hung({ ...OPEN, callId: 'a', threadId: 'main' })).toEqual([])
  const refused = { ...QUESTION, callId: 'a', threadId: 'main', outcome: 'cancelled' } as Approval
  expect(hung(refused)).toEqual([])
})
