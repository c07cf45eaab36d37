import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import {
  chmodSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { SESSION_FILES } from '@tacho/format'
import { verifySession } from '@tacho/reader'
import { afterAll, describe, expect, test } from 'vitest'
import { acknowledged, readAppended, startAppender } from './appender.js'
import { extent } from './extent.js'
import { fastDirectory } from './fast-directory.js'
import { recordExchanges, recordSession, SESSION_ID, startRecording } from './recorded-session.js'

const PROCESSES = extent(6, 100)
const sums = { processes: 0 }
afterAll(() => console.log(`starting: ${sums.processes} processes at once`))

describe('files are 0600 and folders 0700', () => {
  test.each(['000', '022', '077', '277'])('with umask %s', async (umask) => {
    const root = join(fastDirectory(), 'sessions')
    const masked = ['bash', '-c', `umask ${umask}; exec "$@"`, 'bash']
    const work = { root, sessionId: SESSION_ID, name: 'masked', seed: 1, records: 5 }
    await using appender = startAppender(work, masked)
    expect((await appender.ended).exitCode).toBe(0)
    expect((await verifySession(join(root, SESSION_ID))).damage).toEqual([])
  })

  test('where an earlier run left them open to others', async () => {
    const root = fastDirectory()
    await recordSession(root, 1)
    const folder = join(root, SESSION_ID)
    for (const file of readdirSync(folder)) chmodSync(join(folder, file), 0o644)
    await recordSession(root, 1)
    expect((await verifySession(folder)).damage).toEqual([])
  })
})

describe('nothing is recorded, and one line says why, where the root', () => {
  const roots: [what: string, put: (root: string) => void, why: RegExp][] = [
    ['can be written by others', (root) => mkdirOf(root, 0o777), /Run: chmod go-w/],
    ['can be written by the group', (root) => mkdirOf(root, 0o770), /Run: chmod go-w/],
    ['is a link', (root) => symlinkSync(fastDirectory(), root), /symbolic link/],
    ['is a file', (root) => writeFileSync(root, ''), /not a folder|file is in its/],
    ['is a link to nothing', (root) => symlinkSync(`${root}-gone`, root), /./],
  ]
  test.each(roots)('%s', (_, put, why) => {
    const root = join(fastDirectory(), 'sessions')
    put(root)
    expect(() => startRecording(root)).toThrow(
      expect.objectContaining({ name: 'CannotRecord', message: expect.stringMatching(why) }),
    )
  })
})

test('nothing is recorded in a place that takes no folders, and that is said at once', () => {
  expect(() => startRecording('/proc/tacho/sessions')).toThrow(
    expect.objectContaining({ name: 'CannotRecord' }),
  )
})

describe('what stands in place of a file is not written to, and the run goes on', () => {
  const outside = join(fastDirectory(), 'outside')
  const replacements: [what: string, put: (path: string) => void][] = [
    ['a link to a file', (path) => symlinkSync(outside, path)],
    ['a second name of a file', (path) => linkSync(outside, path)],
    ['a FIFO', (path) => void execFileSync('mkfifo', [path])],
    ['a link to a device', (path) => symlinkSync('/dev/full', path)],
    ['a folder', (path) => mkdirSync(path)],
  ]
  const { raw, meta, events, log } = SESSION_FILES
  for (const file of [raw, meta, events, log]) {
    test.each(replacements)(`${file}: %s`, async (_, put) => {
      const { folder, told } = await resumeAfter(file, put)
      expect(readFileSync(outside, 'utf8')).toBe('not ours')
      expect(told).toHaveLength(1)
      expect(told[0]).toMatch(/could not be written \(E(LOOP|PERM|ISDIR|NXIO)\). The run goes on.$/)
      const others = [raw, meta].filter((name) => name !== file)
      for (const name of others) {
        expect(
          readFileSync(join(folder, name), 'utf8').trimEnd().split('\n').length,
        ).toBeGreaterThan(9)
      }
    })
  }

  test.each(replacements)(`${SESSION_FILES.manifest}: %s`, async (what, put) => {
    await resumeAfter(SESSION_FILES.manifest, put)
    expect(readFileSync(outside, 'utf8'), what).toBe('not ours')
  })

  async function resumeAfter(file: string, put: (path: string) => void) {
    writeFileSync(outside, 'not ours')
    const root = fastDirectory()
    await recordSession(root, 1)
    const folder = join(root, SESSION_ID)
    rmSync(join(folder, file))
    put(join(folder, file))
    const told: string[] = []
    const recording = startRecording(root, { onTrouble: (sentence) => void told.push(sentence) })
    recordExchanges(recording, 2)
    await recording.close({ exitCode: 0 })
    return { folder, told }
  }
})

test(`${PROCESSES} processes that start at once have a session each, and all that they wrote`, async () => {
  const root = join(fastDirectory(), 'sessions')
  const ids = Array.from({ length: PROCESSES }, () => randomUUID())
  const started = ids.map((sessionId, index) =>
    startAppender({ root, sessionId, name: sessionId, seed: index, records: 3 }),
  )
  const ended = await Promise.all(started.map((appender) => appender.ended))
  expect(ended.map((one) => [one.exitCode, one.stderr.toString()])).toEqual(ids.map(() => [0, '']))
  expect(ended.map((one) => acknowledged(one).written.length)).toEqual(ids.map(() => 3))
  expect(readdirSync(root).sort()).toEqual([...ids].sort())
  for (const id of ids) {
    expect(readAppended(join(root, id))).toEqual({
      numbers: new Map([[id, [1, 2, 3]]]),
      events: new Map([[id, [1, 2, 3]]]),
      eventDamage: [],
      gaps: [],
      damage: [],
    })
  }
  sums.processes += PROCESSES
})

function mkdirOf(path: string, mode: number): void {
  mkdirSync(path)
  chmodSync(path, mode)
}
