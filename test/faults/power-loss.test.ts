import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readLog } from '@tacho/reader'
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest'
import { AppendFile } from '../../packages/recorder/dist/append-file.js'
import { type Disk, realDisk } from '../../packages/recorder/dist/disk.js'
import { gapLine } from '../../packages/recorder/dist/gap-line.js'
import { lineOf } from '../../packages/recorder/dist/line.js'
import { asScrubbed } from '../recorder/as-scrubbed.js'
import { fastDirectory } from './fast-directory.js'
import { randomFrom } from './random.js'
import { VolatileDisk } from './volatile-disk.js'

const SEEDS = 1000
/** The most that a power loss may cost (docs/reliability.md). */
const PROMISE_MS = 1000
const sums = { losses: 0, records: 0, longest: 0, failedSyncs: 0, told: 0 }
afterAll(() =>
  console.log(
    `power loss: ${sums.losses} of them, ${sums.records} records, longest loss ${Math.round(sums.longest)} ms; ${sums.failedSyncs} failed syncs, ${sums.told} of them told by a gap that is there`,
  ),
)

beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
afterEach(() => vi.useRealTimers())

test('a power loss costs at most 1 s of records, and what is left is consistent', () => {
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const run = runUntilPowerLoss(seed, 0)
    const kept = new Set(run.numbers)
    for (const { number, at } of run.appended) {
      if (kept.has(number)) continue
      const lostMs = run.diedAt - at
      sums.longest = Math.max(sums.longest, lostMs)
      expect(lostMs, `seed ${seed} lost record ${number}`).toBeLessThanOrEqual(PROMISE_MS)
    }
    sums.losses += 1
    sums.records += run.appended.length
  }
})

test('a failed sync is never done again for the same records, and a gap tells of it', () => {
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const run = runUntilPowerLoss(seed, 0.3)
    sums.failedSyncs += run.failedBatches.length
    const kept = new Set(run.numbers)
    // Whatever a failed sync was for may be lost, however old it is; nothing else may.
    const isExcused = (number: number): boolean =>
      run.failedBatches.some(({ from, to }) => number >= from && number <= to)
    for (const { number, at } of run.appended) {
      if (kept.has(number) || isExcused(number)) continue
      expect(run.diedAt - at, `seed ${seed} lost record ${number}`).toBeLessThanOrEqual(PROMISE_MS)
    }
    const told = run.gaps.reduce((sum, gap) => sum + (gap.lost.unsynced ?? 0), 0)
    sums.told += told > 0 ? 1 : 0
    expect(run.damaged, `seed ${seed}`).toBeLessThanOrEqual(run.appended.length)
  }
  expect(sums.told).toBeGreaterThan(0)
})

test('what was synced ahead of the end is not synced again, and what came after it is', async () => {
  const synced: string[] = []
  const disk: Disk = {
    ...realDisk,
    sync(descriptor, done) {
      synced.push('ahead')
      realDisk.sync(descriptor, done)
    },
    syncNow(descriptor) {
      synced.push('at the end')
      realDisk.syncNow(descriptor)
    },
  }
  for (const isWrittenAfter of [false, true]) {
    const path = join(fastDirectory(), 'log')
    const file = new AppendFile({ disk, path, now: () => 0, gapLine })
    file.append(lineOf(asScrubbed({ kind: 'one' })), 'one')
    await file.synced()
    if (isWrittenAfter) file.append(lineOf(asScrubbed({ kind: 'two' })), 'two')
    file.close()
    await file.synced()
  }
  expect(synced).toEqual(['ahead', 'ahead', 'at the end'])
})

type Run = {
  appended: { number: number; at: number }[]
  diedAt: number
  numbers: number[]
  gaps: { lost: Record<string, number> }[]
  damaged: number
  failedBatches: { from: number; to: number }[]
}

const directory = fastDirectory()

/**
 * Appends at random moments to a disk that keeps what was synced, and loses power at one of them.
 */
function runUntilPowerLoss(seed: number, syncFailures: number): Run {
  const random = randomFrom(seed)
  const disk = new VolatileDisk(random, syncFailures)
  let now = 0
  const file = new AppendFile({ disk, path: 'log', now: () => now * 1000, gapLine })
  const appended: Run['appended'] = []
  const diedAt = 500 + random() * 4000
  for (let number = 1; now < diedAt; number += 1) {
    const record = { kind: 'written', number, text: 'x'.repeat(Math.floor(random() * 400)) }
    disk.newest = number
    if (file.append(lineOf(asScrubbed(record)), record.kind)) appended.push({ number, at: now })
    // Usually a stream's pace, sometimes a pause.
    const pause = Math.min(random() * (random() < 0.9 ? 40 : 900), diedAt - now)
    vi.advanceTimersByTime(Math.max(1, Math.round(pause)))
    now += Math.max(1, Math.round(pause))
  }
  vi.clearAllTimers()
  const path = join(directory, 'session_oai_raw.log')
  writeFileSync(path, disk.afterPowerLoss())
  return { appended, diedAt: now, failedBatches: disk.failedBatches, ...readBack(appended) }
}

function readBack(appended: Run['appended']): Pick<Run, 'numbers' | 'gaps' | 'damaged'> {
  const numbers: number[] = []
  const gaps: Run['gaps'] = []
  let damaged = 0
  const report = ({ lines }: { lines: number }): void => {
    damaged += lines
  }
  for (const { value } of readLog(directory, 'session_oai_raw.log', report)) {
    if (value.kind === 'gap') gaps.push(value as Run['gaps'][number])
    else numbers.push(Number(value.number))
  }
  // Consistent: what is there was appended, in this order, once each.
  const known = new Set(appended.map(({ number }) => number))
  expect(numbers.every((number) => known.has(number))).toBe(true)
  expect(numbers).toEqual([...new Set(numbers)].sort((one, other) => one - other))
  return { numbers, gaps, damaged }
}
