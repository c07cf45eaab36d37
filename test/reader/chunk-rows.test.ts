import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { encodeLine } from '@tacho/format'
import { describe, expect, it } from 'vitest'
import { collectDamage, type Damage } from '../../packages/reader/dist/damage.js'
import { chunkLineOf } from '../../packages/reader/dist/raw-log/chunk-line.js'
import {
  borrowChunkRows,
  type ChunkRow,
  type ChunkRows,
} from '../../packages/reader/dist/raw-log/chunk-rows.js'
import { RawStoryReader } from '../../packages/reader/dist/raw-log/raw-story.js'
import { readPart } from '../../packages/reader/dist/read-log.js'

const ONE = '0123456789abcdef'
const OTHER = 'fedcba9876543210'

describe('a row of chunks', () => {
  it('is the chunks of one exchange, up to a record of another kind', () => {
    const lines = [
      chunk(ONE, 7, 'a'),
      chunk(ONE, 1_234_567, 'ü\n"quoted"'),
      chunk(ONE, 12, 'x'.repeat(5_000)),
      line({ kind: 'end', exchange: ONE, at: 13 }),
    ]
    const bytes = lines.slice(0, 3).join('').length + 1
    expect(take(lines)).toEqual({ exchange: ONE, chunks: 3, firstAt: 7, lastAt: 1_234_567, bytes })
  })

  it('ends with a chunk of another exchange', () => {
    expect(take([chunk(ONE, 1, 'a'), chunk(OTHER, 2, 'b')])?.chunks).toBe(1)
  })

  it.each([
    ['whose checksum is wrong', chunk(ONE, 2, 'b').replace('"b"', '"c"')],
    [
      'without a checksum',
      `${JSON.stringify({ kind: 'chunk', exchange: ONE, at: 2, content: '' })}\n`,
    ],
    [
      'of binary data',
      line({ kind: 'chunk', exchange: ONE, at: 2, content: [{ base64: 'AA==' }] }),
    ],
    ['that came later than a number of nine digits tells', chunk(ONE, 1_000_000_000, 'b')],
    ['without its time', line({ kind: 'chunk', exchange: ONE, content: 'b' })],
    ['with a longer id', chunk(`${ONE}0`, 2, 'b')],
    ['with members in another order', line({ exchange: ONE, kind: 'chunk', at: 2, content: 'b' })],
    ['with something behind its content', line({ ...record(ONE, 2, 'b'), secrets: 1 })],
    ['without a newline', chunk(ONE, 2, 'b').trimEnd()],
    ['of digits alone', `{"kind":"chunk","exchange":"${ONE}","at":${'1'.repeat(300)}`],
  ])('ends before a line %s', (_, last) => {
    expect(take([chunk(ONE, 1, 'a'), last])?.chunks).toBe(1)
    expect(take([last])).toBeUndefined()
  })

  it('takes what is a chunk line by line, wherever a byte was changed', () => {
    const bytes = Buffer.from(chunk(ONE, 1_234, 'text'))
    for (let place = 0; place < bytes.length; place += 1) {
      const flipped = Buffer.from(bytes)
      flipped[place] = (flipped[place] ?? 0) ^ 1
      const end = flipped.indexOf(10)
      const isChunk = end >= 0 && chunkLineOf(flipped.subarray(0, end)) !== undefined
      expect({ place, isTaken: take([flipped]) !== undefined }).toEqual({ place, isTaken: isChunk })
    }
  })

  it.each([0, 1, 15, 16, 17, 31, 32, 33, 1_000])('of contents of %i bytes', (length) => {
    const lines = Array.from({ length: 5 }, (_, at) => chunk(ONE, at, 'z'.repeat(length)))
    expect(take(lines)?.chunks).toBe(5)
  })

  it('can end at the last byte of the block, and is not looked for behind it', () => {
    const rows = opened()
    const text = chunk(ONE, 1, 'a')
    const from = rows.block.length - text.length
    rows.block.write(text, from)
    expect(rows.exchangeAt(from)).toBe(ONE)
    expect(rows.take(from, rows.block.length)?.bytes).toBe(text.length)
    for (let at = from + 1; at <= rows.block.length; at += 1)
      expect(rows.exchangeAt(at)).toBeUndefined()
  })
})

describe('a long log read by rows', () => {
  it.each<[name: string, harm: (log: Buffer) => Buffer]>([
    ['whole', (log) => log],
    ['with a flipped byte in the middle', (log) => flipped(log, log.length / 2)],
    ['with a byte lost from a newline', (log) => without(log, log.indexOf(10, log.length / 3))],
    ['cut in its last chunk', (log) => log.subarray(0, log.lastIndexOf('"kind":"chunk"') + 60)],
    ['without its first exchange', (log) => log.subarray(log.indexOf(10) + 1)],
  ])('tells the same and reports the same damage as line by line: %s', (_, harm) => {
    const folder = mkdtempSync(join(tmpdir(), 'tacho-test-'))
    try {
      writeFileSync(join(folder, 'session_oai_raw.log'), harm(longLog()))
      expect(storyOf(folder, true)).toEqual(storyOf(folder, false))
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

function storyOf(folder: string, byRows: boolean): object {
  const damage: Damage[] = []
  const report = collectDamage(damage)
  const reader = new RawStoryReader(folder, report)
  const range = byRows ? reader.quick : {}
  for (const found of readPart(folder, 'session_oai_raw.log', report, range)) reader.take(found)
  const { exchanges, index, gaps } = reader.story
  // Which answers were counted in bytes depends on whether they were decoded.
  return { damage, gaps, index, exchanges: exchanges.map((one) => ({ ...one, responseBytes: 0 })) }
}

/** Two exchanges whose chunks take turns, several blocks long. */
function longLog(): Buffer {
  const time = '2026-11-30T00:00:00.000000Z'
  const start = { method: 'POST', url: 'http://model.test/v1/responses', headers: [], run: OTHER }
  const lines = [ONE, OTHER].map((exchange) => line({ kind: 'exchange', exchange, time, ...start }))
  for (let at = 0; at < 9_000; at += 1)
    lines.push(chunk(at % 700 < 350 ? ONE : OTHER, at, 'word '.repeat(at % 60)))
  return Buffer.from(lines.join(''))
}

function flipped(log: Buffer, place: number): Buffer {
  const harmed = Buffer.from(log)
  harmed[place | 0] = (harmed[place | 0] ?? 0) ^ 1
  return harmed
}

function without(log: Buffer, place: number): Buffer {
  return Buffer.concat([log.subarray(0, place), log.subarray(place + 1)])
}

function take(lines: readonly (string | Buffer)[]): ChunkRow | undefined {
  const rows = opened()
  rows.block.fill('\n')
  const bytes = Buffer.concat(lines.map((one) => Buffer.from(one)))
  bytes.copy(rows.block)
  return rows.take(0, bytes.length)
}

let held: ChunkRows | undefined

function opened(): ChunkRows {
  held ??= borrowChunkRows()
  if (held === undefined) throw new Error('this processor has no vectors')
  return held
}

function record(exchange: string, at: number, content: string): object {
  return { kind: 'chunk', exchange, at, content }
}

function chunk(exchange: string, at: number, content: string): string {
  return line(record(exchange, at, content))
}

function line(value: object): string {
  return Buffer.from(encodeLine(value, crc32)).toString()
}
