import {
  harJson,
  listSessions,
  perfettoJson,
  ReaderError,
  readSession,
  rebuildSession,
  sealSession,
  sessionParts,
  turnTitle,
  verifySession,
} from '@tacho/reader'
import { describe, expect, test } from 'vitest'
import { ownSpans } from '../agents/rebuilt.js'
import { SessionOnDisk } from '../agents/session-on-disk.js'
import { fixtureSession } from './recorded-fixture.js'
import { sessionsDirectory } from './session-folder.js'

describe.each(['plain', 'tacho-0.1.0'] as const)('the session %s', (name) => {
  test('is whole', async () => {
    const { folder } = fixtureSession(name)
    const { damage } = await verifySession(folder)
    expect(damage).toEqual([])
    expect((await readSession(folder)).damage).toEqual([])
  })

  test('says what each thread and turn is for', async () => {
    const { threads } = await partsOf(name)
    expect(threads.map(({ kind, number, source }) => [kind, number, source])).toEqual([
      ['user', 1, undefined],
      ['title', 1, 'thread_title'],
      ['sub-agent', 1, 'subagent:thread_spawn'],
      ['sub-agent', 2, 'subagent:thread_spawn'],
    ])
    expect(threads.map((thread) => thread.turns.map((turn) => turnTitle(turn, thread)))).toEqual([
      ['turn 1', 'turn 2'],
      ['title'],
      ['sub-agent 1'],
      ['sub-agent 2'],
    ])
  })

  test('says how its exchanges came out', async () => {
    const { exchanges } = await partsOf(name)
    const outcomes = exchanges.slice(0, 9).map(({ outcome }) => outcome)
    expect(outcomes).toEqual([...Array(8).fill('completed'), 'failed'])
    expect(exchanges[8]?.error).toMatchObject({ type: 'server_error' })
    expect(exchanges[7]?.requestKind).toBe('compaction:auto')
  })
})

test('what is asked, run and ended has an outcome beside the word of the agent', async () => {
  const { approvals, tools, turns } = await partsOf('plain')
  expect(approvals.map(({ outcome, decision }) => [outcome, decision])).toEqual([
    ['allowed', 'accept'],
  ])
  expect(tools.map(({ outcome, status }) => [outcome, status])).toEqual([
    ['failed', 'failed'],
    ['completed', 'completed'],
    ['declined', 'declined'],
  ])
  expect(turns.map(({ outcome }) => outcome)).toEqual([
    'completed',
    'unknown',
    'unknown',
    'unknown',
    'failed',
  ])
})

test('its spans, made anew of what was seen, are those that were recorded', async () => {
  const { folder } = fixtureSession('plain')
  const rebuilt = await rebuildSession(folder, sessionsDirectory())
  const [before, after] = [folder, rebuilt.folder].map((one) => ownSpans(new SessionOnDisk(one)))
  expect(after).toEqual(before)
})

describe('a session of a format that is not there yet', () => {
  const { directory, folder } = fixtureSession('future')

  test('is listed as such, and nothing of it is counted', () => {
    const [summary] = listSessions([directory])
    expect(summary).toMatchObject({ newerFormat: 2, usage: {}, damage: [] })
    for (const unknown of ['exchanges', 'ended', 'startedAt', 'durationMs', 'agentVersion'])
      expect(summary).not.toHaveProperty(unknown)
  })

  for (const [name, read] of [
    ['read', () => readSession(folder)],
    ['rebuilt', () => rebuildSession(folder, sessionsDirectory())],
    ['sealed', async () => sealSession(folder)],
  ] as const)
    test(`is not ${name}`, async () => {
      const error = await read().then(
        () => undefined,
        (cause: unknown) => cause,
      )
      expect(error).toBeInstanceOf(ReaderError)
      expect((error as ReaderError).code).toBe('newer-format')
      expect((error as ReaderError).message).toContain('needs a newer Tacho')
    })
})

test.each(['plain', 'tacho-0.1.0'] as const)('the session %s can be exported', async (name) => {
  const session = await readSession(fixtureSession(name).folder)
  const trace = JSON.parse([...perfettoJson(session)].join(''))
  const names = trace.traceEvents.map((event: { name: string }) => event.name)
  expect(names).toEqual(expect.arrayContaining(['turn 1', 'title', 'sub-agent 1', 'sub-agent 2']))
  const { folder, id } = session
  const har = JSON.parse([...harJson({ folder, id, version: '0.1.0' })].join(''))
  expect(har.log.entries).toHaveLength(10)
})

async function partsOf(name: 'plain' | 'tacho-0.1.0') {
  return sessionParts(await readSession(fixtureSession(name).folder))
}
