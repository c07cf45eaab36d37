import type { PlainValue } from '@tacho/format'
import { type Approval, approvalsOf, approvalTotals, readSession } from '@tacho/reader'
import { describe, expect, test } from 'vitest'
import { eventually } from '../host/index.js'
import { answers, asks, decided, itemStarted } from '../model/codex-says.js'
import { PLACE, RecordedSession } from './recorded-session.js'
import {
  endedSpan,
  RUN_ID,
  SESSION_ID,
  type SessionParts,
  START,
  sessionsDirectory,
  startedSpan,
  TURN,
  writeSession,
} from './session-folder.js'

describe('an approval that the recorder wrote', () => {
  test('is answered by the tap that saw the question, and by no other one', async () => {
    const recorded = new RecordedSession()
    recorded.sees(1000, asks(1, { place: PLACE, itemId: 'call-1', command: 'rm -rf /' }))
    const forged = { 'conversation.id': SESSION_ID }
    recorded.sees(2000, decided('call-1', 'approved', 'User', forged))
    recorded.sees(3000, answers(1, { decision: 'decline' }))
    await recorded.close(4000)
    const [approval, ...others] = approvalsOf(await readSession(recorded.folder))
    expect(others).toEqual([])
    expect([approval?.decision, approval?.waitMs]).toEqual(['decline', 2000])
  })

  test('is read back with all that was asked and answered', async () => {
    const recorded = new RecordedSession()
    const changes = [{ path: 'a.ts' }, { path: 'b.ts' }]
    recorded.sees(900, itemStarted('call-1', { changes, type: 'fileChange' }, PLACE))
    const asked = {
      command: 'rm -rf build',
      reason: 'May I clean up?',
      cwd: '/home/ada/project',
      itemId: 'call-1',
      place: PLACE,
      availableDecisions: ['accept', 'decline', 'cancel'],
    }
    const decision = { acceptWithExecpolicyAmendment: { execpolicy_amendment: ['rm', '-rf'] } }
    recorded.sees(1000, asks(7, asked))
    recorded.sees(13_300, answers(7, { decision }))
    recorded.sees(13_500, asks(8, { ...asked, kind: 'file-change' }))
    recorded.sees(14_000, answers(8, { decision: 'decline' }))
    recorded.sees(15_000, asks(9, { ...asked, kind: 'permissions' }))
    await recorded.close(16_500)

    const read = await approvalsIn(recorded.folder)
    expect(read).toEqual([
      {
        spanId: expect.stringMatching(/^[0-9a-f]{16}$/),
        id: '7',
        kind: 'command',
        what: 'rm -rf build',
        reason: 'May I clean up?',
        cwd: '/home/ada/project',
        offered: ['accept', 'decline', 'cancel'],
        decision: 'acceptWithExecpolicyAmendment',
        outcome: 'allowed-with-rule',
        decidedBy: 'user',
        rule: '["rm","-rf"]',
        threadId: SESSION_ID,
        turnId: TURN,
        callId: 'call-1',
        askedAt: (START + 1000) * 1000,
        waitMs: 12_300,
      },
      expect.objectContaining({ kind: 'file-change', files: ['a.ts', 'b.ts'], waitMs: 500 }),
      expect.objectContaining({ kind: 'permissions', waitMs: 1500, open: 'ended' }),
    ])
    expect(read[2]).not.toHaveProperty('decision')
    expect({ ...approvalTotals(read) }).toEqual({
      count: 3,
      waitedMs: 14_300,
      longestMs: 12_300,
      open: 1,
      byDecision: { acceptWithExecpolicyAmendment: 1, decline: 1 },
      byOutcome: { 'allowed-with-rule': 1, denied: 1, unanswered: 1 },
    })
  })

  test('is on disk while the question is open', async () => {
    const recorded = new RecordedSession()
    const options = [{ label: '3000' }, { label: '4000' }]
    const questions = [{ question: 'Which port?', options }]
    recorded.sees(1000, asks(1, { kind: 'user-input', place: PLACE, questions }))
    const approval = await eventually(async () => {
      const [only] = await approvalsIn(recorded.folder)
      return only ?? expect.unreachable('no approval is on the disk')
    })
    expect(approval).toMatchObject({ what: 'Which port?', offered: ['3000', '4000'] })
    expect(approval.open).toBe('running')
    expect(approval).not.toHaveProperty('waitMs')
    await recorded.close(2000)
  })

  test('of which only the answer was seen has no waiting time', async () => {
    const recorded = new RecordedSession()
    recorded.sees(1010, decided('call-1', 'denied', 'User', { 'conversation.id': SESSION_ID }))
    await recorded.close(2000)
    const [approval] = await approvalsIn(recorded.folder)
    expect(approval).toMatchObject({ decision: 'decline', decidedBy: 'user' })
    expect(approval).not.toHaveProperty('waitMs')
  })
})

const OTHER_RUN = '00000000000000ac'
for (const [name, ended, left] of [
  ['that died', {}, 'died'],
  ['that is running', { pid: process.pid }, 'running'],
  ['that ended', { endedAt: '2026-11-23T10:00:09Z', ended: { exitCode: 0 } }, 'ended'],
] as const) {
  test(`a question without an answer of a run ${name} is left so, whatever became of other runs`, async () => {
    const run = {
      id: RUN_ID,
      pid: 2 ** 22 + 1,
      exchanges: { completed: 0, cancelled: 0, failed: 0 },
      startedAt: '2026-11-23T10:00:00Z',
      argv: [],
      ...ended,
    }
    const other = { ...run, id: OTHER_RUN, pid: 2 ** 22 + 1, startedAt: '2026-11-23T11:00:00Z' }
    const [approval] = await approvalsOn({
      manifest: { runs: [run, { ...other, ended: { exitCode: 1 } }] as never },
      meta: [
        startedSpan({ id: RUN_ID, name: 'session', start: 0 }),
        startedSpan({ id: 'bb', parent: RUN_ID, name: 'invoke_agent codex', start: 1 }),
        startedSpan({ id: 'c1', parent: 'bb', name: 'approval command', start: 2 }),
      ],
    })
    expect(approval?.open).toBe(left)
  })
}

test('a question below spans that are parents of each other is left as its session is', async () => {
  const [approval] = await approvalsOn({
    isOpen: true,
    meta: [
      startedSpan({ id: 'c1', parent: 'c2', name: 'approval command', start: 1 }),
      startedSpan({ id: 'c2', parent: 'c1', name: 'one', start: 2 }),
    ],
  })
  expect(approval?.open).toBe('died')
})

test('approvals stand in the order in which they were asked, however late they were written', async () => {
  const meta = [
    endedSpan({ id: 'c2', name: 'approval command', start: 30, end: 40 }),
    endedSpan({ id: 'c1', name: 'approval permissions', start: 10, end: 90 }),
    endedSpan({ id: 'd1', name: 'approvals', start: 20, end: 21 }),
  ]
  expect((await approvalsOn({ meta })).map(({ spanId }) => spanId)).toEqual(['c1', 'c2'])
})

for (const [name, attributes] of [
  ['numbers in place of texts', { what: 1, reason: 2, decision: 3, decided_by: 4, offered: 5 }],
  ['lists of what is not text', { offered: [1, ['a'], true], files: [2] }],
  ['a time that runs backwards', { wait_ms: -5 }],
  ['a time that is a text', { wait_ms: '12' }],
] as const) {
  test(`an approval with ${name} is read as far as it makes sense`, async () => {
    const named = Object.fromEntries(
      Object.entries(attributes).map(([key, value]) => [`tacho.approval.${key}`, value]),
    )
    const [approval] = await approvalsOn({
      meta: [
        endedSpan({
          id: 'c1',
          name: 'approval command',
          start: 1,
          attributes: named as Record<string, PlainValue>,
        }),
      ],
    })
    expect(approval).toMatchObject({ kind: 'command', offered: [] })
    for (const part of ['what', 'reason', 'decision', 'decidedBy', 'waitMs', 'open'])
      expect(approval).not.toHaveProperty(part)
  })
}

test('decisions are counted by their own names, whatever these are', () => {
  const approval: Approval = { spanId: '', kind: '', offered: [], askedAt: 0 }
  const { byDecision } = approvalTotals([
    { ...approval, decision: '__proto__' },
    { ...approval, decision: 'constructor' },
    { ...approval, decision: 'constructor' },
  ])
  expect(Object.entries(byDecision)).toEqual([
    ['__proto__', 1],
    ['constructor', 2],
  ])
})

function approvalsOn(parts: SessionParts): Promise<Approval[]> {
  return approvalsIn(writeSession(sessionsDirectory(), { raw: [], ...parts }))
}

async function approvalsIn(folder: string): Promise<Approval[]> {
  return approvalsOf(await readSession(folder))
}
