import {
  appendFileSync,
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { encodeLine } from '@tacho/format'
import { forgetSession, keptExplanation } from '@tacho/reader'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { eventually, repositoryRoot } from '../host/index.js'

let place: string
let folder: string

beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'tacho-kept-'))
  vi.stubEnv('XDG_CACHE_HOME', join(place, 'cache'))
  folder = join(place, 'sessions', 'plain')
  cpSync(join(repositoryRoot, 'test/fixtures/sessions/plain'), folder, { recursive: true })
  // What is small is not worth keeping.
  const words = `2026-11-28T20:00:00.000000Z INFO  codex: ${'and on '.repeat(100)}\n`
  appendFileSync(join(folder, 'session.log'), words.repeat(2000))
})

afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(place, { recursive: true, force: true })
})

test('an explanation is kept for as long as the files of its session are as they were', async () => {
  const first = await keep()
  const line = JSON.parse(readFileSync(kept(), 'utf8'))
  const { crc: _, ...told } = line
  told.told.end.sentence = 'So it was kept.'
  writeFileSync(kept(), encodeLine(told, crc32))
  expect((await keptExplanation(folder)).end.sentence).toBe('So it was kept.')

  appendFileSync(join(folder, 'session.log'), 'more\n')
  expect((await keptExplanation(folder)).end).toEqual(first.end)
})

test('one that is damaged is none', async () => {
  const first = await keep()
  writeFileSync(kept(), readFileSync(kept(), 'utf8').replace('"sentence":"', '"sentence":"x'))
  expect((await keptExplanation(folder)).end).toEqual(first.end)
})

test('of a session that died, how long ago is said anew, and all of it after another boot', async () => {
  kill()
  const first = await keep()
  expect(first.end.code).toBe('power-loss')
  const { crc: _, ...line } = JSON.parse(readFileSync(kept(), 'utf8'))
  const put = (look: object) =>
    writeFileSync(
      kept(),
      encodeLine(
        JSON.parse(
          JSON.stringify({ ...line, told: { ...line.told, look: { ...line.told.look, ...look } } })
            .replaceAll(/last seen [^:]{1,30} ago/g, 'last seen 1.0 s ago')
            .replaceAll('went down', 'was kept'),
        ),
        crc32,
      ),
    )
  put({ now: line.told.look.lastSeenAt + 1_000_000 })
  const again = await keptExplanation(folder)
  expect(again.end.sentence).toMatch(
    /^The machine was kept while it ran, last seen \d+ h \d+ min ago/,
  )
  expect(again.causes[0]?.sentence).toBe(again.end.sentence)
  put({ machine: { ...line.told.look.machine, bootId: 'another' } })
  expect((await keptExplanation(folder)).end.sentence).toContain('went down')
})

test('of a session that is removed nothing is kept', async () => {
  await keep()
  forgetSession(folder, join(place, 'sessions'))
  expect(names()).toEqual([])
})

/** As if its recorder had been killed: nothing says that it is over. */
function kill(): void {
  const path = join(folder, 'session.json')
  const { crc: _, ...manifest } = JSON.parse(readFileSync(path, 'utf8'))
  const [{ endedAt: _at, ended: _ended, ...run }] = manifest.runs
  manifest.runs = [{ ...run, pid: 2 ** 22 + 1 }]
  writeFileSync(path, JSON.stringify(manifest))
  for (const [log, end] of [
    ['session_events.log', '"kind":"run-ended"'],
    ['session_meta.log', '"name":"session"'],
  ] as const) {
    const lines = readFileSync(join(folder, log), 'utf8').split('\n')
    const isEnd = (line: string) => line.includes(end) && !line.startsWith('{"started"')
    writeFileSync(join(folder, log), lines.filter((line) => !isEnd(line)).join('\n'))
  }
}

// A file written a moment ago could still change unnoticed, so nothing is kept yet.
async function keep() {
  return eventually(async () => {
    const told = await keptExplanation(folder)
    expect(names()).toHaveLength(1)
    return told
  })
}

function kept(): string {
  return join(place, 'cache/tacho/index', names()[0] ?? '')
}

function names(): string[] {
  return readdirSync(join(place, 'cache/tacho/index')).filter((name) =>
    name.startsWith('explained-'),
  )
}
