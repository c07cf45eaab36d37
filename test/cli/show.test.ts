import { spawn } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SESSION_FILES } from '@tacho/format'
import { describe, expect, onTestFinished, test } from 'vitest'
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
import { type Finished, tacho } from './tacho.js'

const turn = '00000000000000bb'

describe('show --json', () => {
  test('is one object with the session and its exchanges', async () => {
    const session = await showJson({ isOpen: true })
    expect(session.session).toMatchObject({
      id: SESSION_ID,
      agent: 'codex',
      startedAt: timeAt(0),
      endedAt: null,
      ended: 'died',
    })
    expect(session.exchanges).toMatchObject([
      {
        number: 1,
        id: '1111111111111111',
        state: 'completed',
        status: 200,
        startedAt: timeAt(100),
        firstChunkMs: 120,
        durationMs: 1200,
        requestBytes: 18,
        responseBytes: 22,
        model: 'gpt-5.1',
        usage: { inputTokens: 1200, outputTokens: 34 },
      },
      {
        number: 2,
        id: '2222222222222222',
        state: 'in-flight',
        durationMs: null,
        requestBytes: 30,
        responseBytes: 8,
        model: 'gpt-5.1',
        usage: null,
      },
    ])
    expect(session.turns).toMatchObject([{ id: turn, name: 'invoke_agent codex', endedAt: null }])
    expect([session.gaps, session.damage]).toEqual([[], []])
    expect([session.approvals, session.cancellations]).toEqual([[], []])
  })

  test('has approvals, cancellations and their totals', async () => {
    const session = await showJson({
      isOpen: true,
      meta: [...spansOfTwo(), ...askedAndCancelled()],
    })
    expect(session.approvals).toMatchObject([
      { kind: 'command', decision: 'accept', waitMs: 80, open: false },
      { kind: 'file-change', decision: null, waitMs: null, open: true },
    ])
    expect(session.cancellations).toMatchObject([{ origin: 'user' }, { origin: 'signal' }])
    expect(session.totals).toEqual({
      approvals: {
        count: 2,
        waitedMs: 80,
        longestMs: 80,
        open: 1,
        byDecision: { accept: 1 },
        byOutcome: { allowed: 1 },
      },
      cancellations: {
        count: 2,
        byOrigin: { user: 1, signal: 1 },
        medianMs: 25,
        longestMs: 25,
      },
    })
  })

  test('tells how exchanges were cancelled and failed', async () => {
    const error = { side: 'upstream' as const, code: 'ECONNRESET', message: 'reset' }
    const raw = [
      ...exchangeRecords({ id: 'a'.repeat(16), state: 'cancelled', chunks: ['x'] }),
      ...exchangeRecords({ id: 'b'.repeat(16), state: 'failed', status: 0, error }),
    ]
    expect((await showJson({ raw, meta: [] })).exchanges).toMatchObject([
      { state: 'cancelled', error: null, model: null },
      { state: 'failed', status: null, firstChunkMs: null, error },
    ])
  })
})

describe('the state of an exchange is what became of its answer', () => {
  const id = 'a'.repeat(16)
  test.each<[words: RegExp, attributes: Record<string, string>]>([
    [/ completed$/m, { 'tacho.exchange.outcome': 'completed' }],
    [
      / failed: server_error$/m,
      { 'tacho.exchange.outcome': 'failed', 'error.type': 'server_error' },
    ],
    [
      / incomplete: max_tokens$/m,
      { 'tacho.exchange.outcome': 'incomplete', 'error.type': 'max_tokens' },
    ],
    [/ truncated$/m, { 'tacho.exchange.outcome': 'truncated', 'error.type': 'truncated' }],
    [/ unreadable$/m, { 'tacho.exchange.outcome': 'unreadable', 'error.type': 'unreadable' }],
    [/ failed: rate_limit_exceeded$/m, { 'error.type': 'rate_limit_exceeded' }],
    [/ completed$/m, {}],
  ])('%s', async (words, attributes) => {
    const parts = {
      raw: exchangeRecords({ id, chunks: ['x'] }),
      meta: [endedSpan({ id, name: 'chat m', start: 0, attributes })],
    }
    expect(await show(parts)).toMatch(words)
    const outcome = attributes['tacho.exchange.outcome']
    if (outcome !== undefined && outcome !== 'completed')
      expect(await show(parts)).toMatch(new RegExp(`exchanges 1: 1 ${outcome}`))
  })

  test('a number of tokens that nobody told is not there', async () => {
    const raw = exchangeRecords({ id, chunks: ['x'] })
    const attributes = { 'gen_ai.usage.output_tokens': 5 }
    const text = await show({
      raw,
      meta: [endedSpan({ id, name: 'chat m', start: 0, attributes })],
    })
    expect(text).toMatch(/ 5 out +completed/)
    expect(text).toMatch(/tokens +5 out\n/)
    expect(text).not.toContain('?')
  })
})

describe('show for people', () => {
  test('times are exact to the millisecond, however long it goes on', async () => {
    const starts = [0, 59_999, 60_000, 3_599_123, 7_265_123, 7_265_124, 93_784_007]
    const raw = starts.flatMap((start, number) =>
      exchangeRecords({ id: `000000000000000${number}`, start, chunks: ['x'] }),
    )
    const text = await show({ raw, meta: [] })
    for (const time of [
      ...['+0.000s', '+59.999s', '+1m 00.000s', '+59m 59.123s', '+2h 01m 05.123s'],
      ...['+2h 01m 05.124s', '+1d 02h 03m 04.007s'],
    ]) {
      expect(text).toContain(` ${time}  POST`)
    }
  })

  test('-n shows the last entries, below the turn that they are of', async () => {
    const shown = await show({}, '-n', '1')
    expect(shown).toMatch(/^1 earlier entry is left out\n.*#/m)
    expect(shown).toMatch(/turn 1.*\n *2 +\+1\.400s/)
    expect(shown).not.toContain('+0.100s')
  })

  test('a prompt of 125 kB on the command line is not printed whole', async () => {
    const argv = ['exec', `why ${'on earth '.repeat(14_000)}`]
    const text = await show({ run: { argv } })
    expect(text).toMatch(/command +codex exec 'why on earth .{100,300}…'\n/)
    expect(text.length).toBeLessThan(3000)
  })

  test('what went wrong stands above the time line, with its number and why', async () => {
    const error = { side: 'upstream' as const, code: 'ECONNRESET', message: 'it hung up' }
    const raw = [1, 2, 3, 4, 5, 6, 7, 8].flatMap((number) =>
      exchangeRecords({ id: `000000000000000${number}`, state: 'failed', error }),
    )
    const text = await show({ raw, meta: [] })
    expect(text).toMatch(
      /\nerrors\n {2}1 {2}failed: ECONNRESET, it hung up\n(.*\n){4} {2}and 3 more\n/,
    )
    expect(text.indexOf('errors')).toBeLessThan(text.indexOf('#  '))
  })

  test('what is not known is not there: no times, no counts, no tokens', async () => {
    const directory = sessionsDirectory()
    const folder = writeSession(directory, { manifest: 'none', meta: [], raw: [] })
    rmSync(join(folder, SESSION_FILES.raw))
    const { stdout, exitCode } = await tacho(['show', '--sessions-dir', directory])
    expect(stdout.toString()).not.toMatch(/^ +(exchanges|tokens|cwd|command|started) /m)
    expect(stdout.toString()).not.toContain('?')
    expect(exitCode).toBe(3)
  })

  test('what was in flight when it died is marked so', async () => {
    const text = await show({ isOpen: true })
    expect(text).toContain(`session ${SESSION_ID}`)
    expect(text).toMatch(/agent +codex 0\.169\.0, recorded by Tacho 0\.1\.0/)
    expect(text).toMatch(
      /ended +died: its end was not recorded; last sign of life 2026-11-23 10:00:01/,
    )
    expect(text).toContain(`why       tacho explain ${SESSION_ID}\n`)
    expect(text).toMatch(/command +codex exec --persist-session 'fix it'/)
    expect(text).toMatch(/exchanges 2: 1 in flight/)
    expect(text).toMatch(
      /1 +\+0\.100s +POST \/v1\/responses +gpt-5\.1 +200 +120ms +1\.2s +18 B +22 B +1\.2k\/34 +completed/,
    )
    expect(text).toMatch(/2 +\+1\.400s +POST .* 30 B +8 B +in flight when it died/)
  })

  test('a session that ended well has no why', async () => {
    expect(await show({})).not.toMatch(/^ +why /m)
  })

  test('a session that is running says so, and so does what is in flight', async () => {
    const child = spawn('sleep', ['60'])
    onTestFinished(() => {
      child.kill('SIGKILL')
    })
    const text = await show({ isOpen: true, run: { pid: child.pid ?? 0 } })
    expect(text).toMatch(/ended +running\n/)
    expect(text).toMatch(/ in flight\n/)
    expect(text).not.toContain('died')
  })

  test('approvals, tools and cancellations are in the time line in words, other spans in columns', async () => {
    const text = await show({ isOpen: true, meta: [...spansOfTwo(), ...askedAndCancelled()] })
    const told = [
      /\n {3}\+1\.310s +approval command "rm -rf x": allowed by the user after 80ms\n/,
      /\n {3}\+1\.391s +tool exec_command "rm -rf x": failed after 4ms, exit code 1\n/,
      /\n {3}\+1\.392s +something new +1ms\n/,
      /\n2 {2}\+1\.400s +POST /,
      /\n {3}\+1\.450s +approval file-change "a\.ts, b\.ts": open when the session died\n/,
      /\n {3}\+1\.460s +cancelled by the user \(turn\/interrupt\): stopped #2, tool exec_command after 8 B, released in 25ms\n/,
      /\n {3}\+1\.470s +cancelled by a signal \(SIGINT\): in flight when the session died\n/,
    ]
    const places = told.map((line) => text.search(line))
    expect(places, text).not.toContain(-1)
    expect(places).toEqual(places.toSorted((one, other) => one - other))
    expect(text).toMatch(/approvals +2: waited 80ms in all, 80ms at the longest, 1 open\n/)
    expect(text).toMatch(/cancellations 2: 1 user, 1 signal\n/)
  })

  test('gaps and damage are told at the end', async () => {
    const gap = {
      kind: 'gap',
      time: timeAt(1500),
      since: timeAt(1450),
      lost: { chunk: 12, end: 1 },
      bytes: 4096,
      reason: 'ENOSPC: no space left on device',
    }
    const shown = await shownAs({ raw: [...twoExchanges(), gap, { kind: 'end' }] })
    expect([shown.stderr, shown.exitCode]).toEqual([
      'tacho: some of this session could not be read; the end of the output tells what.\n',
      3,
    ])
    const text = shown.stdout.toString()
    expect(text).toMatch(
      /gaps\n {2}12 chunk, 1 end lost since 2026-11-23 10:00:01, 4\.1 kB: ENOSPC: no space left on device\n/,
    )
    expect(text).toMatch(
      /damage\n {2}session_oai_raw\.log, line 12, byte \d+: not a record of this log\n$/,
    )
  })

  test('a session without exchanges has no table', async () => {
    const text = await show({ raw: [], meta: [] })
    expect(text).toMatch(/exchanges 0\n/)
    expect(text).not.toContain('state')
  })

  test('each run of a resumed session is in the time line', async () => {
    const run = {
      id: RUN_ID,
      startedAt: timeAt(0),
      endedAt: timeAt(50),
      ended: { exitCode: 0 },
      command: 'exec',
      argv: ['exec'],
    }
    const resumed = {
      ...run,
      id: '00000000000000ab',
      startedAt: timeAt(1350),
      argv: ['resume'],
      ended: { signal: 'SIGTERM' },
    }
    const text = await show({ manifest: { runs: [run, resumed] as never } })
    expect(text).toMatch(/run 1, 2026-11-23 10:00:00, completed: codex exec\n/)
    expect(text).toMatch(/run 2, 2026-11-23 10:00:01, ended by SIGTERM: codex resume\n/)
    const { ended: _, endedAt: _endedAt, ...died } = run
    const afterDeath = await show({
      isOpen: true,
      manifest: { runs: [died, { ...resumed, startedAt: timeAt(1600) }] as never },
    })
    expect(afterDeath).toMatch(/run 1, 2026-11-23 10:00:00, died: codex exec\n/)
    expect(afterDeath).toMatch(/2 +\+1\.400s +POST .* in flight when it died\n/)
    expect(afterDeath).not.toContain('in flight when it ended')
  })
})

for (const [name, words, exitCode, told] of [
  ['an unknown session', ['nope'], 1, ['no session nope', 'Looked in', 'tacho ls']],
  ['two things at once', ['--json', '--follow'], 2, ['--json does not go with --follow']],
  ['no session named, and the last one of a format from the future', [], 1, ['format 99']],
  ['a format from the future', ['last'], 1, ['has format 99 and needs a newer Tacho']],
] as const) {
  test(`${name} ends with exit code ${exitCode} and says what to do`, async () => {
    const directory = sessionsDirectory()
    writeSession(directory, { manifest: { format: 99 } })
    const shown = await tacho(['show', ...words, '--sessions-dir', directory])
    expect([shown.stdout.toString(), shown.exitCode]).toEqual(['', exitCode])
    for (const part of told) expect(shown.stderr).toContain(part)
  })
}

// The spans of a turn with a question, a tool and a cancellation.
function askedAndCancelled(): object[] {
  return [
    endedSpan({
      id: 'c1',
      parent: turn,
      name: 'approval command',
      start: 1310,
      end: 1390,
      attributes: {
        'tacho.approval.kind': 'command',
        'tacho.approval.what': 'rm -rf x',
        'tacho.approval.decision': 'accept',
        'tacho.approval.decided_by': 'user',
        'tacho.approval.wait_ms': 80,
        'tacho.turn.id': TURN,
      },
    }),
    endedSpan({
      id: 'c2',
      parent: turn,
      name: 'execute_tool exec_command',
      start: 1391,
      end: 1395,
      attributes: {
        'tacho.tool.command': 'rm -rf x',
        'tacho.tool.status': 'failed',
        'tacho.tool.exit_code': 1,
      },
    }),
    endedSpan({ id: 'c3', parent: 'c2', name: 'something new', start: 1392, end: 1393 }),
    startedSpan({
      id: 'c4',
      parent: turn,
      name: 'approval file-change',
      start: 1450,
      attributes: { 'tacho.approval.files': ['a.ts', 'b.ts'] },
    }),
    endedSpan({
      id: 'c5',
      parent: turn,
      name: 'cancellation',
      start: 1460,
      end: 1490,
      attributes: {
        'tacho.cancellation.origin': 'user',
        'tacho.cancellation.reason': 'turn/interrupt',
      },
      links: ['2222222222222222', 'c2', turn],
      events: [
        ['signalled', 1470],
        ['released', 1485],
      ],
    }),
    startedSpan({
      id: 'c6',
      parent: turn,
      name: 'cancellation',
      start: 1470,
      attributes: {
        'tacho.cancellation.origin': 'signal',
        'tacho.cancellation.reason': 'SIGINT',
      },
    }),
  ]
}

type Parts = Parameters<typeof writeSession>[1]

async function shownAs(parts: Parts, ...words: string[]): Promise<Finished> {
  const directory = sessionsDirectory()
  writeSession(directory, parts)
  return tacho(['show', SESSION_ID, ...words, '--sessions-dir', directory])
}

async function show(parts: Parts, ...words: string[]): Promise<string> {
  const shown = await shownAs(parts, ...words)
  expect([shown.stderr, shown.exitCode]).toEqual(['', 0])
  return shown.stdout.toString()
}

async function showJson(parts: Parts): Promise<Record<string, unknown>> {
  return JSON.parse(await show(parts, '--json'))
}

test('the transcript is named, and that nobody has scrubbed it', async () => {
  const directory = sessionsDirectory()
  const folder = writeSession(directory)
  writeFileSync(join(folder, 'rollout-1.jsonl'), '{}\n')
  const { stdout } = await tacho(['show', 'last', '--sessions-dir', directory])
  expect(stdout.toString()).toContain("rollout-1.jsonl: codex's own, not scrubbed")
})
