import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { installedProgram } from '../installed-program.js'
import type { Row } from '../row.js'
import { median } from '../statistics.js'

const REGISTER = pathToFileURL(
  fileURLToPath(new URL('../../../packages/cli/bin/register.mjs', import.meta.url)),
).href
const HOST = fileURLToPath(new URL('../../register/host.mjs', import.meta.url))
const UPSTREAM = fileURLToPath(new URL('./upstream.js', import.meta.url))
const ROUNDS = 5
const START_ROUNDS = 21

type Figures = {
  time: number
  cpu: number
  pause: number
  memory: number
  first?: number
  /** Memory of the recorder process. */
  beside?: number
}
type Measured = { alone: Figures[]; recorded: Figures[] }

/**
 * A Node program with `tacho/register` and without, in turn. A busy machine lengthens elapsed time
 * but not processor time, so both are shown.
 */
export async function benchRegister(): Promise<Row[]> {
  const rows: Row[] = []
  for (const name of ['node20', 'node24'] as const) {
    const node = await installedProgram(name)
    if (node === undefined) continue
    rows.push(...(await rowsOf(name, node)))
  }
  return rows
}

async function rowsOf(name: string, node: string): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'tacho-bench-register-'))
  const upstream = spawn(process.execPath, [UPSTREAM], { stdio: ['ignore', 'pipe', 'inherit'] })
  try {
    const [port] = await once(createInterface(upstream.stdout), 'line')
    const base = `http://127.0.0.1:${port}`
    const measure = (what: string) => measured({ node, folder, args: [HOST, what, base] })
    const [sse, posts, first, streams] = ['sse', 'posts', 'first', 'streams'].map(measure)
    const [download, paused, idle] = ['download', 'paused', 'idle'].map(measure)
    return [
      ...startRows(node, folder),
      ...ratioRows('an answer of 10,000 events', sse, 1.25),
      {
        what: 'first byte of an answer, later by',
        value: more(first, ({ first: at = 0 }) => at),
        unit: 'ms',
        limit: { most: 0.5 },
      },
      ...ratioRows('1,000 requests of 40 KB, answers of 4 KB', posts, 1.3),
      ...ratioRows('100 streams at once', streams, 1.3),
      {
        what: 'the longest pause of the event loop, longer by',
        value: more(streams, ({ pause }) => pause),
        unit: 'ms',
        limit: { most: 20 },
      },
      {
        what: '256 MiB downloaded: throughput with / without',
        value: 1 / ratio(download, ({ time }) => time),
        unit: '×',
        limit: { least: 0.6 },
      },
      memoryRow('256 MiB downloaded: memory grows more by', download),
      memoryRow('64 MiB taken slowly: memory grows more by', paused),
      memoryRow('after one request: its memory is larger by', idle),
      {
        what: 'after one request: memory of the recorder process',
        value: more(idle, ({ beside = 0 }) => beside),
        unit: 'MiB',
      },
    ].map((row) => ({ ...row, what: `${name}: ${row.what}` }))
  } finally {
    upstream.kill()
    rmSync(folder, { recursive: true, force: true })
  }
}

type Program = { node: string; folder: string; args: readonly string[] }

function measured(program: Program): Measured {
  const both: Measured = { alone: [], recorded: [] }
  for (let round = 0; round < ROUNDS; round += 1) {
    both.alone.push(figuresOf(program, false))
    both.recorded.push(figuresOf(program, true))
  }
  return both
}

function figuresOf(program: Program, isRecorded: boolean): Figures {
  const { stdout, stderr } = runOf(program, isRecorded ? '1' : undefined, ['--expose-gc'])
  // The recorder keeps working for a moment and must not slow down the next run.
  while (isRecording(program)) pause(20)
  try {
    return JSON.parse(stdout)
  } catch {
    throw new Error(`The host failed: ${stderr}`)
  }
}

/** Whether a recorder process of the program's runs is left. */
function isRecording({ folder }: Program): boolean {
  return readdirSync('/proc').some((pid) => {
    try {
      return (
        readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('host-recorder') &&
        readFileSync(`/proc/${pid}/environ`, 'utf8').includes(folder)
      )
    } catch {
      return false
    }
  })
}

function pause(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds)
}

/** @param persist value of TACHO_PERSIST_SESSION; without it nothing is registered. */
function runOf({ node, folder, args }: Program, persist?: string, options: string[] = []) {
  const register = persist === undefined ? [] : ['--import', REGISTER]
  return spawnSync(node, [...options, ...register, ...args], {
    encoding: 'utf8',
    env: {
      HOME: folder,
      PATH: process.env.PATH,
      TACHO_HOSTS: '*',
      TACHO_SESSIONS_DIR: join(folder, 'sessions'),
      ...(persist !== undefined && { TACHO_PERSIST_SESSION: persist }),
    },
  })
}

/** Off is compared before anything is recorded: a recorder keeps working when its program has ended. */
function startRows(node: string, folder: string): Row[] {
  const empty = join(folder, 'empty.mjs')
  writeFileSync(empty, '')
  const program = { node, folder, args: [empty] }
  const off = startsLater(program, '')
  const on = startsLater(program, '1')
  return [
    { what: 'an empty program', value: off.alone, unit: 'ms' },
    { what: 'off, it starts later by', value: off.later, unit: 'ms', limit: { most: 2 } },
    { what: 'on, it starts later by', value: on.later, unit: 'ms', limit: { most: 120 } },
  ]
}

/** Compares runs in pairs, each of them the first of every other pair. */
function startsLater(program: Program, persist: string): { alone: number; later: number } {
  const pairs = Array.from({ length: START_ROUNDS }, (_, round) => {
    const first = startOf(program, round % 2 === 0 ? undefined : persist)
    const second = startOf(program, round % 2 === 0 ? persist : undefined)
    return round % 2 === 0 ? [first, second] : [second, first]
  })
  return {
    alone: median(pairs.map(([alone = 0]) => alone)),
    later: median(pairs.map(([alone = 0, registered = 0]) => registered - alone)),
  }
}

function startOf(program: Program, persist: string | undefined): number {
  while (isRecording(program)) pause(20)
  const start = performance.now()
  runOf(program, persist)
  return performance.now() - start
}

function ratioRows(what: string, measured: Measured | undefined, most: number): Row[] {
  const cpu = ratio(measured, (one) => one.cpu)
  return [
    {
      what: `${what}: time with / without`,
      value: ratio(measured, ({ time }) => time),
      unit: '×',
      limit: { most },
      note: `processor ${cpu.toFixed(2)} ×`,
    },
  ]
}

function memoryRow(what: string, measured: Measured | undefined): Row {
  const value = Math.max(
    0,
    more(measured, ({ memory }) => memory),
  )
  return { what, value, unit: 'MiB', limit: { most: 32 } }
}

function more(measured: Measured | undefined, figure: (of: Figures) => number): number {
  const { alone = [], recorded = [] } = measured ?? {}
  return median(recorded.map(figure)) - median(alone.map(figure))
}

function ratio(measured: Measured | undefined, figure: (of: Figures) => number): number {
  const { alone = [], recorded = [] } = measured ?? {}
  return median(recorded.map(figure)) / median(alone.map(figure))
}
