import { parquetTables, readSession } from '@tacho/reader'
import { parquetMetadata, parquetReadObjects } from 'hyparquet'
import { expect, test } from 'vitest'
import { endedSpan, sessionsDirectory, writeSession } from '../session-folder.js'

test('rows are written in groups of bounded size', async () => {
  const text = 'x'.repeat(1024 * 1024)
  const meta = [...Array(20).keys()].map((index) =>
    endedSpan({ id: `s${index}`, name: 'span', start: index, attributes: { text } }),
  )
  const session = await readSession(writeSession(sessionsDirectory(), { raw: [], meta }))
  const parts: Uint8Array[] = []
  const tables = await parquetTables((table, bytes) => {
    if (table === 'spans') parts.push(Uint8Array.from(bytes))
  })
  tables.add(session)
  tables.finish()
  const { buffer } = Uint8Array.from(Buffer.concat(parts))
  const { row_groups } = parquetMetadata(buffer)
  expect(row_groups.map(({ num_rows }) => Number(num_rows))).toEqual([8, 8, 4])
  const rows = await parquetReadObjects({ file: buffer })
  expect(rows.map(({ span_id }) => span_id)).toEqual(
    [...Array(20).keys()].map((index) => `s${index}`),
  )
})
