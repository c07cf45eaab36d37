import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { join } from 'node:path'
import { SESSION_FILES } from '@tacho/format'
import { readLog, verifySession } from '@tacho/reader'
import type { Recording } from '@tacho/recorder'
import { describe, expect, test } from 'vitest'
import { eventually } from '../host/index.js'
import { acknowledged, readAppended, startAppender } from './appender.js'
import { fastDirectory } from './fast-directory.js'
import { recordExchanges, SESSION_ID, startRecording } from './recorded-session.js'

describe('while a session is recorded', () => {
  test('its folder is taken away: the loss is noticed, told and counted, and nothing comes back', async () => {
    const { root, folder, recording, told } = recordingInto()
    rmSync(folder, { recursive: true })
    recordExchanges(recording, 1)
    await eventually(() => expect(recording.latest.lost.exchange).toBe(3))
    recordExchanges(recording, 1)
    await recording.close({ exitCode: 0 })
    expect(recording.latest.lost).toMatchObject({
      exchange: 4,
      'request-body': 4,
      end: 4,
      'run-started': 1,
      'log-event': 4,
      'run-ended': 1,
    })
    const events = join(folder, SESSION_FILES.events)
    expect(told).toContain(`${events} could not be written (REMOVED). The run goes on.`)
    expect(told).toContain(
      `${join(folder, SESSION_FILES.raw)} could not be written (REMOVED). The run goes on.`,
    )
    expect(readdirSync(root)).toEqual([])
  })

  test('one of its files is taken away: the next record begins a new one, behind a gap', async () => {
    const { folder, recording } = recordingInto()
    rmSync(join(folder, SESSION_FILES.raw))
    await eventually(() => expect(recording.latest.lost.exchange).toBe(2))
    recordExchanges(recording, 1)
    await recording.close({ exitCode: 0 })
    const kinds = [...readLog(folder, SESSION_FILES.raw, () => undefined)].map(({ value }) => value)
    expect(kinds[0]).toMatchObject({
      kind: 'gap',
      lost: { exchange: 2, end: 2 },
      reason: 'REMOVED',
    })
    expect(kinds.filter(({ kind }) => kind === 'exchange')).toHaveLength(1)
    expect((await verifySession(folder)).damage).toEqual([])
  })

  test('its folder is moved and a link put in its place: nothing is written where the link points', async () => {
    const { root, folder, recording } = recordingInto()
    const outside = fastDirectory()
    renameSync(folder, join(root, 'moved'))
    symlinkSync(outside, folder)
    recordExchanges(recording, 2)
    await recording.close({ exitCode: 0 })
    expect(readdirSync(outside)).toEqual([])
    const story = [...readLog(join(root, 'moved'), SESSION_FILES.raw, () => undefined)]
    expect(story.filter(({ value }) => value.kind === 'end')).toHaveLength(4)
  })

  test('its root is moved and a link put in its place: nothing is written where the link points', async () => {
    const { root, recording } = recordingInto()
    const outside = fastDirectory()
    const decoy = join(outside, SESSION_ID)
    mkdirSync(decoy, { mode: 0o700 })
    renameSync(root, `${root}.moved`)
    symlinkSync(outside, root)
    recordExchanges(recording, 1)
    // What was open stays open where it was; what is opened now must not be opened elsewhere.
    rmSync(join(`${root}.moved`, SESSION_ID), { recursive: true })
    await eventually(() => expect(recording.latest.lost.exchange).toBeGreaterThan(0))
    recordExchanges(recording, 1)
    await recording.close({ exitCode: 0 })
    expect([readdirSync(outside), readdirSync(decoy)]).toEqual([[SESSION_ID], []])
  })

  test('its folder is removed and a link put in its place: nothing is written where the link points', async () => {
    const { folder, recording } = recordingInto()
    const outside = fastDirectory()
    rmSync(folder, { recursive: true })
    symlinkSync(outside, folder)
    await eventually(() => expect(recording.latest.lost.exchange).toBe(2))
    recordExchanges(recording, 2)
    await recording.close({ exitCode: 0 })
    expect(recording.latest.lost.exchange).toBe(4)
    expect(readdirSync(outside)).toEqual([])
  })

  test('its folder is made read-only: what is open is written on, and nothing is lost', async () => {
    const root = fastDirectory()
    const asNobody = process.getuid?.() === 0
    if (asNobody) chownSync(root, NOBODY, NOBODY)
    const user = asNobody ? ['setpriv', `--reuid=${NOBODY}`, '--clear-groups', '--'] : []
    const work = { root, sessionId: SESSION_ID, name: 'read-only', seed: 3 }
    await using appender = startAppender(work, user)
    await appender.stdout.containing('\n10 true\n')
    const folder = join(root, SESSION_ID)
    chmodSync(folder, 0o500)
    const before = acknowledged(await peek(appender.stdout.bytes)).written.length
    await appender.stdout.containing(`\n${before + 100} true\n`)
    appender.kill('SIGKILL')
    const { written, refused } = acknowledged(await appender.ended)
    expect(refused).toEqual([])
    expect(readAppended(folder).numbers.get('read-only')?.slice(0, written.length)).toEqual(written)
  })
})

const NOBODY = 65534

type Rig = { root: string; folder: string; recording: Recording; told: string[] }

/** A session under record that has two exchanges. */
function recordingInto(): Rig {
  const root = join(fastDirectory(), 'sessions')
  mkdirSync(root, { mode: 0o700 })
  const told: string[] = []
  const recording = startRecording(root, { onTrouble: (sentence) => void told.push(sentence) })
  recordExchanges(recording, 2)
  const folder = join(root, SESSION_ID)
  expect(existsSync(folder)).toBe(true)
  return { root, folder, recording, told }
}

async function peek(stdout: Buffer) {
  return { stdout, stderr: Buffer.alloc(0), exitCode: null, signal: null }
}
