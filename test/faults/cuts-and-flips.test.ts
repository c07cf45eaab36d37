import { closeSync, ftruncateSync, openSync, readdirSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { SESSION_FILES } from '@tacho/format'
import { readLog, sealSession } from '@tacho/reader'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { extent, isSoak } from './extent.js'
import { fastDirectory } from './fast-directory.js'
import { recordSession, SESSION_ID } from './recorded-session.js'

// The time grows with the square of the size: 64 KiB take some minutes.
const EXCHANGES = extent(5, 44)
const SOAK_BYTES = 64 * 1024
const PATIENCE_MS = 900_000
const sums = { cuts: 0, flips: 0, sealedFlips: 0 }
afterAll(() =>
  console.log(
    `damage: ${sums.cuts} cuts, ${sums.flips} flips, ${sums.sealedFlips} flips of a sealed log`,
  ),
)

describe.each([SESSION_FILES.raw, SESSION_FILES.events])('%s', (name) => {
  let plain: { folder: string; bytes: Buffer; ends: number[] }
  beforeAll(async () => {
    const root = fastDirectory()
    await recordSession(root, EXCHANGES)
    const folder = join(root, SESSION_ID)
    const bytes = readFileSync(join(folder, name))
    if (isSoak && name === SESSION_FILES.raw)
      expect(bytes.length).toBeGreaterThanOrEqual(SOAK_BYTES)
    const ends = [...bytes.entries()].filter(([, byte]) => byte === 10).map(([at]) => at + 1)
    plain = { folder, bytes, ends }
  })

  test(
    'a log cut at any byte keeps exactly the whole records before the cut',
    () => {
      const { folder, bytes, ends } = plain
      const whole = recordsOf(folder, name)
      const log = openSync(join(folder, name), 'r+')
      for (let size = bytes.length - 1; size >= 0; size -= 1) {
        ftruncateSync(log, size)
        const { records, damage } = recordsOf(folder, name)
        sums.cuts += 1
        // A record that lacks only its newline is complete: its checksum says so.
        const kept = ends.filter((end) => end - 1 <= size).length
        if (records.length !== kept || !isPrefix(records, whole.records)) fail(`cut at ${size}`)
        const torn = { file: name, line: kept + 1, byte: ends[kept - 1] ?? 0, lines: 1 }
        const isTorn = size > torn.byte && size !== (ends[kept - 1] ?? 0) - 1
        const expected = isTorn ? [{ ...torn, reason: 'the last line is cut off' }] : []
        if (!isSame(damage, expected)) expect(damage, `cut at ${size}`).toEqual(expected)
      }
      writeSync(log, bytes, 0, bytes.length, 0)
      closeSync(log)
    },
    PATIENCE_MS,
  )

  test(
    'a bit flipped in any byte costs no record but those of its line, and is reported',
    () => {
      const { folder, bytes, ends } = plain
      const whole = recordsOf(folder, name)
      const log = openSync(join(folder, name), 'r+')
      let line = 0
      for (let at = 0; at < bytes.length; at += 1) {
        if (at >= (ends[line] ?? Number.POSITIVE_INFINITY)) line += 1
        const was = bytes[at] ?? 0
        writeSync(log, Buffer.of(was ^ (1 << (at % 8))), 0, 1, at)
        const { records, set, damage } = recordsOf(folder, name)
        sums.flips += 1
        // A flipped newline costs the line before it, and can cost the one after it.
        const isNewline = was === 10
        const others = whole.records.filter(
          (_, index) => index !== line && !(isNewline && index === line + 1),
        )
        if (!others.every((record) => set.has(record))) fail(`flip at ${at} costs others`)
        if (damage.length === 0) fail(`flip at ${at} is not reported`)
        // A flip in the name of the checksum leaves the record unchanged, with one more member.
        const altered = records.filter((record) => !whole.set.has(record))
        const isUnproved = altered.length === 1 && reasonOf(damage[0]) === 'without a checksum'
        if (altered.length > 0 && !isUnproved) fail(`flip at ${at} alters a record`)
        writeSync(log, Buffer.of(was), 0, 1, at)
      }
      closeSync(log)
    },
    PATIENCE_MS,
  )

  test('a bit flipped in any byte of a sealed log is reported, and costs no other block', async () => {
    const root = fastDirectory()
    await recordSession(root, 2)
    const folder = join(root, SESSION_ID)
    const whole = recordsOf(folder, name)
    sealSession(folder)
    const sealed =
      readdirSync(folder).find((file) => file.startsWith(name.replace(/log$/, '1.log.'))) ?? ''
    const bytes = readFileSync(join(folder, sealed))
    const log = openSync(join(folder, sealed), 'r+')
    for (let at = 0; at < bytes.length; at += 1) {
      const was = bytes[at] ?? 0
      writeSync(log, Buffer.of(was ^ (1 << (at % 8))), 0, 1, at)
      const { records, damage } = recordsOf(folder, name)
      sums.sealedFlips += 1
      if (records.some((record) => !whole.set.has(record))) fail(`flip at ${at} alters a record`)
      // We do not read what gzip says about a file besides its bytes (a time, a system).
      if (damage.length === 0 && records.length !== whole.records.length) fail(`flip at ${at}`)
      writeSync(log, Buffer.of(was), 0, 1, at)
    }
    closeSync(log)
  })
})

/**
 * The records of a log, each as the checksum of its line: comparing whole records takes longer than
 * reading them.
 */
type Read = { records: number[]; set: Set<number>; damage: object[] }

function recordsOf(folder: string, log: string): Read {
  const damage: object[] = []
  const records: number[] = []
  const report = (one: object): void => void damage.push(one)
  const range = { isStrict: true, onLine: (bytes: Buffer) => void records.push(crc32(bytes)) }
  for (const _ of readLog(folder, log, report, range)) {
    // Each record has accounted for its line.
  }
  return { records, set: new Set(records), damage }
}

function reasonOf(damage: object | undefined): unknown {
  return damage !== undefined && 'reason' in damage ? damage.reason : undefined
}

function isPrefix(records: readonly number[], whole: readonly number[]): boolean {
  return records.every((record, index) => record === whole[index])
}

function isSame(one: object, other: object): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

function fail(message: string): never {
  throw new Error(message)
}
