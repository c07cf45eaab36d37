import {
  appendFileSync,
  lstatSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { SESSION_FILES } from '@tacho/format'
import {
  type FoundSession,
  forgetSession,
  openKeptRows,
  type SqlRow,
  type SqlTable,
  sqlRows,
} from '@tacho/reader'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { eventually } from '../../host/index.js'
import { exchangeRecords, lines, sessionsDirectory, writeSession } from '../session-folder.js'

afterEach(() => vi.unstubAllEnvs())

let found: FoundSession
let cache = ''
beforeEach(async () => {
  cache = sessionsDirectory()
  vi.stubEnv('XDG_CACHE_HOME', cache)
  const root = sessionsDirectory()
  const folder = writeSession(root)
  found = { id: folder.slice(root.length + 1), root, folder }
  await settled()
})

/** What changed within the last ticks of the kernel's clock is not kept. */
const settled = () =>
  eventually(() => {
    const names = readdirSync(found.folder)
    const changed = names.map((name) => lstatSync(join(found.folder, name)).ctimeMs)
    expect(Math.max(...changed)).toBeLessThan(Date.now() - 60)
  })

const indexFolder = () => join(cache, 'tacho', 'index')
const keptFile = () =>
  join(indexFolder(), readdirSync(indexFolder()).find((name) => name.startsWith('rows-')) ?? '')

/** The rows of some tables, and whether they came from the index. */
async function rowsIn(...tables: SqlTable[]): Promise<{ rows: SqlRow[]; isKept: boolean }> {
  const kept = openKeptRows()
  const isKept = kept.of(found) !== undefined
  const rows: SqlRow[] = []
  for await (const row of sqlRows(found, new Set(tables), kept)) rows.push(row)
  kept.close()
  return { rows, isKept }
}

test('rows are read once, and are the same from the index', async () => {
  const first = await rowsIn('exchanges', 'approvals')
  const again = await rowsIn('exchanges', 'approvals')
  expect([first.isKept, again.isKept]).toEqual([false, true])
  expect(again.rows).toEqual(JSON.parse(JSON.stringify(first.rows)))
  expect(again.rows.length).toBeGreaterThan(0)
  expect((await rowsIn('tools')).rows).toEqual([])
})

test('a table that is not kept is read together with one that is', async () => {
  await rowsIn('exchanges')
  const { rows } = await rowsIn('exchanges', 'spans')
  expect(new Set(rows.map(({ table }) => table))).toEqual(new Set(['exchanges', 'spans']))
})

test('a session that goes on is read again', async () => {
  const before = await rowsIn('exchanges')
  const more = exchangeRecords({ id: 'feedfeedfeedfeed', request: '{}', chunks: ['data: 1\n\n'] })
  appendFileSync(join(found.folder, SESSION_FILES.raw), lines(more))
  await settled()
  const after = await rowsIn('exchanges')
  expect(after.isKept).toBe(false)
  expect(after.rows.length).toBe(before.rows.length + 1)
  expect((await rowsIn('exchanges')).isKept).toBe(true)
})

test.each([
  ['is damaged', (text: string) => text.replaceAll('POST', 'PUSH')],
  ['is cut off', (text: string) => text.slice(0, -20)],
  ['is of another version', (text: string) => text.replace('"rows":1', '"rows":0')],
])('a file of the index that %s is not believed', async (_, change) => {
  const { rows } = await rowsIn('exchanges')
  writeFileSync(keptFile(), change(readFileSync(keptFile(), 'utf8')))
  const again = await rowsIn('exchanges')
  expect(again).toEqual({ rows, isKept: false })
})

test('nothing of a removed session stays', async () => {
  await rowsIn('exchanges')
  rmSync(found.folder, { recursive: true })
  forgetSession(found.folder, found.root)
  expect(readdirSync(indexFolder()).filter((name) => name.startsWith('rows-'))).toEqual([])
})
