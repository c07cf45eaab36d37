import { resolve } from 'node:path'
import { findSession, ReaderError } from '@tacho/reader'
import { expect, test } from 'vitest'
import { sessionsDirectory, timeAt, writeSession } from './session-folder.js'

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
