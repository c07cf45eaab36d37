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
import { afterEach, beforeEach, expect, test } from 'vitest'
import { eventually, repositoryRoot } from '../host/index.js'

let place: string
let folder: string
const before = process.env.XDG_CACHE_HOME

beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'tacho-kept-'))
  process.env.XDG_CACHE_HOME = join(place, 'cache')
  folder = join(place, 'sessions', 'plain')
  cpSync(join(repositoryRoot, 'test/fixtures/sessions/plain'), folder, { recursive: true })
  // What is small is not worth keeping.
  const words = `2026-11-28T20:00:00.000000Z INFO  codex: ${'and on '.repeat(100)}\n`
  appendFileSync(join(folder, 'session.log'), words.repeat(2000))
})

afterEach(() => {
  if (before === undefined) delete process.env.XDG_CACHE_HOME
  else process.env.XDG_CACHE_HOME = before
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

test('of a session that is removed nothing is kept', async () => {
  await keep()
  forgetSession(folder, join(place, 'sessions'))
  expect(names()).toEqual([])
})

// What was written a moment ago could change unseen, and is not kept yet.
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
