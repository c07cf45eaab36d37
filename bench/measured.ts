import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { median } from './statistics.js'

const TELL_MEMORY = fileURLToPath(new URL('../reading/tell-memory.cjs', import.meta.url))
const ROUNDS = Number(process.env.TACHO_BENCH_ROUNDS ?? 5)

/** One run of Node: processor seconds of all its threads together, elapsed seconds, and memory. */
export type Measured = { seconds: number; clock: number; megabytes: number }

export type MeasureOptions = {
  environment?: Record<string, string>
  /** Ends with the first byte of output: that is what a user waits for. */
  isFirst?: boolean
  /** Exit codes other than 0 are fine. */
  isAnyExit?: boolean
}

/** Runs Node once. */
export async function measured(
  words: readonly string[],
  { environment = {}, isFirst = false, isAnyExit = false }: MeasureOptions = {},
): Promise<Measured> {
  const started = performance.now()
  const child = spawn(process.execPath, ['-r', TELL_MEMORY, ...words], {
    stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
    env: { ...process.env, ...environment },
  })
  let told = ''
  let clock = Number.NaN
  child.stdout?.on('data', () => {
    if (!isFirst || !Number.isNaN(clock)) return
    clock = (performance.now() - started) / 1000
    child.stdout?.destroy()
  })
  child.stdio[3]?.on('data', (bytes) => {
    told += bytes
  })
  const [exitCode] = (await once(child, 'close')) as [number | null]
  if (exitCode !== 0 && !isAnyExit) {
    throw new Error(`node ${words.join(' ')} ended with ${exitCode}`)
  }
  if (Number.isNaN(clock)) clock = (performance.now() - started) / 1000
  const [kilobytes = 0, micros = 0] = told.split(' ').map(Number)
  return { seconds: micros / 1e6, clock, megabytes: kilobytes / 1000 }
}

/** The median of several runs. */
export async function medianOf(measure: () => Promise<Measured>): Promise<Measured> {
  const all: Measured[] = []
  for (let round = 0; round < ROUNDS; round += 1) all.push(await measure())
  const of = (name: keyof Measured): number => median(all.map((one) => one[name]))
  return { seconds: of('seconds'), clock: of('clock'), megabytes: of('megabytes') }
}
