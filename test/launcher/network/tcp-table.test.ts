import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { TcpTable } from '../../../packages/launcher/dist/network/tcp-table.js'

// As on a machine with thousands of sockets, most of them in TIME_WAIT. The kernel's own table is
// what peer.test.ts reads.

const SOCKETS = 5000
const folder = mkdtempSync(join(tmpdir(), 'tacho-tcp-table-'))
const path = join(folder, 'tcp')
const hex = (number: number) => number.toString(16).toUpperCase().padStart(4, '0')
const endsOf = (socket: number) => `0100007F:${hex(10_000 + socket)} 0100007F:1F90`
const rows = Array.from(
  { length: SOCKETS },
  (_, socket) =>
    `${String(socket).padStart(4)}: ${endsOf(socket)} 06 00000000:00000000 03:00001A5B 00000000  1000        0 ${socket + 1} 3 0000000000000000`,
)
writeFileSync(path, ['  sl  local_address rem_address   st', ...rows, ''].join('\n'))
afterAll(() => rmSync(folder, { recursive: true }))

test('each row of a long table is found, one at a time and many at once', async () => {
  const table = TcpTable.open([path])
  if (table === undefined) throw new Error('no table')
  for (let socket = 0; socket < SOCKETS; socket += 97)
    expect((await table.row(endsOf(socket)))?.inode).toBe(String(socket + 1))
  const all = await Promise.all(rows.map((_, socket) => table.row(endsOf(socket))))
  expect(all.map((row) => row?.inode)).toEqual(rows.map((_, socket) => String(socket + 1)))
  expect(await table.row(endsOf(SOCKETS))).toBeUndefined()
  table.close()
})

test('the event loop turns while a long table is read', async () => {
  const table = TcpTable.open([path])
  if (table === undefined) throw new Error('no table')
  let turns = 0
  const timer = setInterval(() => {
    turns += 1
  }, 0)
  await table.row(endsOf(SOCKETS))
  clearInterval(timer)
  expect(turns).toBeGreaterThan(1)
  table.close()
})
