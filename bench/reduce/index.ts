import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { SESSION_FILES } from '@tacho/format'
import { readLog, rebuildSession, reduceSession } from '@tacho/reader'
import type { Row } from '../row.js'
import { EXCHANGES, SESSION_ID } from './session.js'

const ROUNDS = 8

/**
 * Measures how long it takes to read a session of 10,000 exchanges, each with a tool that was asked
 * for and approved, to reduce its events and exchanges to their meaning, and to write that as
 * spans.
 */
export async function benchReduce(): Promise<Row[]> {
  const root = mkdtempSync(join(tmpdir(), 'tacho-bench-'))
  try {
    await recorded(root)
    const folder = join(root, SESSION_ID)
    const [reading, reducing, rebuilding]: [number[], number[], number[]] = [[], [], []]
    let spans = 0
    for (let round = 0; round < ROUNDS; round += 1) {
      reading.push(await cpuSeconds(async () => readAll(folder)))
      reducing.push(await cpuSeconds(() => reduce(folder)))
      rebuilding.push(
        await cpuSeconds(async () => {
          spans = (await rebuildSession(folder, join(root, `rebuilt-${round}`))).ended
        }),
      )
      rmSync(join(root, `rebuilt-${round}`), { recursive: true })
    }
    // The minimum: other processes make a run slower, and nothing makes it faster.
    const [read, both, all] = [reading, reducing, rebuilding].map((times) => Math.min(...times))
    if (read === undefined || both === undefined || all === undefined) throw new Error('no rounds')
    const size = (file: string): number => statSync(join(folder, file)).size
    const [raw, events] = [size(SESSION_FILES.raw), size(SESSION_FILES.events)]
    return [
      { what: 'exchanges', value: EXCHANGES, unit: '' },
      { what: 'spans', value: spans, unit: '' },
      { what: 'raw log', value: raw / 1e6, unit: 'MB' },
      { what: 'events', value: events / 1e6, unit: 'MB' },
      { what: 'events, part of the raw log', value: (100 * events) / raw, unit: '%' },
      { what: 'events of an exchange', value: events / EXCHANGES, unit: 'B' },
      { what: 'both logs read (CPU)', value: read, unit: 's' },
      {
        what: 'reduced to changes of spans (CPU)',
        value: both - read,
        unit: 's',
        limit: { most: 2 },
      },
      { what: 'spans and all other files written (CPU)', value: all - both, unit: 's' },
      { what: 'tacho rebuild, in all (CPU)', value: all, unit: 's' },
    ]
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

/** Not in this process, in which nobody records what he rebuilds. */
async function recorded(root: string): Promise<void> {
  const child = fork(fileURLToPath(new URL('./record.js', import.meta.url)), [root])
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`the session could not be recorded: ${code}`)
}

async function reduce(folder: string): Promise<void> {
  await reduceSession(folder, {
    sessionId: SESSION_ID,
    report: fail,
    emitOf: () => () => {},
  })
}

function readAll(folder: string): void {
  for (const log of [SESSION_FILES.events, SESSION_FILES.raw]) {
    for (const _ of readLog(folder, log, fail)) {
      // Only reading is measured.
    }
  }
}

function fail({ file, reason }: { file: string; reason: string }): never {
  throw new Error(`${file} is damaged: ${reason}`)
}

/** Processor time: waiting for other processes would count as ours. */
async function cpuSeconds(work: () => Promise<void>): Promise<number> {
  const started = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(started)
  return (user + system) / 1e6
}
