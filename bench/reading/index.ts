import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { newSession } from '../conversation/conversation.js'
import { type Random, randomFrom } from '../conversation/random.js'
import type { Row } from '../row.js'
import { median } from '../statistics.js'
import { writeGenerated } from './generated-session.js'

const TACHO = fileURLToPath(new URL('../../../packages/cli/bin/tacho.js', import.meta.url))
const TELL_MEMORY = fileURLToPath(new URL('../../reading/tell-memory.cjs', import.meta.url))
const SESSIONS = Number(process.env.TACHO_BENCH_SESSIONS ?? 10_000)
const LONG = { exchanges: 7_000, answerBytes: 63_000 }
const ROUNDS = 5
const NOW = Date.parse('2026-11-28T00:00:00Z')

/**
 * How long people wait for what was recorded: lists and time lines, with an index and without. The
 * sessions are generated, by another seed each time; TACHO_BENCH_SEED names one.
 */
export async function benchReading(): Promise<Row[]> {
  const seed = Number(process.env.TACHO_BENCH_SEED ?? Date.now() % 2 ** 31)
  const place = mkdtempSync(join(tmpdir(), 'tacho-bench-reading-'))
  process.stderr.write(`seed ${seed}, in ${place}\n`)
  try {
    const random = randomFrom(seed)
    return [...(await listRows(place, random)), ...(await longRows(place, random))]
  } finally {
    rmSync(place, { recursive: true, force: true })
  }
}

async function listRows(place: string, random: Random): Promise<Row[]> {
  const root = join(place, 'many')
  mkdirSync(root)
  const shared = newSession(random)
  for (let number = 0; number < SESSIONS; number += 1) {
    writeGenerated(root, random, {
      id: random.uuid(),
      started: NOW - random.below(100 * 24 * 3600) * 1000,
      exchanges: 1 + random.below(5),
      answerBytes: 500 + random.below(4_000),
      shared,
    })
  }
  const list = ['ls', '-n', '20', '--sessions-dir', root]
  const run = tachoIn(join(place, 'cache'))
  const cold = await run(list)
  const [node, warm] = [
    await medianOf(() => measured(['-e', '0'])),
    await medianOf(() => run(list)),
  ]
  const all = await medianOf(() => run(['ls', '--sessions-dir', root]))
  const found = await medianOf(() => run(['ls', 'timeout', '-n', '20', '--sessions-dir', root]))
  return [
    row('sessions', SESSIONS, ''),
    row('index of all of them from nothing', cold.seconds, 's', { most: 15 }),
    row('… memory', cold.megabytes, 'MB', { most: 250 }),
    row('node -e 0', node.seconds * 1000, 'ms'),
    row('tacho ls -n 20, warm', warm.seconds * 1000, 'ms'),
    row('… in node -e 0', warm.seconds / node.seconds, '×', { most: 4 }),
    row('tacho ls, all of them, warm', all.seconds * 1000, 'ms'),
    row('tacho ls WORD -n 20, warm', found.seconds * 1000, 'ms'),
    row('memory of tacho ls', all.megabytes, 'MB', { most: 250 }),
  ]
}

async function longRows(place: string, random: Random): Promise<Row[]> {
  const root = join(place, 'long')
  mkdirSync(root)
  const folder = writeGenerated(root, random, {
    ...{ id: random.uuid(), started: NOW, ...LONG, shared: newSession(random) },
  })
  const bytes = readdirSync(folder).reduce(
    (sum, name) => sum + statSync(join(folder, name)).size,
    0,
  )
  const run = tachoIn(join(place, 'cache'))
  const show = ['show', 'last', '--sessions-dir', root]
  const raw = ['raw', 'last', '6900', '--sessions-dir', root]
  const cold = await run(show)
  const [warm, exchange] = [await medianOf(() => run(show)), await medianOf(() => run(raw))]
  return [
    row(`exchanges of one session of ${Math.round(bytes / 1e6)} MB`, LONG.exchanges, ''),
    row('tacho show, first line, no index', cold.firstByte, 's', { most: 5 }),
    row('… memory', cold.megabytes, 'MB', { most: 250 }),
    row('tacho show, first line, warm', warm.firstByte, 's', { most: 1 }),
    row('tacho show, all lines, warm', warm.seconds, 's'),
    row('… memory', warm.megabytes, 'MB', { most: 250 }),
    row('tacho raw last 6900, warm', exchange.seconds, 's', { most: 0.3 }),
    row('… memory', exchange.megabytes, 'MB', { most: 250 }),
  ]
}

function row(what: string, value: number, unit: string, limit?: Row['limit']): Row {
  return { what, value, unit, ...(limit && { limit }) }
}

type Measured = { seconds: number; firstByte: number; megabytes: number }

function tachoIn(cache: string): (words: string[]) => Promise<Measured> {
  mkdirSync(cache, { recursive: true })
  return (words) => measured([TACHO, ...words], { XDG_CACHE_HOME: cache })
}

/** Runs Node: until its first byte of output, until its end, and the most memory that it had. */
async function measured(words: string[], environment = {}): Promise<Measured> {
  const started = performance.now()
  const child = spawn(process.execPath, ['-r', TELL_MEMORY, ...words], {
    stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
    env: { ...process.env, ...environment },
  })
  let firstByte = Number.NaN
  let kilobytes = ''
  child.stdout?.on('data', () => {
    if (Number.isNaN(firstByte)) firstByte = performance.now() - started
  })
  child.stdio[3]?.on('data', (bytes) => {
    kilobytes += bytes
  })
  const [exitCode] = (await once(child, 'close')) as [number | null]
  if (exitCode !== 0) throw new Error(`node ${words.join(' ')} ended with ${exitCode}`)
  const seconds = (performance.now() - started) / 1000
  return { seconds, firstByte: firstByte / 1000, megabytes: Number(kilobytes) / 1000 }
}

async function medianOf(measure: () => Promise<Measured>): Promise<Measured> {
  const all: Measured[] = []
  for (let round = 0; round < ROUNDS; round += 1) all.push(await measure())
  const of = (name: keyof Measured): number => median(all.map((one) => one[name]))
  return { seconds: of('seconds'), firstByte: of('firstByte'), megabytes: of('megabytes') }
}
