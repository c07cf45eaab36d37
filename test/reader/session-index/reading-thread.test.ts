import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { listSessions, summarize } from '@tacho/reader'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { readFolder } from '../../../packages/reader/dist/session-index/read-folder.js'
import { ReadingThread } from '../../../packages/reader/dist/session-index/reading-thread.js'
import { TACHO } from '../../cli/tacho.js'
import { eventually } from '../../host/index.js'
import { sessionsDirectory, timeAt, writeSession } from '../session-folder.js'

// So many that a thread helps to read them.
const ids = Array.from({ length: 210 }, (_, number) => {
  const digits = String(number).padStart(4, '0')
  return `0199a1b2-${digits}-7000-8000-000000000000`
})

let root = ''
beforeAll(() => {
  root = sessionsDirectory()
  for (const [number, id] of ids.entries()) {
    writeSession(root, { id, run: { startedAt: timeAt(1000 * number) } })
  }
  // Neither is a session: an empty folder, and a file of somebody else.
  mkdirSync(join(root, '0199a1b2-ffff-7000-8000-000000000000'))
  writeFileSync(join(root, '0199a1b2-fffe-7000-8000-000000000000'), '')
})

function listedWith(cache: string): { answer: unknown; progress: [number, number][] } {
  vi.stubEnv('XDG_CACHE_HOME', cache)
  const progress: [number, number][] = []
  try {
    const onProgress = (done: number, total: number) => progress.push([done, total])
    return { answer: listSessions([root], {}, { onProgress }), progress }
  } finally {
    vi.unstubAllEnvs()
  }
}

describe('of many sessions that nobody has listed', () => {
  test('each is as if it was read alone, the last started first', () => {
    const alone = ids.map((id) => summarize({ id, root, folder: join(root, id) })).reverse()
    expect(listedWith(sessionsDirectory()).answer).toEqual(alone)
  })

  test('the progress counts each once', () => {
    const { progress } = listedWith(sessionsDirectory())
    const total = ids.length + 1
    expect(progress).toEqual(Array.from({ length: total }, (_, number) => [number + 1, total]))
  })

  test('the next list needs none of it, and says the same', () => {
    const cache = sessionsDirectory()
    const first = listedWith(cache)
    const second = listedWith(cache)
    expect(second.answer).toEqual(first.answer)
    // The folder that is no session yet is looked into again.
    expect(second.progress.length).toBeLessThanOrEqual(1)
  })
})

test('the thread tells each folder that it takes, as whoever started it would read it', async () => {
  const locked = '0199a1b2-fffd-7000-8000-000000000000'
  const folders = [...ids.slice(0, 5), locked, ids[5] ?? ''].map((name) => ({
    name,
    inode: 7,
    changed: 8,
  }))
  const shared = { root, folders, taken: new Int32Array(new SharedArrayBuffer(4)) }
  const thread = ReadingThread.started(shared)
  try {
    const told = new Map<number, unknown>()
    await eventually(() => {
      for (const { number, read } of thread?.told() ?? []) told.set(number, read)
      expect(told.size).toBe(folders.length)
    })
    expect(folders.map((_, number) => told.get(number))).toEqual(
      folders.map((folder) => readFolder(root, folder)),
    )
  } finally {
    thread?.close()
  }
})

/** What a thread may do instead of its work. */
const PROGRAMS: readonly [string, string | undefined][] = [
  ['is not there', undefined],
  ['cannot be read as a program', 'const ='],
  ['throws as it starts', "throw new Error('no')"],
  ['ends at once', ''],
  ['never takes a folder', 'for (;;) {}'],
  [
    'takes folders and tells none',
    "const { taken } = require('node:worker_threads').workerData; for (;;) Atomics.add(taken, 0, 1)",
  ],
  [
    'takes some and dies',
    "const { taken } = require('node:worker_threads').workerData; Atomics.add(taken, 0, 100); throw 1",
  ],
  [
    'takes all the memory that it may',
    'const all = []; for (;;) all.push(new Array(1e6).fill(all.length))',
  ],
]

describe('tacho ls says the same where the thread’s program', () => {
  const copy = (program: string | undefined): string => {
    const place = sessionsDirectory()
    const from = dirname(dirname(TACHO))
    for (const part of ['package.json', 'bin', 'dist/quick', 'dist/bundle']) {
      cpSync(join(from, part), join(place, part), { recursive: true })
    }
    const file = join(place, 'dist/quick/reader-thread.cjs')
    if (program === undefined) rmSync(file)
    else writeFileSync(file, program)
    return join(place, 'bin/tacho.js')
  }
  const list = (tacho: string) =>
    spawnSync(process.execPath, [tacho, 'ls', '--json', '--sessions-dir', root], {
      env: { PATH: process.env.PATH, XDG_CACHE_HOME: sessionsDirectory() },
      encoding: 'utf8',
    })

  test.each(PROGRAMS)('%s', (_, program) => {
    const { stdout, stderr, status } = list(copy(program))
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 })
    expect(JSON.parse(stdout)).toEqual(JSON.parse(list(TACHO).stdout))
  })
})
