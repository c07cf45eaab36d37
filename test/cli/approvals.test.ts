import { describe, expect, test } from 'vitest'
import { answers, asks } from '../model/codex-says.js'
import { PLACE, RecordedSession } from '../reader/recorded-session.js'
import {
  endedSpan,
  RUN_ID,
  SESSION_ID,
  type SessionParts,
  sessionsDirectory,
  startedSpan,
  timeAt,
  writeSession,
} from '../reader/session-folder.js'
import { tacho } from './tacho.js'

const answered = endedSpan({
  id: 'c1',
  name: 'approval command',
  start: 1000,
  end: 13_300,
  attributes: {
    'tacho.approval.id': '7',
    'tacho.approval.kind': 'command',
    'tacho.approval.what': 'rm -rf build',
    'tacho.approval.reason': 'May I clean up?',
    'tacho.approval.offered': ['accept', 'decline'],
    'tacho.approval.decision': 'accept',
    'tacho.approval.decided_by': 'user',
    'tacho.approval.wait_ms': 12_300,
  },
})
const open = startedSpan({
  id: 'c2',
  name: 'approval file-change',
  start: 14_000,
  attributes: {
    'tacho.approval.kind': 'file-change',
    'tacho.approval.what': '',
    'tacho.approval.files': ['a.ts', 'b.ts'],
  },
})
const unanswered = endedSpan({
  id: 'c3',
  name: 'approval permissions',
  start: 15_000,
  end: 16_500,
  attributes: { 'tacho.approval.kind': 'permissions', 'tacho.approval.open': true },
})

describe('for people', () => {
  test('each approval has a line, and the totals stand below', async () => {
    const meta = [startedSpan({ id: RUN_ID, name: 'session', start: 0 }), answered, open]
    expect(await approvals({ isOpen: true, meta })).toBe(
      `asked                kind         what          decision                    decided by  waited
2026-11-23 10:00:01  command      rm -rf build  accept                      user         12.3s
2026-11-23 10:00:14  file-change  a.ts, b.ts    open when the session died

2 approvals: 1 allowed, 1 open
waited 12.3s in all, 12.3s at the longest
`,
    )
  })

  test('one that is open while the session runs, and one that nobody answered, say so', async () => {
    const running = await approvals({ isOpen: true, run: { pid: process.pid }, meta: [open] })
    expect(running).toMatch(/a\.ts, b\.ts {2}open\n/)
    const ended = await approvals({ meta: [unanswered] })
    expect(ended).toMatch(
      /permissions +never answered +1\.5s\n\n1 approval: 1 open\nwaited 1\.5s\n$/,
    )
  })

  test('where no waiting time is known, none is told', async () => {
    expect(await approvals({ isOpen: true, meta: [open] })).toMatch(/\n\n1 approval: 1 open\n$/)
  })

  test('a session in which nothing was asked says so', async () => {
    const { stdout, stderr, exitCode } = await run({ meta: [] })
    expect([stdout.toString(), exitCode]).toEqual(['', 0])
    expect(stderr).toBe('tacho: no approval was asked for in this session.\n')
  })

  test('a log that is damaged is named', async () => {
    const { stdout, stderr, exitCode } = await run({ meta: [answered, { started: {} }] })
    expect(stdout.toString()).toContain('1 approval: 1 allowed')
    expect([stderr, exitCode]).toEqual([
      'tacho: some of this session could not be read; tacho show tells what.\n',
      3,
    ])
  })
})

describe('--json', () => {
  test('is an array in which what is not known is null', async () => {
    const meta = [answered, open, unanswered]
    const json = JSON.parse(await approvals({ isOpen: true, meta }, '--json'))
    expect(json).toEqual([
      {
        kind: 'command',
        what: 'rm -rf build',
        reason: 'May I clean up?',
        offered: ['accept', 'decline'],
        decision: 'accept',
        outcome: 'allowed',
        decidedBy: 'user',
        rule: null,
        askedAt: timeAt(1000),
        waitMs: 12_300,
        open: false,
        left: null,
        cwd: null,
        files: null,
        rationale: null,
        id: '7',
        callId: null,
        threadId: null,
        turnId: null,
        spanId: 'c1',
        session: expect.any(String),
        agent: 'codex',
      },
      expect.objectContaining({
        what: '',
        files: ['a.ts', 'b.ts'],
        decision: null,
        waitMs: null,
        open: true,
        left: 'died',
      }),
      expect.objectContaining({ waitMs: 1500, open: true, left: 'ended' }),
    ])
  })

  test('is an empty array where nothing was asked', async () => {
    expect(await approvals({ meta: [] }, '--json')).toBe('[]\n')
  })
})

test('a session that the real recorder wrote is printed with its answer and its waiting time', async () => {
  const recorded = new RecordedSession()
  const question = { serverName: 'docs', message: 'Which page?', place: PLACE }
  recorded.sees(1000, asks(1, { kind: 'mcp-elicitation', ...question }))
  recorded.sees(3500, answers(1, { action: 'decline' }))
  await recorded.close(4000)
  const { stdout } = await tacho(['approvals', 'last', '--sessions-dir', recorded.directory])
  expect(stdout.toString()).toMatch(
    /mcp-elicitation {2}docs: Which page\? {2}decline +user +2\.5s\n\n1 approval: 1 denied\n/,
  )
})

async function approvals(parts: SessionParts, ...words: string[]): Promise<string> {
  const { stdout, stderr, exitCode } = await run(parts, ...words)
  expect([stderr, exitCode]).toEqual(['', 0])
  return stdout.toString()
}

function run(parts: SessionParts, ...words: string[]) {
  const directory = sessionsDirectory()
  writeSession(directory, { raw: [], ...parts })
  return tacho(['approvals', SESSION_ID, ...words, '--sessions-dir', directory])
}

test('of all sessions, one that cannot be read is named, and the others are listed', async () => {
  const directory = sessionsDirectory()
  writeSession(directory, { meta: [answered] })
  writeSession(directory, { id: '0199a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5d', manifest: { format: 99 } })
  const words = ['approvals', '--all', '--sessions-dir', directory]
  const { stdout, stderr, exitCode } = await tacho(words)
  expect(stdout.toString()).toContain('rm -rf build')
  expect(stderr).toContain('needs a newer Tacho')
  expect(exitCode).toBe(3)
})
