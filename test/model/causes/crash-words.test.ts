import { diagnose, type LogWords, type RunSeen, type SessionCase } from '@tacho/model'
import { expect, test } from 'vitest'

/** A session whose agent ended with 70, having asked no model. */
function crashed(seen: Partial<RunSeen>, words: readonly Partial<LogWords>[] = []): SessionCase {
  const run = { id: 'r', ended: 'failed', exitCode: 70 }
  const place = { file: 'session.log', line: 1 }
  return {
    ...{ id: 's', ended: 'failed', calls: [], steps: [], called: new Map() },
    ...{ sandboxDenied: [], isSandboxed: false, gaps: [], damage: [], now: 10, machine: {} },
    words: words.map((one) => ({ at: 2, level: 'INFO', source: 'codex', place, ...one })),
    parts: { approvals: [], tools: [], turns: [], cancellations: [], threads: [], runs: [run] },
    runs: [
      { id: 'r', run, startedAt: 1, endedAt: 3, clockJumps: [], signals: [], live: [], ...seen },
    ],
  } as unknown as SessionCase
}

const ELSEWHERE = /See what (?:it|the program) printed/

test.each<[what: string, SessionCase, says: RegExp | undefined, isElsewhere: boolean]>([
  ['was read', crashed({ isStderrRead: true }), /It said nothing on standard error\./, false],
  ['was not read', crashed({}), undefined, true],
  ['of a program that records itself', crashed({ isFromInside: true }), undefined, true],
  [
    'has words',
    crashed({ isStderrRead: true }, [{ text: 'no such model' }]),
    /Its last words: "no such model"\./,
    false,
  ],
])('a standard error that %s', (_, session, says, isElsewhere) => {
  const { end, causes } = diagnose(session)
  expect(end.code).toBe('crash')
  if (says === undefined) expect(end.sentence).not.toMatch(/said nothing|last words/)
  else expect(end.sentence).toMatch(says)
  expect(ELSEWHERE.test(causes[0]?.next ?? '')).toBe(isElsewhere)
})
