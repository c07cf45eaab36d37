import {
  copyFileSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { SESSION_FILES } from '@tacho/format'
import {
  findSessions,
  indexRawLog,
  readLog,
  readSession,
  requestBody,
  responseChunks,
  sealableBytes,
  sealSession,
  summarize,
  verifySession,
} from '@tacho/reader'
import { describe, expect, test } from 'vitest'
import { failingCalls } from '../faults/failing-calls.js'
import { fastDirectory } from '../faults/fast-directory.js'
import {
  recordExchanges,
  recordSession,
  SESSION_ID,
  startRecording,
} from '../faults/recorded-session.js'
import { sessionsDirectory } from './session-folder.js'

const { raw, meta, events, log, manifest } = SESSION_FILES
const [SEALED_RAW] = sealedNames(1)

test('a sealed session is smaller, has no plain log, and reads as it did', async () => {
  const folder = await recorded()
  const before = await storyOf(folder)
  const size = sizeOf(folder)
  const bytes = sealableBytes(folder)
  let done = 0
  const logs = sealSession(folder, (more) => {
    done += more
  })
  expect(logs.map(({ file }) => file)).toEqual(sealedNames(1))
  expect(done).toBe(bytes)
  expect(sizeOf(folder)).toBeLessThan(size / 3)
  expect(readdirSync(folder).sort()).toEqual([manifest, ...logs.map(({ file }) => file)].sort())
  expect(await storyOf(folder)).toEqual(before)
  expect((await verifySession(folder)).damage).toEqual([])
  expect(sealSession(folder)).toEqual([])
})

test('a resume goes on beside the sealed part, and is sealed into one of its own', async () => {
  const folder = await recorded()
  sealSession(folder)
  const first = readFileSync(join(folder, SEALED_RAW))
  await recordSession(join(folder, '..'), 2)
  const numbers = async () => (await readSession(folder)).exchanges.map(({ number }) => number)
  expect(await numbers()).toEqual([1, 2, 3, 4, 5, 6])
  expect((await verifySession(folder)).damage).toEqual([])
  const before = await storyOf(folder)
  sealSession(folder)
  expect(readdirSync(folder)).toContain(sealedNames(2)[0])
  expect(readFileSync(join(folder, SEALED_RAW)).equals(first)).toBe(true)
  expect(await storyOf(folder)).toEqual(before)
})

test('a file sealed with gzip is what gzip makes of it for everybody else', async () => {
  const folder = await recorded()
  const plain = readFileSync(join(folder, raw))
  sealSession(folder)
  if (SEALED_RAW.endsWith('.gz')) {
    expect(gunzipSync(readFileSync(join(folder, SEALED_RAW))).equals(plain)).toBe(true)
  }
})

test('a session sealed with zstd, on a newer Node, reads on any', async () => {
  const folder = join(fastDirectory(), 'b8a5f9d0-0000-4000-8000-000000000001')
  cpSync(new URL('../fixtures/sealed-with-zstd', import.meta.url), folder, { recursive: true })
  const session = await readSession(folder)
  expect(session.damage).toEqual([])
  expect(session.exchanges.map(({ state }) => state)).toEqual([
    'completed',
    'completed',
    'completed',
  ])
  const index = indexRawLog(folder, () => undefined)
  const last = index.exchanges[2]
  expect(last && Buffer.from(requestBody(folder, index, last)).toString()).toContain('item 3')
})

test('a session of which nothing but sealed logs is left is still one', async () => {
  const folder = await recorded()
  sealSession(folder)
  rmSync(join(folder, manifest))
  expect(findSessions([join(folder, '..')]).map(({ id }) => id)).toEqual([SESSION_ID])
  expect((await readSession(folder)).exchanges).toHaveLength(4)
})

describe('what is not to be sealed is refused or left', () => {
  test('a session that runs', async () => {
    const root = fastDirectory()
    const recording = startRecording(root)
    recordExchanges(recording, 1)
    // Without the manifest, the span of its run tells.
    recording.later.settleAll()
    const names = readdirSync(join(root, SESSION_ID))
    expect(() => sealSession(join(root, SESSION_ID))).toThrow(/is running/)
    rmSync(join(root, SESSION_ID, manifest))
    expect(() => sealSession(join(root, SESSION_ID)), 'without its manifest').toThrow(/is running/)
    expect(readdirSync(join(root, SESSION_ID))).toEqual(names.filter((name) => name !== manifest))
    await recording.close({ exitCode: 0 })
  })

  test("the agent's own transcript", async () => {
    const folder = await recorded()
    writeFileSync(join(folder, 'rollout-1.jsonl'), '{"own":true}\n')
    sealSession(folder)
    expect(readFileSync(join(folder, 'rollout-1.jsonl'), 'utf8')).toBe('{"own":true}\n')
  })
})

describe('a sealing that is cut short', () => {
  test('at any call to the disk leaves a folder that reads the same, and can be done again', async () => {
    const root = fastDirectory()
    await recordSession(root, 3)
    const before = await storyOf(join(root, SESSION_ID))
    for (let first = 1, isClean = false; !isClean; first += 1) {
      const folder = join(fastDirectory(), SESSION_ID)
      cpSync(join(root, SESSION_ID), folder, { recursive: true })
      const disk = failingCalls(folder, { first, code: 'EIO', isLasting: true })
      try {
        sealSession(folder)
      } catch (error) {
        expect((error as Error).name, `call ${first}`).toBe('ReaderError')
      } finally {
        disk.heal()
      }
      isClean = disk.failed === 0
      expect(await storyOf(folder), `call ${first}`).toEqual(before)
      sealSession(folder)
      expect(await storyOf(folder), `call ${first}, done again`).toEqual(before)
      expect(
        readdirSync(folder).filter((name) => name.startsWith('.')),
        `call ${first}`,
      ).toEqual([])
      rmSync(folder, { recursive: true })
    }
  })

  test('between its last two steps has a part twice: it is read once, and the plain one goes', async () => {
    const folder = await recorded()
    const plain = join(sessionsDirectory(), 'plain')
    copyFileSync(join(folder, raw), plain)
    const before = await storyOf(folder)
    sealSession(folder)
    copyFileSync(plain, join(folder, 'session_oai_raw.1.log'))
    expect(await storyOf(folder)).toEqual(before)
    sealSession(folder)
    expect(readdirSync(folder)).not.toContain('session_oai_raw.1.log')
    expect(await storyOf(folder)).toEqual(before)
  })
})

async function recorded(): Promise<string> {
  const root = join(fastDirectory(), 'sessions')
  mkdirSync(root, { mode: 0o700 })
  await recordSession(root, 4)
  return join(root, SESSION_ID)
}

/** Everything that a session says, including bodies, except for where its lines are. */
async function storyOf(folder: string): Promise<object> {
  const { exchanges, runs, spans, damage } = await readSession(folder)
  const index = indexRawLog(folder, () => undefined)
  const bodies = index.exchanges.map((exchange) => [
    Buffer.from(requestBody(folder, index, exchange)).toString(),
    [...responseChunks(folder, exchange)].map(({ at, bytes }) => [
      at,
      Buffer.from(bytes).toString(),
    ]),
  ])
  const { folder: _, root: __, ...summary } = summarize({ id: SESSION_ID, folder, root: '' })
  const seen = [...readLog(folder, events, () => undefined)].map(({ value }) => value)
  return { exchanges, runs, spans: [...spans.values()], damage, bodies, seen, summary }
}

function sizeOf(folder: string): number {
  return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0)
}

function sealedNames(part: number): [raw: string, ...others: string[]] {
  const extension =
    process.versions.node.localeCompare('22.15', 'en', { numeric: true }) < 0 ? '.gz' : '.zst'
  const name = (file: string) => `${file.replace(/\.log$/, '')}.${part}.log${extension}`
  return [name(raw), name(meta), name(events), name(log)]
}
