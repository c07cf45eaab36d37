import { createHash } from 'node:crypto'
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { SESSION_FILES } from '@tacho/format'
import {
  readSession,
  rebuildableBytes,
  rebuildSession,
  sealSession,
  verifySession,
} from '@tacho/reader'
import { describe, expect, test } from 'vitest'
import {
  recordExchanges,
  recordSession,
  SESSION_ID,
  startRecording,
} from '../faults/recorded-session.js'
import { eventually } from '../host/index.js'
import { lines, RUN_ID, sessionsDirectory, timeAt, writeSession } from './session-folder.js'

const { raw, meta, events, manifest } = SESSION_FILES

test('the spans of a session made anew are those that it has', async () => {
  const folder = await recorded(4)
  const before = fingerprint(folder)
  let done = 0
  const rebuilt = await rebuild(folder, (bytes) => {
    done += bytes
  })
  expect(rebuilt).toMatchObject({ open: 0, runs: 1, damage: [] })
  expect(await spansOf(rebuilt.folder)).toEqual(await spansOf(folder))
  expect(done).toBe(rebuildableBytes(folder))
  expect(fingerprint(folder), 'the original is as it was').toBe(before)
  expect((await verifySession(rebuilt.folder)).damage).toEqual([])
})

describe('so they are', () => {
  test('of a session that was killed, as far as it came', async () => {
    const root = sessions()
    const recording = startRecording(root)
    recordExchanges(recording, 3)
    const head = { method: 'POST', url: 'http://127.0.0.1:4000/v1/responses', headers: [] }
    recording.exchange({ ...head, provider: 'openai', conversation }).requestEnd()
    // What was seen is interpreted a little after it is written.
    await eventually(async () => {
      const { spans } = await readSession(join(root, SESSION_ID))
      expect([...spans.values()].filter(({ endedAt }) => endedAt === undefined)).toHaveLength(6)
    })
    const copy = join(sessions(), SESSION_ID)
    cpSync(join(root, SESSION_ID), copy, { recursive: true })
    await recording.close({ exitCode: 0 })
    const { folder, open } = await rebuild(copy)
    // The run, its turn, the exchange in flight, and three tools whose end nobody reported.
    expect(open).toBe(6)
    expect(await spansOf(folder)).toEqual(await spansOf(copy))
  })

  test('of a sealed one', async () => {
    const folder = await recorded(3)
    const spans = await spansOf(folder)
    sealSession(folder)
    const rebuilt = await rebuild(folder)
    expect(await spansOf(rebuilt.folder)).toEqual(spans)
    expect((await verifySession(rebuilt.folder)).damage).toEqual([])
  })

  test('of one with a resume, each of its runs', async () => {
    const folder = await recorded(2)
    await recordSession(join(folder, '..'), 3)
    const rebuilt = await rebuild(folder)
    expect(rebuilt.runs).toBe(2)
    expect(await spansOf(rebuilt.folder)).toEqual(await spansOf(folder))
  })

  test('of one that two runs record at the same time', async () => {
    const root = sessions()
    const [one, other] = [startRecording(root), startRecording(root)]
    for (let turn = 0; turn < 3; turn += 1) {
      for (const run of [one, other]) {
        recordExchanges(run, 2)
        await new Promise((resolve) => setImmediate(resolve))
      }
    }
    await other.close({ exitCode: 0 })
    await one.close({ exitCode: 0 })
    const folder = join(root, SESSION_ID)
    const rebuilt = await rebuild(folder)
    expect(rebuilt.runs).toBe(2)
    expect(await spansOf(rebuilt.folder)).toEqual(await spansOf(folder))
  })

  test('of one whose spans are gone', async () => {
    const folder = await recorded(2)
    const spans = await spansOf(folder)
    rmSync(join(folder, meta))
    expect(await spansOf((await rebuild(folder)).folder)).toEqual(spans)
  })

  test('of one whose manifest is gone, which is told', async () => {
    const folder = await recorded(2)
    const spans = await spansOf(folder)
    rmSync(join(folder, manifest))
    const rebuilt = await rebuild(folder)
    expect(rebuilt.damage).toEqual([{ file: manifest, lines: 0, reason: 'not there' }])
    expect(await spansOf(rebuilt.folder)).toEqual(spans)
  })

  test('of one that runs, as it is at that moment', async () => {
    const root = sessions()
    const recording = startRecording(root)
    recordExchanges(recording, 2)
    const rebuilt = await rebuild(join(root, SESSION_ID))
    expect(rebuilt).toMatchObject({ damage: [], runs: 1 })
    expect(rebuilt.open).toBeGreaterThan(0)
    await recording.close({ exitCode: 0 })
  })
})

test('a damaged log of events is read as far as it goes, and its damage is told', async () => {
  const folder = await recorded(2)
  const bytes = readFileSync(join(folder, events))
  const second = bytes.indexOf(10) + 1
  bytes[second + 30] = (bytes[second + 30] ?? 0) ^ 1
  writeFileSync(join(folder, events), bytes.subarray(0, -20))
  const rebuilt = await rebuild(folder)
  expect(rebuilt.damage).toEqual([
    expect.objectContaining({ file: events, line: 2 }),
    expect.objectContaining({ file: events, reason: 'the last line is cut off' }),
  ])
  // The end of the run was in the last line.
  expect(rebuilt.open).toBeGreaterThan(0)
  expect((await readSession(rebuilt.folder)).exchanges).toHaveLength(2)
})

describe('a hostile folder does no harm', () => {
  test('links in place of its files are not followed', async () => {
    const folder = await recorded(2)
    const outside = join(sessionsDirectory(), 'outside')
    renameSync(join(folder, raw), outside)
    symlinkSync(outside, join(folder, raw))
    const rebuilt = await rebuild(folder)
    expect(rebuilt.damage).toContainEqual(
      expect.objectContaining({ file: raw, reason: expect.stringMatching(/symbolic link/) }),
    )
    expect(existsSync(join(rebuilt.folder, raw))).toBe(false)
  })

  const started = {
    kind: 'run-started',
    ...{ command: 'exec', cwd: '/', pid: 1, version: '0', agent: { name: 'codex' }, taps: [] },
  }
  const at = { run: RUN_ID, time: timeAt(0), after: 0 }
  const cases: [what: string, records: object[], damage: number][] = [
    ['times that are none', [{ ...started, ...at, time: 'yesterday' }], 1],
    ['numbers that are texts', [{ ...started, ...at, after: '0' }], 1],
    ['an agent that is a list', [{ ...started, ...at, agent: ['codex'] }], 1],
    ['no run', [{ ...started, time: timeAt(0), after: 0 }], 1],
    [
      'a kind of a later Tacho',
      [
        { ...started, ...at },
        { ...at, kind: 'teleported' },
      ],
      0,
    ],
    ['an agent that nobody knows', [{ ...started, ...at, agent: { name: '__proto__' } }], 0],
    [
      'huge numbers',
      [
        { ...started, ...at, after: 1e300, idleTimeout: 1e300, lateCancel: 1e300 },
        { kind: 'json-rpc', connection: 1e300, from: 'client', message: {}, ...at },
        { kind: 'log-event', name: 'codex.tool_result', happenedAt: 1e300, attributes: {}, ...at },
        { kind: 'run-ended', exitCode: 1e300, ...at },
      ],
      0,
    ],
    [
      'messages of the wrong types',
      [
        { ...started, ...at, taps: ['json-rpc'] },
        ...[{ method: 7 }, { method: 'turn/started', params: 3 }, { id: {}, result: [] }].map(
          (message) => ({ kind: 'json-rpc', connection: 1, from: 'server', message, ...at }),
        ),
        { kind: 'hook', message: { hook_event_name: ['Stop'], tool_input: 5 }, ...at },
        {
          kind: 'log-event',
          name: 'codex.tool_decision',
          attributes: { call_id: {}, 'conversation.id': 4 },
          ...at,
        },
      ],
      0,
    ],
  ]
  test.each(cases)('%s', async (_, records, damage) => {
    const folder = writeSession(sessions())
    writeFileSync(join(folder, events), lines(records), { mode: 0o600 })
    const rebuilt = await rebuild(folder)
    expect(rebuilt.damage.filter(({ file }) => file === events)).toHaveLength(damage)
    for (const line of readFileSync(join(rebuilt.folder, meta), 'utf8').split('\n')) {
      for (const [, nanos] of line.matchAll(/UnixNano":"([^"]*)"/g)) expect(nanos).toMatch(/^\d+$/)
    }
  })
})

describe('a session is refused', () => {
  const cases: [what: string, spoil: (folder: string) => void, why: RegExp][] = [
    ['without events', (folder) => rmSync(join(folder, events)), /before Tacho wrote one/],
    [
      'of a newer format',
      (folder) => writeFileSync(join(folder, manifest), '{"format":99}'),
      /newer Tacho/,
    ],
  ]
  test.each(cases)('%s', async (_, spoil, why) => {
    const folder = await recorded(1)
    spoil(folder)
    const to = sessionsDirectory()
    await expect(rebuildSession(folder, to)).rejects.toThrow(why)
    expect(readdirSync(to)).toEqual([])
  })

  test('where it is there already, and where it would be inside of itself', async () => {
    const folder = await recorded(1)
    const before = readdirSync(folder)
    await expect(rebuildSession(folder, join(folder, '..'))).rejects.toThrow(/is there already/)
    await expect(rebuildSession(folder, folder)).rejects.toThrow(/inside of the session/)
    await expect(rebuildSession(folder, join(folder, 'a/b'))).rejects.toThrow(/inside of the/)
    expect(readdirSync(folder)).toEqual(before)
  })
})

test('a copy is private, whatever the original was, and has no note of what was sent', async () => {
  const folder = await recorded(1)
  writeFileSync(join(folder, SESSION_FILES.export), '', { mode: 0o644 })
  writeFileSync(join(folder, 'rollout-1.jsonl'), '{}\n')
  const rebuilt = await rebuild(folder)
  const names = readdirSync(rebuilt.folder).sort()
  expect(names).toEqual([manifest, SESSION_FILES.log, events, meta, raw].sort())
  const modes = names.map((name) => statSync(join(rebuilt.folder, name)).mode & 0o777)
  expect(new Set(modes)).toEqual(new Set([0o600]))
  expect(statSync(rebuilt.folder).mode & 0o777).toBe(0o700)
})

const conversation = { sessionId: SESSION_ID, threadId: SESSION_ID, turnId: 'turn-1' }

function sessions(): string {
  const root = join(sessionsDirectory(), 'sessions')
  mkdirSync(root, { mode: 0o700 })
  return root
}

async function recorded(exchanges: number): Promise<string> {
  const root = sessions()
  await recordSession(root, exchanges)
  return join(root, SESSION_ID)
}

function rebuild(folder: string, onBytes?: (bytes: number) => void) {
  return rebuildSession(folder, join(sessionsDirectory(), 'rebuilt'), onBytes)
}

/** The spans by id; their order in the file may differ. */
async function spansOf(folder: string) {
  const { spans, damage } = await readSession(folder)
  expect(damage.filter(({ file }) => file !== manifest)).toEqual([])
  return new Map([...spans].sort(([one], [other]) => (one < other ? -1 : 1)))
}

function fingerprint(folder: string): string {
  const hash = createHash('sha256')
  for (const name of readdirSync(folder).sort())
    hash.update(name).update(readFileSync(join(folder, name)))
  return hash.digest('hex')
}
