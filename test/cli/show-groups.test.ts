import { describe, expect, test } from 'vitest'
import { FIXTURE_ID, fixtureSession } from '../reader/recorded-fixture.js'
import {
  endedSpan,
  exchangeRecords,
  RUN_ID,
  SESSION_ID,
  sessionsDirectory,
  spansOfTwo,
  startedSpan,
  TURN,
  timeAt,
  twoExchanges,
  writeSession,
} from '../reader/session-folder.js'
import { tacho } from './tacho.js'

const OTHER_THREAD = '0199a1b2-0000-7000-8000-00000000000b'
const OTHER_TURN = '0199a1b2-0000-7000-8000-000000000002'

describe('a turn of each thread stands under its own heading, whatever goes on beside it', () => {
  test('with what is asked and run in it', async () => {
    expect(outline(await showFixture('plain'))).toEqual([
      '+0.100s turn 1',
      '1 +0.100s POST /v1/responses',
      '+0.420s tool exec_command "npm test": failed after 1.2s, exit code 1',
      '+0.430s approval command "npm test": allowed by the user after 1.0s',
      '3 +1.650s POST /v1/responses',
      '7 +2.700s POST /v1/responses',
      '+0.150s title',
      '2 +0.150s POST /v1/responses',
      '+2.000s sub-agent 1',
      '4 +2.000s POST /v1/responses',
      '+2.220s tool exec_command "cat a.test.js": completed after 80ms, exit code 0',
      '6 +2.400s POST /v1/responses',
      '+2.050s sub-agent 2',
      '5 +2.050s POST /v1/responses',
      '+2.260s tool exec_command "rm -rf build": declined after 50ms',
      '+4.000s turn 2',
      '8 +4.000s POST /v1/responses (compaction)',
      '9 +4.300s POST /v1/responses',
      '10 +4.800s POST /v1/alpha/search',
    ])
  })

  test('also where Tacho 0.1.0 recorded it', async () => {
    const headings = outline(await showFixture('tacho-0.1.0')).filter((row) => /^\+/.test(row))
    expect(headings).toEqual([
      '+0.100s turn 1',
      '+0.150s title',
      '+2.000s sub-agent 1',
      '+2.050s sub-agent 2',
      '+4.000s turn 2',
    ])
  })

  test('and --json has threads and turns with what they are for', async () => {
    const { threads, turns, tools, approvals, exchanges } = JSON.parse(
      await showFixture('plain', '--json'),
    )
    expect(threads).toMatchObject([
      { kind: 'user', source: null, number: 1, id: FIXTURE_ID },
      { kind: 'title', source: 'thread_title', number: 1 },
      { kind: 'sub-agent', source: 'subagent:thread_spawn', number: 1 },
      { kind: 'sub-agent', source: 'subagent:thread_spawn', number: 2 },
    ])
    expect(turns.map((turn: Record<string, unknown>) => [turn.kind, turn.number])).toEqual([
      ['user', 1],
      ['title', 1],
      ['sub-agent', 1],
      ['sub-agent', 1],
      ['user', 2],
    ])
    expect(turns[4]).toMatchObject({ outcome: 'failed', status: 'failed', threadId: FIXTURE_ID })
    expect(threads[0].turns).toEqual([turns[0].id, turns[4].id])
    expect(tools).toMatchObject([
      { name: 'exec_command', command: 'npm test', outcome: 'failed', exitCode: 1 },
      { outcome: 'completed' },
      { outcome: 'declined', exitCode: null },
    ])
    expect(approvals).toMatchObject([{ outcome: 'allowed', decision: 'accept' }])
    expect(exchanges[7].requestKind).toBe('compaction:auto')
  })
})

test('a thread of which nobody tells what it is for is no turn of the user', async () => {
  const text = await show({
    meta: [
      ...spansOfTwo().map((span) => JSON.parse(JSON.stringify(span))),
      endedSpan({
        id: 'd1',
        parent: RUN_ID,
        name: 'invoke_agent codex',
        start: 200,
        end: 300,
        attributes: {
          'gen_ai.conversation.id': OTHER_THREAD,
          'tacho.turn.id': OTHER_TURN,
        },
      }),
      endedSpan({
        id: 'd2',
        parent: RUN_ID,
        name: 'invoke_agent codex',
        start: 2000,
        end: 2100,
        attributes: { 'gen_ai.conversation.id': SESSION_ID },
      }),
    ],
  })
  expect(outline(text)).toEqual([
    '+0.050s turn 1',
    '1 +0.100s POST /v1/responses',
    '2 +1.400s POST /v1/responses',
    '+0.200s other thread',
    '+2.000s turn 2',
  ])
})

test('what a thread does outside of a turn stands below the thread, the rest below the session', async () => {
  const metadata = (more: object): [string, string] => [
    'x-codex-turn-metadata',
    JSON.stringify(more),
  ]
  const raw = [
    ...exchangeRecords({ id: 'a'.repeat(16), start: 10 }),
    {
      ...exchangeRecords({ id: 'b'.repeat(16), start: 20 })[0],
      threadId: OTHER_THREAD,
      headers: [metadata({ thread_source: 'subagent', subagent_kind: 'review' })],
    },
  ]
  expect(outline(await show({ raw, meta: [] }))).toEqual([
    '1 +0.010s POST /v1/responses',
    '+0.020s review',
    '2 +0.020s POST /v1/responses',
  ])
})

test('a tool that says its turn stands there, wherever its span hangs', async () => {
  const meta = [
    ...spansOfTwo(),
    startedSpan({ id: 'd1', parent: RUN_ID, name: 'invoke_agent codex', start: 500 }),
    endedSpan({
      id: 'd2',
      parent: 'd1',
      name: 'execute_tool exec_command',
      start: 600,
      end: 700,
      attributes: { 'tacho.turn.id': TURN, 'tacho.tool.status': 'interrupted' },
    }),
  ]
  expect(outline(await show({ meta, isOpen: true }))).toEqual([
    '+0.050s turn 1',
    '1 +0.100s POST /v1/responses',
    '+0.600s tool exec_command: cancelled after 100ms',
    '2 +1.400s POST /v1/responses',
    '+0.500s turn 2',
  ])
})

test('what is of a run stands below it, whatever goes on at the same time', async () => {
  const other = '00000000000000ab'
  const runs = [RUN_ID, other].map((id, index) => ({
    id,
    startedAt: timeAt(index * 1000),
    endedAt: timeAt(9000),
    ended: { exitCode: 0 },
    command: 'exec',
    argv: ['exec'],
  }))
  const late = exchangeRecords({ id: 'c'.repeat(16), start: 1300 }).map((record) =>
    record.kind === 'exchange' ? { ...record, run: other } : record,
  )
  const text = await show({ manifest: { runs: runs as never }, raw: [...twoExchanges(), ...late] })
  expect(outline(text).map((row) => row.replace(/,.*/, ''))).toEqual([
    'run 1',
    '+0.050s turn 1',
    '1 +0.100s POST /v1/responses',
    '2 +1.400s POST /v1/responses',
    'run 2',
    '3 +1.300s POST /v1/responses',
  ])
})

test('a hostile name of a thread, a kind or a tool moves no cursor', async () => {
  const evil = '\u001b[2J\u202e'
  const text = await show({
    meta: [
      ...spansOfTwo(),
      endedSpan({
        id: 'd1',
        name: `invoke_agent ${evil}`,
        start: 5,
        attributes: {
          'gen_ai.conversation.id': evil,
          'tacho.thread.source': evil,
          'tacho.turn.status': evil,
        },
      }),
      endedSpan({
        id: 'd2',
        name: `execute_tool ${evil}`,
        start: 6,
        attributes: { 'tacho.tool.status': evil, 'tacho.tool.outcome': evil },
      }),
      endedSpan({
        id: 'd3',
        name: `approval ${evil}`,
        start: 7,
        attributes: { 'tacho.approval.decision': evil, 'tacho.approval.outcome': evil },
      }),
    ],
  })
  expect(text).not.toContain('\u001b')
  expect(text).not.toContain('\u202e')
  expect(text).toContain('other thread')
})

describe('what is not known is not 0', () => {
  const raw = [exchangeRecords({ id: 'a'.repeat(16), state: 'in-flight' })[0] as object]

  test('of an exchange of which nothing but its beginning is there', async () => {
    const text = await show({ raw, meta: [], isOpen: true })
    expect(text).not.toMatch(/ 0 B/)
    const { exchanges } = JSON.parse(await show({ raw, meta: [], isOpen: true }, '--json'))
    expect(exchanges).toMatchObject([
      { requestBytes: null, responseBytes: null, usage: null, durationMs: null, outcome: null },
    ])
  })

  test('of a question that a rule of the configuration settled, as Tacho 0.1.0 told it', async () => {
    const attributes = {
      'tacho.approval.decision': 'accept',
      'tacho.approval.decided_by': 'rule',
      'tacho.approval.wait_ms': 0,
    }
    const meta = [endedSpan({ id: 'd1', name: 'approval command', start: 5, attributes })]
    expect(await show({ meta })).toMatch(/approval command: allowed by a rule\n/)
  })

  test('of a folder of a format that is not there yet', async () => {
    const { directory } = fixtureSession('future')
    const listed = await tacho(['ls', '--json', '--sessions-dir', directory])
    expect(JSON.parse(listed.stdout.toString())).toMatchObject([
      { newerFormat: 2, exchanges: null, durationMs: null, ended: null },
    ])
    const table = await tacho(['ls', '--sessions-dir', directory])
    expect(table.stdout.toString()).toMatch(/unknown +format 2: needs a newer Tacho\n/)
    for (const command of ['show', 'approvals', 'cancellations']) {
      const { exitCode, stderr } = await tacho([command, 'last', '--sessions-dir', directory])
      expect([command, exitCode]).toEqual([command, 1])
      expect(stderr).toContain('has format 2 and needs a newer Tacho')
    }
  })
})

/** The rows of the time line: number, time and words. */
function outline(text: string): string[] {
  const lines = text.split('\n')
  const first = lines.findIndex((line) => /^ *# +start/.test(line)) + 1
  return lines
    .slice(first)
    .filter((line) => line !== '')
    .map((line) => line.trim().replaceAll(/ +/g, ' '))
    .map((line) => (/^run /.test(line) ? line : words(line)))
}

// Of an exchange or a heading, without the columns after it.
function words(line: string): string {
  return (
    /^(?:\d+ )?\+\S+ (?:(?:POST|GET) \S+(?: \(\w+\))?|turn \d+|title|review|sub-agent \d+|other thread)/.exec(
      line,
    )?.[0] ?? line
  )
}

async function showFixture(name: 'plain' | 'tacho-0.1.0', ...more: string[]): Promise<string> {
  return shown(fixtureSession(name).directory, more)
}

async function show(parts: Parameters<typeof writeSession>[1], ...more: string[]) {
  const directory = sessionsDirectory()
  writeSession(directory, parts)
  return shown(directory, more)
}

async function shown(directory: string, more: string[]): Promise<string> {
  const { stdout, stderr, exitCode } = await tacho([
    ...['show', 'last', ...more],
    ...['--sessions-dir', directory],
  ])
  expect([stderr, exitCode]).toEqual(['', 0])
  return stdout.toString()
}
