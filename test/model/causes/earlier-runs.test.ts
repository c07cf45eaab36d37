import { diagnose, type SessionCase } from '@tacho/model'
import { expect, test } from 'vitest'

type Run = { from: number; to?: number; ended: string }

/** A session in which a question, a tool and a turn that began at 10 were left open. */
function leftOpen(open: string, runs: readonly Run[]): SessionCase {
  const told = runs.map(({ ended }, index) => ({ id: `r${index}`, ended, exitCode: 0 }))
  return {
    ...{ id: 's', ended: told.at(-1)?.ended, calls: [], steps: [], called: new Map() },
    ...{ sandboxDenied: [], isSandboxed: false, gaps: [], damage: [], words: [] },
    ...{ now: 1000, machine: {} },
    parts: {
      approvals: [{ spanId: 'a', kind: 'command', what: 'rm x', askedAt: 10, open }],
      tools: [{ spanId: 't', name: 'shell', startedAt: 10, open }],
      turns: [{ spanId: 'u', kind: 'user', number: 1, startedAt: 10, open }],
      ...{ cancellations: [], threads: [], runs: told },
    },
    runs: runs.map(({ from, to }, index) => ({
      ...{ id: `r${index}`, run: told[index], startedAt: from, endedAt: to },
      ...{ clockJumps: [], signals: [], live: [] },
    })),
  } as unknown as SessionCase
}

const IN_FLIGHT = ['approval', 'tool', 'turn']

test.each<[sentence: string, open: string, runs: Run[], ended: string, inFlight: string[]]>([
  [
    'the only run is how the session ended',
    'ended',
    [{ from: 1, to: 90, ended: 'completed' }],
    'approval-unanswered',
    IN_FLIGHT,
  ],
  [
    'an earlier run that died is over once the session has gone on',
    'died',
    [
      { from: 1, ended: 'died' },
      { from: 50, to: 90, ended: 'completed' },
    ],
    'clean',
    [],
  ],
  [
    'an earlier run that ended is over, too',
    'ended',
    [
      { from: 1, to: 40, ended: 'completed' },
      { from: 50, to: 90, ended: 'completed' },
    ],
    'clean',
    [],
  ],
  [
    'a run in which another one began and ended is not over',
    'ended',
    [
      { from: 1, to: 90, ended: 'completed' },
      { from: 50, to: 60, ended: 'completed' },
    ],
    'approval-unanswered',
    IN_FLIGHT,
  ],
])('what was left open by %s', (_, open, runs, ended, inFlight) => {
  const said = diagnose(leftOpen(open, runs))
  expect(said.end?.code).toBe(ended)
  expect(said.inFlight.map(({ kind }) => kind)).toEqual(inFlight)
})
