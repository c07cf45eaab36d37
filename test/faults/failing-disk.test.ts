import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { SESSION_FILES } from '@tacho/format'
import { readLog, verifySession } from '@tacho/reader'
import { afterAll, describe, expect, test } from 'vitest'
import { isSoak } from './extent.js'
import { type Fault, failingCalls } from './failing-calls.js'
import { fastDirectory } from './fast-directory.js'
import { recordExchanges, recordSession, startRecording } from './recorded-session.js'

const CODES = ['ENOSPC', 'EIO', 'EDQUOT', 'EROFS', 'EMFILE', 'EACCES', 'EBADF']
const sums = { runs: 0, failed: 0 }
afterAll(() => console.log(`failing disk: ${sums.failed} failing calls in ${sums.runs} runs`))

/** What one run leaves behind on a failing disk. */
type Outcome = {
  failed: number
  /** There was no place to record to, and the host ran unrecorded. */
  isRefused: boolean
  /** What the recorder's user was told. */
  told: string[]
  root: string
}

describe.each(CODES.map((code, index) => [code, index] as const))(
  '%s in any one call',
  (code, index) => {
    const times = [['of a new session', 0] as const, ['of a resume', 1] as const]
    // What follows from a failing call hardly depends on its code. So one code fails every second call,
    // and every third of a resume, which makes twice as many; of the others, `npm test` fails
    // every thirteenth, and never the same ones.
    const isFirst = code === 'ENOSPC'
    for (const [when, before] of isSoak || isFirst ? times : times.slice(0, 1)) {
      for (const isLasting of [false, true]) {
        test(`${when}, ${isLasting ? 'and in all after it' : 'once'}`, async () => {
          const expected = await cleanRun(before)
          const step = isSoak ? 1 : isFirst ? 2 + before : 2 * CODES.length - 1
          for (let first = 1 + (index % step); ; first += step) {
            const outcome = await run(before, { first, code, isLasting })
            await expectHarmless(outcome, expected, { first, code, isLasting })
            rmSync(outcome.root, { recursive: true, force: true })
            if (outcome.failed === 0) break
          }
        })
      }
    }
  },
)

/**
 * Records two exchanges into a session that already has `before`; throws nothing that the host
 * would notice.
 */
async function run(before: number, fault: Fault): Promise<Outcome> {
  const root = fastDirectory()
  if (before > 0) await recordSession(root, before)
  const told: string[] = []
  let isRefused = true
  const disk = failingCalls(root, fault)
  try {
    const recording = startOrNothing(root, told)
    if (recording !== undefined) {
      isRefused = false
      recordExchanges(recording, 2)
      await recording.close({ exitCode: 0 })
      // Syncing off the host's path makes calls too.
      await new Promise((resolve) => setImmediate(resolve))
    }
  } finally {
    disk.heal()
  }
  sums.runs += 1
  sums.failed += disk.failed
  return { failed: disk.failed, isRefused, told, root }
}

// If there is no place to record to, the host is told before it starts, and runs unrecorded.
function startOrNothing(root: string, told: string[]) {
  try {
    return startRecording(root, { onTrouble: (sentence) => told.push(sentence) })
  } catch (error) {
    expect((error as Error).name).toBe('CannotRecord')
    told.push((error as Error).message)
    return undefined
  }
}

type Kinds = Record<string, number>

async function cleanRun(before: number): Promise<Kinds> {
  const { root } = await run(before, {
    first: Number.POSITIVE_INFINITY,
    code: '',
    isLasting: false,
  })
  const kinds = kindsIn(root)
  expect(kinds.gap).toBeUndefined()
  return kinds
}

async function expectHarmless(outcome: Outcome, expected: Kinds, fault: Fault): Promise<void> {
  const where = JSON.stringify(fault)
  for (const name of readdirSync(outcome.root)) {
    const { damage } = await verifySession(join(outcome.root, name))
    const worse = damage.filter(({ reason }) => !EXPECTED_DAMAGE.test(reason))
    expect(worse, `${where} left damage`).toEqual([])
  }
  if (outcome.isRefused) {
    expect(outcome.told, where).toHaveLength(1)
    return
  }
  const found = kindsIn(outcome.root)
  for (const [kind, count] of Object.entries(expected)) {
    const missing = count - (found[kind] ?? 0)
    if (missing <= 0) continue
    expect(outcome.told.length, `${where} lost ${missing} ${kind}, nobody was told`).not.toBe(0)
    // A disk that failed once records the gap before the next record.
    if (fault.isLasting) continue
    const inGaps = (found[`lost ${kind}`] ?? 0) + (found['lost joined'] ?? 0)
    expect(inGaps, `${where} lost ${missing} ${kind}, no gap tells`).not.toBe(0)
  }
}

// What a failing disk leaves: a cut line, a manifest that could not be written.
const EXPECTED_DAMAGE = /^(the last line is cut off|not there)$/

/**
 * How many records of each kind are in the logs below a root, and how many the gaps say are lost.
 */
function kindsIn(root: string): Kinds {
  const kinds: Kinds = {}
  const add = (kind: string, count: number): void => {
    kinds[kind] = (kinds[kind] ?? 0) + count
  }
  for (const name of readdirSync(root)) {
    for (const log of [SESSION_FILES.raw, SESSION_FILES.events]) {
      for (const { value } of readLog(join(root, name), log, () => undefined)) {
        add(String(value.kind), 1)
        if (value.kind !== 'gap') continue
        for (const [kind, count] of Object.entries(value.lost as Kinds)) add(`lost ${kind}`, count)
      }
    }
  }
  return kinds
}
