import {
  chmodSync,
  closeSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { SESSION_FILES } from '@tacho/format'
import { listSessions, type SessionSummary } from '@tacho/reader'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { forgetSession } from '../../../packages/reader/dist/session-index/forget-session.js'
import { tacho } from '../../cli/tacho.js'
import { eventually } from '../../host/index.js'
import { manifestOf, sessionsDirectory, timeAt, writeSession } from '../session-folder.js'

const ids = ['1', '2', '3'].map((digit) => `0199a1b${digit}-0000-7000-8000-000000000000`)
const [one, two, three] = ids as [string, string, string]

let root = ''
let cache = ''
afterEach(() => vi.unstubAllEnvs())
beforeEach(async () => {
  root = sessionsDirectory()
  cache = sessionsDirectory()
  vi.stubEnv('XDG_CACHE_HOME', cache)
  for (const [number, id] of ids.entries()) {
    writeSession(root, { id, run: { startedAt: timeAt(1000 * number) } })
  }
  await settled()
})

/** What changed within the last ticks of the kernel's clock is read again; later it is not. */
const settled = () =>
  eventually(() => {
    const changed = readdirSync(root).map((name) => lstatSync(join(root, name)).ctimeMs)
    expect(Math.max(...changed)).toBeLessThan(Date.now() - 60)
  })

const indexFolder = () => join(cache, 'tacho', 'index')
const indexFile = () => join(indexFolder(), readdirSync(indexFolder())[0] ?? '')

/** The sessions, and how many of them had to be read. */
function listed(): { sessions: SessionSummary[]; read: number } {
  let read = 0
  const onProgress = () => {
    read += 1
  }
  return { sessions: listSessions([root], {}, { onProgress }), read }
}

test('what is known of a session is read once, and the second list says the same', () => {
  const first = listed()
  expect(first.read).toBe(3)
  const second = listed()
  expect(second.read).toBe(0)
  expect(second.sessions).toEqual(first.sessions)
  expect(first.sessions.map(({ id }) => id)).toEqual([three, two, one])
})

test('the index is its user’s alone, and holds one file for a root', () => {
  listed()
  const modeOf = (path: string) => (lstatSync(path).mode & 0o777).toString(8)
  expect([modeOf(join(cache, 'tacho')), modeOf(indexFolder()), modeOf(indexFile())]).toEqual([
    '700',
    '700',
    '600',
  ])
  expect(readdirSync(indexFolder())).toHaveLength(1)
})

test('of many sessions, only those that came, went or changed are read', async () => {
  listed()
  const manifest = manifestOf({ id: two, run: { startedAt: timeAt(9000) } })
  const path = join(root, two, SESSION_FILES.manifest)
  writeFileSync(`${path}.new`, JSON.stringify(manifest))
  renameSync(`${path}.new`, path)
  rmSync(join(root, one), { recursive: true })
  const four = '0199a1b4-0000-7000-8000-000000000000'
  writeSession(root, { id: four })
  await settled()
  const { sessions, read } = listed()
  expect(read).toBe(2)
  expect(sessions.map(({ id }) => id)).toEqual([two, three, four])
  expect(listed().read).toBe(0)
})

test('a byte that is flipped where it stands is told, though the folder did not change', () => {
  expect(listed().sessions.every(({ damage }) => damage.length === 0)).toBe(true)
  const log = openSync(join(root, two, SESSION_FILES.raw), 'r+')
  writeSync(log, Buffer.from('#'), 0, 1, 40)
  closeSync(log)
  const { sessions } = listed()
  expect(sessions.find(({ id }) => id === two)?.damage[0]).toMatchObject({
    file: SESSION_FILES.raw,
    line: 1,
    reason: 'the checksum does not match',
  })
})

test('a session that runs is read each time', () => {
  const startedAt = timeAt(5000)
  writeSession(root, { id: one, isOpen: true, run: { pid: process.pid, startedAt } })
  const [first] = listed().sessions
  expect(first).toMatchObject({ id: one, ended: 'running' })
  // What is read every time anyway is not worth a new list.
  const { ino } = lstatSync(indexFile())
  listed()
  expect(lstatSync(indexFile()).ino).toBe(ino)
  writeSession(root, { id: one, isOpen: true, run: { pid: 2 ** 22 + 1, startedAt } })
  expect(listed().sessions[0]).toMatchObject({ id: one, ended: 'died' })
})

describe('where only the sessions that are shown are checked', () => {
  const newest = () =>
    listSessions([root], { count: 1 }, {}, 'shown').map(({ id, lastStartedAt }) => ({
      id,
      lastStartedAt,
    }))
  const later = timeAt(9000)

  /** A run of it that something other than Tacho brings: the root does not change. */
  async function bringRun(id: string): Promise<void> {
    const manifest = manifestOf({ id, run: { startedAt: timeAt(9000) } })
    writeFileSync(join(cache, 'manifest'), JSON.stringify(manifest))
    renameSync(join(cache, 'manifest'), join(root, id, SESSION_FILES.manifest))
    await settled()
  }

  beforeEach(() => {
    listed()
  })

  test('the others are not, for a minute', async () => {
    await bringRun(one)
    expect(newest()).toMatchObject([{ id: three }])
    const aMinuteAgo = Date.now() / 1000 - 61
    utimesSync(indexFile(), aMinuteAgo, aMinuteAgo)
    expect(newest()).toMatchObject([{ id: one, lastStartedAt: later }])
  })

  test('a clock that was set back does not make that minute longer', async () => {
    await bringRun(one)
    const inAnHour = Date.now() / 1000 + 3600
    utimesSync(indexFile(), inAnHour, inAnHour)
    expect(newest()).toMatchObject([{ id: one }])
  })

  test('one that is shown and has changed has all of them checked', async () => {
    await bringRun(three)
    expect(newest()).toMatchObject([{ id: three, lastStartedAt: later }])
    await bringRun(one)
    writeFileSync(join(root, three, SESSION_FILES.events), 'damaged', { flag: 'a' })
    expect(listSessions([root], { count: 2 }, {}, 'shown').map(({ id }) => id)).toEqual([
      three,
      one,
    ])
  })

  test('so does whatever comes to the root, or goes from it', async () => {
    await bringRun(one)
    mkdirSync(join(root, 'passing'))
    rmSync(join(root, 'passing'), { recursive: true })
    expect(newest()).toMatchObject([{ id: one }])
  })

  test('so does one that runs', async () => {
    const startedAt = timeAt(1000)
    writeSession(root, { id: two, isOpen: true, run: { pid: process.pid, startedAt } })
    listed()
    await bringRun(one)
    expect(newest()).toMatchObject([{ id: one }])
  })

  test('so does a folder that is not a session yet', async () => {
    const four = '0199a1b4-0000-7000-8000-000000000000'
    mkdirSync(join(root, four))
    await settled()
    listed()
    writeSession(root, { id: four, run: { startedAt: timeAt(9000) } })
    expect(newest()).toMatchObject([{ id: four }])
  })

  test('one of which the index was told to forget everything is listed', () => {
    forgetSession(join(root, three), root)
    expect(newest()).toMatchObject([{ id: three }])
  })

  test('one whose files are gone is not', () => {
    for (const name of readdirSync(join(root, three))) rmSync(join(root, three, name))
    expect(newest()).toMatchObject([{ id: two }])
  })
})

describe('an index that is of no use is made anew', () => {
  const cases: [string, (path: string) => void][] = [
    ['it is gone', (path) => rmSync(path)],
    ['it is empty', (path) => writeFileSync(path, '')],
    ['it is cut off', (path) => writeFileSync(path, readFileSync(path).subarray(0, -5))],
    ['its head is cut off', (path) => writeFileSync(path, readFileSync(path).subarray(0, 50))],
    ['it is something else', (path) => writeFileSync(path, 'hello\n'.repeat(100))],
    ['it is of another version', (path) => edit(path, '"index":', '"index":9')],
    ['it is a link', (path) => replace(path, () => symlinkSync('/etc/passwd', path))],
    ['it is a folder', (path) => replace(path, () => mkdirSync(path))],
    ['a summary says something else', (path) => edit(path, '"agent":"codex"', '"agent":"xedoc"')],
  ]
  test.each(cases)('%s', (_, spoil) => {
    const { sessions } = listed()
    spoil(indexFile())
    expect(listed().sessions).toEqual(sessions)
    expect(listed().sessions).toEqual(sessions)
  })

  test('a bit of it is flipped, any of them', () => {
    const { sessions } = listed()
    const bytes = readFileSync(indexFile())
    const path = indexFile()
    for (let at = 0; at < bytes.length; at += 97) {
      const spoilt = Buffer.from(bytes)
      spoilt[at] = (spoilt[at] ?? 0) ^ (1 << (at % 8))
      writeFileSync(path, spoilt)
      expect(listed().sessions, `byte ${at}`).toEqual(sessions)
    }
  })

  function replace(path: string, make: () => void): void {
    rmSync(path)
    make()
  }

  function edit(path: string, from: string, to: string): void {
    writeFileSync(path, readFileSync(path, 'utf8').replace(from, to))
  }
})

test('where there can be no index, a list needs none', () => {
  const { sessions } = listed()
  const file = join(cache, 'file')
  writeFileSync(file, '')
  for (const useless of [file, '/proc/nothing', join(cache, 'no', 'such')]) {
    vi.stubEnv('XDG_CACHE_HOME', useless)
    expect(listed()).toEqual({ sessions, read: 3 })
  }
})

test('a folder that others could write into is closed to them', () => {
  mkdirSync(indexFolder(), { recursive: true })
  chmodSync(indexFolder(), 0o777)
  listed()
  expect(lstatSync(indexFolder()).mode & 0o777).toBe(0o700)
})

test('the index is bounded: what is old goes, and so does what nobody finished', () => {
  mkdirSync(indexFolder(), { recursive: true })
  const long = new Date(Date.now() - 2 * 3600 * 1000)
  const put = (name: string) => {
    writeFileSync(join(indexFolder(), name), '')
    utimesSync(join(indexFolder(), name), long, long)
  }
  for (let number = 0; number < 1005; number += 1) put(`session-${number}.jsonl`)
  put('list-1.jsonl.0123.tmp')
  const { sessions } = listed()
  const names = readdirSync(indexFolder())
  expect(names.length).toBeLessThanOrEqual(1000)
  expect(names.filter((name) => name.endsWith('.tmp'))).toEqual([])
  expect(listed().sessions).toEqual(sessions)
})

test('many processes at once have one answer, and leave one whole index', async () => {
  const words = ['ls', '--json', '--sessions-dir', root]
  const environment = { XDG_CACHE_HOME: cache }
  const answers = await Promise.all(Array.from({ length: 6 }, () => tacho(words, environment)))
  expect(new Set(answers.map(({ stdout }) => stdout.toString())).size).toBe(1)
  expect(answers.map(({ stderr }) => stderr).join('')).toBe('')
  expect(readdirSync(indexFolder())).toHaveLength(1)
  expect(listed().read).toBe(0)
})

test('the last so many are asked for, and those before them are not looked into', () => {
  listed()
  const { sessions } = listed()
  expect(listSessions([root], { count: 2 })).toEqual(sessions.slice(0, 2))
})

test('of many sessions, the first are the last that started, whatever their order on disk', () => {
  for (let number = 0; number < 60; number += 1) {
    const id = `0199a1c0-0000-7000-8000-0000000000${String(number).padStart(2, '0')}`
    writeSession(root, { id, run: { startedAt: timeAt(1000 * ((number * 37) % 23)) } })
  }
  const all = listed().sessions
  const inOrder = [...all].sort(
    (one, other) =>
      Date.parse(other.lastStartedAt ?? '') - Date.parse(one.lastStartedAt ?? '') ||
      (one.id < other.id ? 1 : -1),
  )
  expect(all.map(({ id }) => id)).toEqual(inOrder.map(({ id }) => id))
  expect(listSessions([root], { count: 9 })).toEqual(all.slice(0, 9))
})
