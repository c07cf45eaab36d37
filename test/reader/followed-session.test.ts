import {
  appendFileSync,
  closeSync,
  openSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { SESSION_FILES } from '@tacho/format'
import { FollowedSession, readSession, sessionParts } from '@tacho/reader'
import { beforeEach, expect, test } from 'vitest'
import { realDisk } from '../../packages/recorder/src/disk.js'
import { eventually } from '../host/index.js'
import { fixtureSession } from './recorded-fixture.js'

const LOGS = [SESSION_FILES.meta, SESSION_FILES.raw, SESSION_FILES.events]

let folder: string
let whole: Map<string, Buffer>

// A session of the real Codex that this process records; nothing of it is written yet.
beforeEach(() => {
  folder = fixtureSession('plain').folder
  whole = new Map(LOGS.map((log) => [log, readFileSync(join(folder, log))]))
  for (const log of LOGS) truncateSync(join(folder, log), 0)
  const manifest = JSON.parse(readFileSync(join(folder, SESSION_FILES.manifest), 'utf8'))
  const { crc: _, ...told } = manifest
  const [{ endedAt: _at, ended: _ended, pidStarted: _started, pidNamespace: _space, ...run }] =
    told.runs
  told.runs = [{ ...run, pid: process.pid }]
  writeFileSync(join(folder, SESSION_FILES.manifest), JSON.stringify(told))
})

test('after each line that is written, it is what reading all of it gives', async () => {
  const followed = new FollowedSession(folder)
  let live = 0
  for (const [log, line] of inTurns()) {
    appendFileSync(join(folder, log), line)
    const session = await followed.read()
    const anew = await readSession(folder)
    expect(session).toEqual(anew)
    expect(sessionParts(session)).toEqual(sessionParts(anew))
    if (session.ended === 'running') live += 1
  }
  expect(live).toBeGreaterThan(10)
  expect((await followed.read()).exchanges.length).toBeGreaterThan(0)
})

test('a line that is still being written is read once it is whole', async () => {
  const followed = new FollowedSession(folder)
  for (const [log, line] of inTurns()) {
    const middle = line.length >> 1
    appendFileSync(join(folder, log), line.subarray(0, middle))
    expect((await followed.read()).damage).toEqual([])
    appendFileSync(join(folder, log), line.subarray(middle))
  }
  expect(await followed.read()).toEqual(await readSession(folder))
})

test('an exchange that is over is told of as the same object', async () => {
  const followed = new FollowedSession(folder)
  for (const [log, line] of inTurns()) if (!isEnd(line)) appendFileSync(join(folder, log), line)
  const [before] = (await followed.read()).exchanges
  appendFileSync(join(folder, SESSION_FILES.raw), lastExchange())
  const { exchanges } = await followed.read()
  expect(exchanges[0]).toBe(before)
  expect(exchanges.at(-1)?.state).toBe('in-flight')
})

test('a log that is another one is read from its beginning', async () => {
  const followed = new FollowedSession(folder)
  for (const [log, bytes] of whole) appendFileSync(join(folder, log), bytes)
  await followed.read()
  const [first = Buffer.alloc(0)] = linesOf(whole.get(SESSION_FILES.raw))
  writeFileSync(join(folder, SESSION_FILES.raw), first)
  expect(await followed.read()).toEqual(await readSession(folder))
})

test("a recorder's sign of life changes nothing that was read, but writing in place does", async () => {
  let times = 0
  const followed = new FollowedSession(folder, () => {
    times += 1
    return {}
  })
  for (const [log, line] of inTurns()) if (!isEnd(line)) appendFileSync(join(folder, log), line)
  await followed.read()
  const path = join(folder, SESSION_FILES.events)
  const descriptor = openSync(path, 'r+')
  const changed = () => statSync(path).ctimeMs
  try {
    for (const [act, expected] of [
      [() => realDisk.touch(descriptor), 1],
      [() => appendFileSync(path, '{"kind":"signal"}\n'), 1],
      [() => realDisk.touch(descriptor), 1],
      [() => writeSync(descriptor, ' ', 0), 2],
    ] as const) {
      const before = changed()
      // Modification times are no finer than the kernel's ticks.
      await eventually(() => {
        act()
        expect(changed()).toBeGreaterThan(before)
      })
      await followed.read()
      expect(times).toBe(expected)
    }
  } finally {
    closeSync(descriptor)
  }
})

/** Says that the session is over. */
function isEnd(line: Buffer): boolean {
  return line.includes('"name":"session"') && line.includes('endTimeUnixNano')
}

/** A line of each log in turn, while there are any. */
function* inTurns(): Generator<[log: string, line: Buffer]> {
  const waiting = LOGS.map((log) => ({ log, lines: linesOf(whole.get(log)) }))
  for (let at = 0; waiting.some(({ lines }) => at < lines.length); at += 1) {
    for (const { log, lines } of waiting) {
      const line = lines[at]
      if (line !== undefined) yield [log, line]
    }
  }
}

function linesOf(bytes: Buffer = Buffer.alloc(0)): Buffer[] {
  const lines: Buffer[] = []
  for (let from = 0; from < bytes.length; ) {
    const end = bytes.indexOf(10, from) + 1
    lines.push(bytes.subarray(from, end))
    from = end
  }
  return lines
}

/** The beginning of the first exchange again, as that of another one. */
function lastExchange(): string {
  const line = linesOf(whole.get(SESSION_FILES.raw))
    .map(String)
    .find((one) => one.includes('"kind":"exchange"'))
  const { crc: _, ...record } = JSON.parse(line ?? '{}')
  return `${JSON.stringify({ ...record, exchange: 'feedfacefeedface' })}\n`
}
