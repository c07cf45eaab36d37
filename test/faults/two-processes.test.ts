import { randomInt } from 'node:crypto'
import { join } from 'node:path'
import { readSession } from '@tacho/reader'
import { afterAll, expect, test } from 'vitest'
import { acknowledged, readAppended, startAppender } from './appender.js'
import { extent } from './extent.js'
import { fastDirectory } from './fast-directory.js'
import { SESSION_ID } from './recorded-session.js'

const RUNS = extent(3, 100)
const RECORDS = 200
const sums = { runs: 0, records: 0 }
afterAll(() => console.log(`two processes: ${sums.runs} runs, ${sums.records} records, none mixed`))

test('two processes in one session mix no record and share no id', async () => {
  for (let run = 0; run < RUNS; run += 1) {
    const root = fastDirectory()
    const work = { root, sessionId: SESSION_ID, records: RECORDS }
    await using one = startAppender({ ...work, name: 'one', seed: randomInt(2 ** 31) })
    await using other = startAppender({ ...work, name: 'other', seed: randomInt(2 ** 31) })
    const folder = join(root, SESSION_ID)
    for (const ended of await Promise.all([one.ended, other.ended])) {
      expect([ended.exitCode, ended.stderr.toString()]).toEqual([0, ''])
      expect(acknowledged(ended).written).toHaveLength(RECORDS)
    }
    const { numbers, damage, gaps, events, eventDamage } = readAppended(folder)
    const all = Array.from({ length: RECORDS }, (_, index) => index + 1)
    for (const found of [numbers, events]) {
      expect([...found].sort()).toEqual([
        ['one', all],
        ['other', all],
      ])
    }
    expect([damage, eventDamage, gaps]).toEqual([[], [], []])
    const { runs } = await readSession(folder)
    expect(new Set(runs.map(({ id }) => id)).size).toBe(2)
    expect(runs.map(({ ended }) => ended)).toEqual(['completed', 'completed'])
    sums.runs += 1
    sums.records += 2 * RECORDS
  }
}, 600_000)
