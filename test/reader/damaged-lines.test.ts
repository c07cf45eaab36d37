import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SESSION_FILES } from '@tacho/format'
import { readSession, salvageSession, verifySession } from '@tacho/reader'
import { describe, expect, test } from 'vitest'
import {
  lines,
  sessionsDirectory,
  spansOfTwo,
  twoExchanges,
  writeSession,
} from './session-folder.js'

const { raw, meta } = SESSION_FILES

describe('a record that its own checksum proves is good, whatever stands around it on its line', () => {
  const [whole, count] = [lines(twoExchanges()).toString(), twoExchanges().length]
  for (const [what, change, reason, lineCount] of [
    ['NULs behind it', padded(3, 9000), 'NUL bytes behind a good record', 1],
    ['NULs behind the last one', padded(count - 1, 512), 'NUL bytes behind a good record', 1],
    ['a carriage return', (text) => text.replaceAll('\n', '\r\n'), 'a carriage return', count],
    ['NULs in place of a newline', (text) => text.replace('\n', '\0'.repeat(77)), 'NUL bytes', 1],
  ] as [string, (text: string) => string, string, number][]) {
    test(what, async () => {
      const folder = writeSession(sessionsDirectory())
      const before = await readSession(folder)
      writeFileSync(join(folder, raw), change(whole))
      const { exchanges, damage } = await readSession(folder)
      expect(exchanges).toEqual(before.exchanges)
      expect(damage).toMatchObject([
        { file: raw, lines: lineCount, reason: expect.stringContaining(reason) },
      ])
      expect((await verifySession(folder)).checked.records).toBe(count)
      const salvaged = join(sessionsDirectory(), 'salvaged')
      expect(salvageSession(folder, salvaged).kept).toBe(count + spansOfTwo().length)
      expect((await readSession(salvaged)).exchanges).toEqual(before.exchanges)
    })
  }
})

test('an attribute without a value is left out, and its span is read', async () => {
  const folder = writeSession(sessionsDirectory())
  const text = readFileSync(join(folder, meta), 'utf8')
  const odd = [{ key: 'a' }, { key: 'b', value: null }, { key: 'c', value: {} }]
  const more = [
    { key: 'd', value: { arrayValue: null } },
    { key: 'e', value: { stringValue: 5 } },
  ]
  const all = spansOfTwo().map((line) => {
    const span = structuredClone(line) as { started?: { attributes: object[] } }
    span.started?.attributes.push(...odd, ...more)
    return span
  })
  expect(text).not.toBe('')
  writeFileSync(join(folder, meta), lines(all))
  const { spans, damage } = await readSession(folder)
  expect([spans.size, damage]).toEqual([4, []])
})

function padded(index: number, nuls: number): (text: string) => string {
  return (text) => {
    const all = text.split('\n')
    all[index] = `${all[index]}${'\0'.repeat(nuls)}`
    return all.join('\n')
  }
}
