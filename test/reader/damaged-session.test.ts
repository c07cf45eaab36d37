import { appendFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SESSION_FILES } from '@tacho/format'
import { readSession, type Session, summarize } from '@tacho/reader'
import { describe, expect, test } from 'vitest'
import { extent } from '../faults/extent.js'
import {
  exchangeRecords,
  FIRST,
  lines,
  SESSION_ID,
  sessionsDirectory,
  spansOfTwo,
  twoExchanges,
  writeSession,
} from './session-folder.js'

const { raw, meta } = SESSION_FILES

/** From one byte that is tried to the next. Each byte takes a millisecond, in four tests. */
const STEP = extent(5, 1)

test('a raw log cut at any byte keeps every whole record before the cut', async () => {
  const folder = writeSession(sessionsDirectory(), { isOpen: true })
  const whole = readFileSync(join(folder, raw))
  const ends = endsOfLines(whole)
  for (let size = whole.length; size >= 0; size -= STEP) {
    truncateSync(join(folder, raw), size)
    const session = await readSession(folder)
    // A record that lacks only its newline is complete: its checksum says so.
    const kept = ends.filter((end) => end - 1 <= size).length
    expect(shapeOf(session), `cut at byte ${size}`).toEqual(shapeOfRecords(kept))
    const isTorn = size > 0 && !ends.includes(size) && !ends.includes(size + 1)
    const place = { file: raw, line: kept + 1, byte: ends[kept - 1] ?? 0, lines: 1 }
    expect(session.damage, `cut at byte ${size}`).toEqual(
      isTorn ? [{ ...place, reason: 'the last line is cut off' }] : [],
    )
  }
})

test('a span log cut at any byte never keeps the exchanges from being read', async () => {
  const folder = writeSession(sessionsDirectory(), { isOpen: true })
  const { length } = readFileSync(join(folder, meta))
  for (let size = length; size >= 0; size -= STEP) {
    truncateSync(join(folder, meta), size)
    const session = await readSession(folder)
    expect(shapeOf(session)).toEqual(shapeOfRecords(twoExchanges().length))
    expect(session.damage.length).toBeLessThanOrEqual(1)
  }
})

test('a manifest cut at any byte is made up for from the logs', async () => {
  const folder = writeSession(sessionsDirectory(), { isOpen: true })
  const path = join(folder, SESSION_FILES.manifest)
  for (let size = readFileSync(path).length - 1; size >= 0; size -= STEP) {
    truncateSync(path, size)
    const session = await readSession(folder)
    expect(session.damage).toEqual([
      { file: SESSION_FILES.manifest, lines: 0, reason: 'torn or broken JSON' },
    ])
    expect(session).toMatchObject({ id: SESSION_ID, agent: { name: 'codex' }, ended: 'died' })
    expect(session.exchanges).toHaveLength(2)
  }
})

test('a flipped bit at any byte of the raw log spoils no record but its own', async () => {
  const folder = writeSession(sessionsDirectory(), { isOpen: true })
  const whole = readFileSync(join(folder, raw))
  const good = (await readSession(folder)).exchanges
  for (let byte = 0; byte < whole.length; byte += STEP) {
    const flipped = Buffer.from(whole)
    flipped[byte] = (flipped[byte] ?? 0) ^ (1 << (byte % 8))
    writeFileSync(join(folder, raw), flipped)
    const { exchanges, damage } = await readSession(folder)
    // A flip within the name of the checksum leaves the record unchanged.
    const isHarmless = JSON.stringify(exchanges) === JSON.stringify(good)
    expect(isHarmless || damage.length > 0, `flip at byte ${byte}`).toBe(true)
    for (const exchange of exchanges) {
      const before = good.find(({ id }) => id === exchange.id)
      expect(before, `flip at byte ${byte}`).toBeDefined()
      expect([before?.method, before?.url, before?.startedAt]).toEqual([
        exchange.method,
        exchange.url,
        exchange.startedAt,
      ])
    }
  }
})

const [first, second] = [
  exchangeRecords({ id: FIRST, request: 'one', chunks: ['a'] }),
  exchangeRecords({ id: '3333333333333333', request: 'two', chunks: ['b'] }),
]

describe('what comes after damage is read', () => {
  const cases: [name: string, between: Buffer, reason: string][] = [
    [
      'a run of NUL bytes with a newline',
      Buffer.concat([Buffer.alloc(4096), newline()]),
      'NUL bytes',
    ],
    ['a run of NUL bytes without one', Buffer.alloc(4096), 'NUL bytes'],
    ['a torn line with a newline', Buffer.from('{"kind":"chu\n'), 'torn or broken JSON'],
    ['a torn line without one', Buffer.from('{"kind":"chunk","con'), 'torn or broken JSON'],
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 10]), 'not UTF-8'],
    ['a line of another program', Buffer.from('INFO started\n'), 'not a record'],
    ['JSON that is not an object', Buffer.from('[1]\n'), 'not a record'],
    ['an object of no kind', Buffer.from('{"level":"info"}\n'), 'not a record of this log'],
    [
      'a record without its parts',
      lines([{ kind: 'end', exchange: FIRST }]),
      'not a record of this log',
    ],
    ['a huge line', Buffer.concat([Buffer.alloc(3_000_000, 'x'), newline()]), 'not a record'],
    [
      'records of an exchange that is not there',
      lines(exchangeRecords({ id: '9999999999999999' }).slice(1, 2)),
      'of an exchange whose beginning is lost',
    ],
  ]
  for (const [name, between, reason] of cases) {
    test(name, async () => {
      const folder = writeSession(sessionsDirectory(), { raw: first })
      appendFileSync(join(folder, raw), between)
      appendFileSync(join(folder, raw), lines(second))
      const { exchanges, damage } = await readSession(folder)
      expect(exchanges.map(({ id, state }) => [id, state])).toEqual([
        [FIRST, 'completed'],
        ['3333333333333333', 'completed'],
      ])
      const line = first.length + 1
      expect(damage).toEqual([{ file: raw, line, byte: lines(first).length, lines: 1, reason }])
    })
  }

  test('kinds of records that a later Tacho writes are passed over without a word', async () => {
    const later = { kind: 'weather', exchange: FIRST, temperature: 21 }
    const folder = writeSession(sessionsDirectory(), { raw: [...first, later, ...second] })
    const { exchanges, damage } = await readSession(folder)
    expect(exchanges).toHaveLength(2)
    expect(damage).toEqual([])
  })
})

test('many damaged lines in a row are one report', async () => {
  const folder = writeSession(sessionsDirectory(), { raw: [] })
  writeFileSync(join(folder, raw), 'x\n'.repeat(50_000))
  const { damage } = await readSession(folder)
  expect(damage).toEqual([{ file: raw, line: 1, byte: 0, lines: 50_000, reason: 'not a record' }])
})

test('a span with broken parts is damage, and the other spans are read', async () => {
  const broken = [
    { started: { spanId: 5, startTimeUnixNano: '1' } },
    { started: { spanId: 'a', startTimeUnixNano: 'soon' } },
    { resourceSpans: 'none' },
    { started: { spanId: 'b', startTimeUnixNano: '1', attributes: [null] } },
  ]
  const folder = writeSession(sessionsDirectory(), { meta: [...broken, ...spansOfTwo()] })
  const { spans, damage } = await readSession(folder)
  expect(spans.size).toBe(4)
  expect(damage).toEqual([
    { file: meta, line: 1, byte: 0, lines: 4, reason: 'a span with broken parts' },
  ])
})

test('at a glance, a session whose raw log was cut is marked as damaged', () => {
  const directory = sessionsDirectory()
  const folder = writeSession(directory)
  const glance = () => summarize({ id: SESSION_ID, folder, root: directory }).damage
  expect(glance()).toEqual([])
  truncateSync(join(folder, raw), readFileSync(join(folder, raw)).length - 5)
  const [line, byte] = [twoExchanges().length, lines(twoExchanges().slice(0, -1)).length]
  expect(glance()).toEqual([
    { file: raw, line, byte, lines: 1, reason: 'the last line is cut off' },
  ])
})

function endsOfLines(bytes: Buffer): number[] {
  return [...bytes.entries()].filter(([, byte]) => byte === 10).map(([index]) => index + 1)
}

function newline(): Buffer {
  return Buffer.from('\n')
}

/** The part of a session's exchanges that depends on which records exist. */
function shapeOf({ exchanges }: Session): unknown[] {
  return exchanges.map(({ id, state, status, chunks, lastAt }) => [
    id,
    state,
    status,
    chunks,
    lastAt,
  ])
}

function shapeOfRecords(count: number): unknown[] {
  const shapes = new Map<string, [string, string, number | undefined, number, number]>()
  for (const record of twoExchanges().slice(0, count)) {
    if (record.kind === 'gap' || record.kind === 'message') continue
    if (record.kind === 'exchange') {
      shapes.set(record.exchange, [record.exchange, 'in-flight', undefined, 0, 0])
      continue
    }
    const shape = shapes.get(record.exchange)
    if (shape === undefined) continue
    if (record.kind === 'end') shape[1] = record.state
    if (record.kind === 'response') shape[2] = record.status
    if (record.kind === 'chunk') shape[3] += 1
    shape[4] = record.at
  }
  return [...shapes.values()]
}
