import type { PlainValue } from '@tacho/format'
import { type Approval, approvalsOf, approvalTotals, readSession } from '@tacho/reader'
import { describe, expect, test } from 'vitest'
import { CONVERSATION, RecordedSession } from './recorded-session.js'
import {
  endedSpan,
  RUN_ID,
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
    const { approvals } = recorded.session
    const asked = { kind: 'command', what: 'rm -rf /', offered: [], conversation: CONVERSATION }
    approvals.asked({ ...asked, kind: 'command', tap: 'json-rpc', id: '1', at: recorded.at(1000) })
    const forged = { decision: 'accept', decidedBy: 'user', at: recorded.at(2000) } as const
    expect(approvals.answered('log-events', '1', forged)).toBe(false)
    expect(approvals.answered('hooks', '1', forged)).toBe(false)
    const answer = { decision: 'decline', decidedBy: 'user', at: recorded.at(3000) } as const
    expect(approvals.answered('json-rpc', '1', answer)).toBe(true)
    await recorded.close(4000)
    const [approval, ...others] = approvalsOf(await readSession(recorded.folder))
    expect(others).toEqual([])
    expect([approval?.decision, approval?.waitMs]).toEqual(['decline', 2000])
  })

  test('is read back with all that was asked and answered', async () => {
    const recorded = new RecordedSession()
    const { approvals, tools } = recorded.session
    tools.start({
      callId: 'call-1',
      name: 'exec_command',
      conversation: CONVERSATION,
      at: recorded.at(900),
    })
    const asked = {
      kind: 'command' as const,
      what: 'rm -rf build',
      reason: 'May I clean up?',
      cwd: '/home/ada/project',
      offered: ['accept', 'acceptForSession', 'decline', 'cancel'],
      callId: 'call-1',
      conversation: CONVERSATION,
    }
    approvals.asked({ tap: 'json-rpc', ...asked, id: '7', at: recorded.at(1000) })
    approvals.answered('json-rpc', '7', {
      decision: 'acceptForSession',
      decidedBy: 'user',
      rule: 'rm -rf build',
      at: recorded.at(13_300),
    })
    approvals.asked({
      tap: 'json-rpc',
      ...asked,
      id: '8',
      kind: 'file-change',
      what: '',
      files: ['a.ts', 'b.ts'],
      at: recorded.at(13_500),
    })
    approvals.answered('json-rpc', '8', {
      decision: 'decline',
      decidedBy: 'user',
      at: recorded.at(14_000),
    })
    approvals.asked({
      tap: 'json-rpc',
      ...asked,
      id: '9',
      kind: 'permissions',
      at: recorded.at(15_000),
    })
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
        offered: ['accept', 'acceptForSession', 'decline', 'cancel'],
        decision: 'acceptForSession',
        decidedBy: 'user',
        rule: 'rm -rf build',
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
      byDecision: { acceptForSession: 1, decline: 1 },
    })
  })

  test('is on disk while the question is open', async () => {
    const recorded = new RecordedSession()
    recorded.session.approvals.asked({
      tap: 'json-rpc',
      id: '1',
      kind: 'user-input',
      what: 'Which port?',
      offered: ['3000', '4000'],
      conversation: CONVERSATION,
      at: recorded.at(1000),
    })
    const [approval] = await approvalsIn(recorded.folder)
    expect(approval).toMatchObject({ what: 'Which port?', offered: ['3000', '4000'] })
    expect(approval?.open).toBe('running')
    expect(approval).not.toHaveProperty('waitMs')
    await recorded.close(2000)
  })

  test('of which only the answer was seen has no waiting time', async () => {
    const recorded = new RecordedSession()
    const { approvals } = recorded.session
    const at = recorded.at(1000)
    const what = { kind: 'command' as const, what: 'ls', offered: [] }
    approvals.asked({ tap: 'json-rpc', id: '1', ...what, conversation: CONVERSATION, at })
    approvals.answered('json-rpc', '1', {
      decision: 'accept',
      decidedBy: 'rule',
      at: recorded.at(1010),
      isWaitUnknown: true,
    })
    await recorded.close(2000)
    const [approval] = await approvalsIn(recorded.folder)
    expect(approval).toMatchObject({ decision: 'accept', decidedBy: 'rule' })
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
  ['lists of what is no text', { offered: [1, ['a'], true], files: [2] }],
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
