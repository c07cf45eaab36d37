import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { newSession } from './conversation/conversation.js'
import { type Random, randomFrom } from './conversation/random.js'
import { type Measured, measured, medianOf } from './measured.js'
import { writeGenerated } from './reading/generated-session.js'
import type { Row } from './row.js'
import { median } from './statistics.js'

const TACHO = fileURLToPath(new URL('../../packages/cli/bin/tacho.js', import.meta.url))
/** How much is searched, roughly, in sessions of 350 exchanges. */
const SEARCHED_MB = Number(process.env.TACHO_BENCH_MB ?? 1_000)
const LONG = { exchanges: 350, answerBytes: 63_000 }
const SESSION_MB = 40
const COUNTED = 1_000
const ROUNDS = 5
const NOW = Date.parse('2026-11-28T00:00:00Z')

/**
 * How long questions over many sessions take: `tacho grep` beside ripgrep on the same files, and
 * `tacho sql`. The sessions are generated from a new seed each time; TACHO_BENCH_SEED sets the
 * seed, TACHO_BENCH_MB the size.
 */
export async function benchQuestions(): Promise<Row[]> {
  const seed = Number(process.env.TACHO_BENCH_SEED ?? Date.now() % 2 ** 31)
  const place = mkdtempSync(join(tmpdir(), 'tacho-bench-questions-'))
  process.stderr.write(`seed ${seed}, in ${place}\n`)
  try {
    const random = randomFrom(seed)
    return [...(await grepRows(place, random)), ...(await sqlRows(place, random))]
  } finally {
    rmSync(place, { recursive: true, force: true })
  }
}

async function grepRows(place: string, random: Random): Promise<Row[]> {
  const root = join(place, 'long')
  mkdirSync(root)
  const shared = newSession(random)
  for (let number = 0; number < Math.max(1, SEARCHED_MB / SESSION_MB); number += 1) {
    const started = NOW - number * 3600_000
    writeGenerated(root, random, { id: random.uuid(), started, ...LONG, shared })
  }
  const rows: Row[] = [{ what: 'searched', value: sizeOf(root) / 1e6, unit: 'MB' }]
  for (const [what, pattern, more] of [
    ['a text that is nowhere', 'nobody ever said this', []],
    ['an expression that is nowhere', 'nobody \\w+ said (this|that)', []],
    ['letters of either case', 'nobody ever said this', ['-i']],
  ] as const) {
    const words = [TACHO, 'grep', pattern, ...more, '--sessions-dir', root]
    const ours = () => measured(words, { environment: cacheIn(place), isAnyExit: true })
    rows.push(...(await firstRow(ours, place)))
    // Both of a pair run under the same conditions.
    const pairs: { own: Measured; ratio: number }[] = []
    for (let round = 0; round < ROUNDS; round += 1) {
      const own = await ours()
      const other = await seconds('rg', ['--no-ignore', ...more, pattern, root])
      pairs.push({ own, ratio: (other ?? Number.NaN) / own.clock })
    }
    const of = (name: keyof Measured): number => median(pairs.map(({ own }) => own[name]))
    rows.push({ what: `tacho grep, ${what}`, value: of('clock'), unit: 's' })
    rows.push({ what: '… memory', value: of('megabytes'), unit: 'MB', limit: { most: 250 } })
    const value = median(pairs.map(({ ratio }) => ratio))
    if (Number.isNaN(value)) continue
    rows.push({ what: '… speed by that of ripgrep', value, unit: '×', limit: { least: 0.5 } })
  }
  return rows
}

/** The very first search, which also builds the index. */
async function firstRow(search: () => Promise<Measured>, place: string): Promise<Row[]> {
  if (existsSync(join(place, 'cache'))) return []
  const { clock, megabytes } = await search()
  return [
    { what: 'tacho grep, the first one', value: clock, unit: 's' },
    { what: '… memory', value: megabytes, unit: 'MB', limit: { most: 250 } },
  ]
}

async function sqlRows(place: string, random: Random): Promise<Row[]> {
  const root = join(place, 'many')
  mkdirSync(root)
  const shared = newSession(random)
  for (let number = 0; number < COUNTED; number += 1) {
    const session = { exchanges: 1 + random.below(5), answerBytes: 500 + random.below(4_000) }
    const started = NOW - random.below(100 * 24 * 3600) * 1000
    writeGenerated(root, random, { id: random.uuid(), started, ...session, shared })
  }
  const asked = (query: string) => () =>
    measured([TACHO, 'sql', query, '--sessions-dir', root], { environment: cacheIn(place) })
  const rows: Row[] = []
  for (const [what, query] of [
    ['sessions', 'select ended, count(*) from sessions group by 1'],
    ['exchanges', 'select model, count(*) from exchanges group by 1'],
  ] as const) {
    const { seconds: value, clock, megabytes } = await medianOf(asked(query))
    rows.push({
      what: `tacho sql, count of ${what} over 1,000 sessions`,
      ...{ value, unit: 's', limit: { most: 3 } },
      note: `${clock.toFixed(2)} s by the clock`,
    })
    rows.push({ what: '… memory', value: megabytes, unit: 'MB', limit: { most: 250 } })
  }
  return rows
}

function sizeOf(root: string): number {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((total, entry) => total + statSync(join(entry.parentPath, entry.name)).size, 0)
}

function cacheIn(place: string): Record<string, string> {
  return { XDG_CACHE_HOME: join(place, 'cache') }
}

/** How long a program takes, in seconds; nothing if it is not installed. */
async function seconds(program: string, words: readonly string[]): Promise<number | undefined> {
  const started = performance.now()
  const child = spawn(program, words, { stdio: 'ignore' })
  try {
    await once(child, 'close')
    return (performance.now() - started) / 1000
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause
    process.stderr.write(`${program} is not installed: nothing to compare with\n`)
    return undefined
  }
}
