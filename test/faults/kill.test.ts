import { randomInt } from 'node:crypto'
import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import { sessionsDirectory } from '../reader/session-folder.js'
import { acknowledged, readAppended, startAppender } from './appender.js'
import { extent } from './extent.js'
import { SESSION_ID } from './recorded-session.js'

const KILLS = extent(20, 1000)
/** Runs of one session, each resuming the killed one before it. */
const RUNS = 10
const sums = { kills: 0, acknowledged: 0, missing: 0, torn: 0, missingEvents: 0 }
afterAll(() =>
  console.log(
    `kill: ${sums.kills} kills, ${sums.acknowledged} acknowledged records, ${sums.missing} missing and ${sums.missingEvents} of their events, ${sums.torn} torn tails`,
  ),
)

test(
  'no acknowledged record is missing after a SIGKILL at any moment, over resumes of resumes',
  async () => {
    for (let kills = 0; kills < KILLS; kills += 2 * RUNS) {
      // Two sessions at a time, for two cores.
      await Promise.all([killedSession(), KILLS - kills > RUNS ? killedSession() : undefined])
    }
    expect([sums.missing, sums.missingEvents]).toEqual([0, 0])
  },
  extent(900_000, 3_600_000),
)

async function killedSession(): Promise<void> {
  const root = sessionsDirectory()
  const written = new Map<string, number[]>()
  for (let run = 1; run <= RUNS; run += 1) {
    const name = `run ${run}`
    written.set(name, await killedRun(root, name))
  }
  const found = readAppended(join(root, SESSION_ID))
  sums.kills += RUNS
  sums.torn += found.damage.length + found.eventDamage.length
  for (const [name, numbers] of written) {
    const there = new Set(found.numbers.get(name))
    const events = new Set(found.events.get(name))
    sums.acknowledged += numbers.length
    sums.missing += numbers.filter((number) => !there.has(number)).length
    sums.missingEvents += numbers.filter((number) => !events.has(number)).length
  }
  // A run can tear only the record that it was writing, and never joins another to it.
  expect(found.damage.length).toBeLessThanOrEqual(RUNS)
  expect(found.eventDamage.length).toBeLessThanOrEqual(RUNS)
  // A run that was killed before it joined the session has left an empty folder.
  for (const name of readdirSync(root)) {
    if (name !== SESSION_ID) expect(readAppended(join(root, name)).numbers.size).toBe(0)
  }
  rmSync(root, { recursive: true, force: true })
}

/** Kills a process at a random moment, and returns the records that it had acknowledged. */
async function killedRun(root: string, name: string): Promise<number[]> {
  await using appender = startAppender({
    root,
    sessionId: SESSION_ID,
    name,
    seed: randomInt(2 ** 31),
  })
  await appender.stdout.containing('\n')
  await wait(randomInt(40))
  appender.kill('SIGKILL')
  const ended = await appender.ended
  expect(ended.signal).toBe('SIGKILL')
  return acknowledged(ended).written
}
