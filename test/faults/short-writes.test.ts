import { readFileSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { readSession, verifySession } from '@tacho/reader'
import { afterAll, describe, expect, test } from 'vitest'
import { AppendFile } from '../../packages/recorder/dist/append-file.js'
import { folderDisk } from '../../packages/recorder/dist/disk.js'
import { gapLine } from '../../packages/recorder/dist/gap-line.js'
import { lineOf } from '../../packages/recorder/dist/line.js'
import { asScrubbed, asScrubbedBytes } from '../recorder/as-scrubbed.js'
import { acknowledged, readAppended, startAppender } from './appender.js'
import { fastDirectory } from './fast-directory.js'
import { recordExchanges, SESSION_ID, startRecording } from './recorded-session.js'

const sums = { writes: 0, refused: 0 }
afterAll(() =>
  console.log(`short writes: ${sums.writes} of them; ${sums.refused} records refused by ulimit -f`),
)

const RECORDS = asScrubbed<{ kind: string; text?: string; n?: number[] }[]>([
  { kind: 'one', text: 'é'.repeat(40) },
  { kind: 'two' },
  { kind: 'three', n: [1, 2] },
])
const LONGEST = Math.max(...RECORDS.map((record) => lineOf(record).length))

test('a disk that takes 1 to n bytes a call gets the same file as one that takes all', () => {
  const root = fastDirectory()
  const whole = written(join(root, 'whole'), LONGEST)
  for (let most = 1; most <= LONGEST; most += 1) {
    expect(written(join(root, `by-${most}`), most).equals(whole), `${most} a call`).toBe(true)
  }
})

test('a line that is torn by an error has a newline behind it before the next, and a gap', () => {
  const path = join(fastDirectory(), 'log')
  for (let torn = 1; torn < LONGEST; torn += 1) {
    let room = torn
    const disk = {
      ...folderDisk,
      write(descriptor: number, bytes: Uint8Array, offset: number): number {
        const length = Math.min(room, bytes.length - offset)
        if (length === 0) throw Object.assign(new Error('full'), { code: 'ENOSPC' })
        room -= length
        return writeSync(descriptor, bytes, offset, length)
      },
    }
    const file = new AppendFile({ disk, path, now: () => 0, gapLine })
    expect(file.append(lineOf(RECORDS[0] ?? {}), 'one')).toBe(false)
    room = Number.POSITIVE_INFINITY
    expect(file.append(lineOf(RECORDS[1] ?? {}), 'two')).toBe(true)
    file.close()
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n').slice(-3)
    expect(lines[0]?.length).toBeLessThan(LONGEST)
    expect(JSON.parse(lines[1] ?? '')).toMatchObject({ lost: { one: 1 }, reason: 'ENOSPC' })
    expect(JSON.parse(lines[2] ?? '')).toMatchObject({ kind: 'two' })
  }
})

test('nothing is glued to a tail that the process before left torn, wherever it is torn', () => {
  const path = join(fastDirectory(), 'log')
  const line = lineOf(RECORDS[0] ?? {})
  const before = Buffer.concat([Uint8Array.from(line), Uint8Array.from(line)])
  for (let size = 0; size <= before.length; size += 1) {
    writeFileSync(path, before.subarray(0, size))
    const file = new AppendFile({ disk: folderDisk, path, now: () => 0, gapLine })
    const next = asScrubbedBytes(Uint8Array.from(lineOf(RECORDS[1] ?? {})))
    expect(file.append(next, 'two')).toBe(true)
    file.close()
    const isTorn = size % line.length !== 0
    const expected = [before.subarray(0, size), Buffer.from(isTorn ? '\n' : ''), next]
    expect(readFileSync(path).equals(Buffer.concat(expected)), `torn at ${size}`).toBe(true)
  }
})

describe('really', () => {
  test('under `ulimit -f` a file ends in the middle of a line, the process goes on, and the manifest tells', async () => {
    const root = fastDirectory()
    const limited = ['bash', '-c', 'ulimit -f 1024; exec "$@"', 'bash']
    const work = { root, sessionId: SESSION_ID, name: 'limited', seed: 7, records: 300 }
    await using appender = startAppender(work, limited)
    const ended = await appender.ended
    const { written, refused } = acknowledged(ended)
    expect([ended.exitCode, written.length + refused.length]).toEqual([0, 300])
    expect(ended.stderr.toString()).toContain('(EFBIG)')
    const found = readAppended(join(root, SESSION_ID))
    expect(found.numbers.get('limited')).toEqual(written)
    expect(found.damage.length).toBeLessThanOrEqual(1)
    const { runs } = await readSession(join(root, SESSION_ID))
    expect(runs[0]?.lost).toMatchObject({ written: refused.length })
    sums.refused += refused.length
  })

  test('a debug log on /dev/full is told of once, and the session is recorded all the same', async () => {
    const root = fastDirectory()
    const told: string[] = []
    const onTrouble = (sentence: string): void => void told.push(sentence)
    const recording = startRecording(root, { logPath: '/dev/full', onTrouble })
    recordExchanges(recording, 3)
    await recording.close({ exitCode: 0 })
    expect(told).toEqual(['/dev/full could not be written (EPERM). The run goes on.'])
    expect((await verifySession(join(root, SESSION_ID))).damage).toEqual([])
  })
})

/** A file with all records, each written with at most this many bytes per call. */
function written(path: string, most: number): Buffer {
  const disk = {
    ...folderDisk,
    write(descriptor: number, bytes: Uint8Array, offset: number): number {
      sums.writes += 1
      return writeSync(descriptor, bytes, offset, Math.min(most, bytes.length - offset))
    },
  }
  const file = new AppendFile({ disk, path, now: () => 0, gapLine })
  for (const record of RECORDS) expect(file.append(lineOf(record), record.kind)).toBe(true)
  file.close()
  return readFileSync(path)
}
