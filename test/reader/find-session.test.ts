import { utimesSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { findSession, ReaderError } from '@tacho/reader'
import { describe, expect, test } from 'vitest'
import {
  endedSpan,
  RUN_ID,
  START,
  sessionsDirectory,
  startedSpan,
  timeAt,
  writeSession,
} from './session-folder.js'

const [one, other] = [sessionsDirectory(), sessionsDirectory()]
const roots = [one, other, '/nonexistent']
const ids = {
  early: '0199a1b2-0000-7000-8000-000000000001',
  late: '0199a1b2-0000-7000-8000-000000000002',
  elsewhere: '0199ffff-0000-7000-8000-000000000003',
}
writeSession(one, { id: ids.early, run: { startedAt: timeAt(0) } })
writeSession(one, { id: ids.late, run: { startedAt: timeAt(5000) } })
writeSession(other, { id: ids.elsewhere, run: { startedAt: timeAt(2000) } })
// The same id in both: the first root wins.
writeSession(other, { id: ids.early, run: { startedAt: timeAt(0) } })

for (const [name, id, root] of [
  [ids.early, ids.early, one],
  ['0199a1b2-0000-7000-8000-000000000001', ids.early, one],
  ['0199f', ids.elsewhere, other],
  ['0199F', ids.elsewhere, other],
  ['last', ids.late, one],
] as const) {
  test(`${name} means ${id}`, () => {
    expect(findSession(name, roots)).toMatchObject({ id, root })
  })
}

for (const [name, code, words] of [
  ['0199a1b2', 'ambiguous', [ids.early, ids.late]],
  ['', 'no-session', roots],
  ['nope', 'no-session', roots],
  ['../etc', 'no-session', [resolve('../etc')]],
] as const) {
  test(`"${name}" is refused: ${code}`, () => {
    let error: unknown
    try {
      findSession(name, roots)
    } catch (thrown) {
      error = thrown
    }
    expect(error).toBeInstanceOf(ReaderError)
    expect(error).toMatchObject({ code })
    for (const word of words) expect(String(error)).toContain(word)
  })
}

describe('the last one started is the last', () => {
  const older = { id: ids.early, run: { startedAt: timeAt(0) } }
  const newer = { id: ids.late, run: { startedAt: timeAt(5000) } }

  /** As if nothing had been written for a while. */
  const grownOld = (folder: string, seconds: number): void => {
    const time = START / 1000 + seconds
    for (const name of ['session_meta.log', '']) utimesSync(join(folder, name), time, time)
  }

  test('by the manifests, where the other one has not changed since', () => {
    const root = sessionsDirectory()
    grownOld(writeSession(root, older), 4)
    writeSession(root, newer)
    expect(findSession('last', [root]).id).toBe(ids.late)
  })

  // Of a run that the manifest lacks, its span tells.
  test.each([
    ['the other one', older, newer],
    ['the one itself', newer, older],
  ])('by the spans, where those of %s tell of a later run', (_, lacking, other) => {
    const root = sessionsDirectory()
    const meta = [
      endedSpan({ id: RUN_ID, name: 'session', start: 0 }),
      startedSpan({ id: '00000000000000bb', name: 'session', start: 9000 }),
    ]
    grownOld(writeSession(root, { ...lacking, meta }), 9)
    grownOld(writeSession(root, other), 6)
    expect(findSession('last', [root]).id).toBe(lacking.id)
  })

  test('by the folder, where neither is there', () => {
    const root = sessionsDirectory()
    grownOld(writeSession(root, { id: ids.early, manifest: 'none', meta: [] }), 9)
    grownOld(writeSession(root, newer), 6)
    expect(findSession('last', [root]).id).toBe(ids.early)
  })
})
