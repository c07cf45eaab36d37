import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { newSession } from '../conversation/conversation.js'
import { type Random, randomFrom } from '../conversation/random.js'
import { type Measured, measured, medianOf } from '../measured.js'
import type { Row } from '../row.js'
import { writeGenerated } from './generated-session.js'

const TACHO = fileURLToPath(new URL('../../../packages/cli/bin/tacho.js', import.meta.url))
const SESSIONS = Number(process.env.TACHO_BENCH_SESSIONS ?? 10_000)
const LONG = { exchanges: 7_000, answerBytes: 63_000 }
const EXPLAINED = { exchanges: 1_000, answerBytes: 20_000 }
const NOW = Date.parse('2026-11-28T00:00:00Z')

/**
 * How long people wait for recordings: lists, time lines and verdicts, with an index and without.
 * Limits apply to elapsed time, of which a machine that does nothing else is needed; processor time
 * is shown beside it, of all threads together. Only `ls` is compared with Node by processor time: so
 * short a time varies too much. The sessions are generated from a new seed each time; TACHO_BENCH_SEED sets it.
 */
export async function benchReading(): Promise<Row[]> {
  const seed = Number(process.env.TACHO_BENCH_SEED ?? Date.now() % 2 ** 31)
  const place = mkdtempSync(join(tmpdir(), 'tacho-bench-reading-'))
  process.stderr.write(`seed ${seed}, in ${place}\n`)
  try {
    const random = randomFrom(seed)
    return [
      ...(await listRows(place, random)),
      ...(await explainRows(place, random)),
      ...(await longRows(place, random)),
    ]
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
    { what: 'sessions', value: SESSIONS, unit: '' },
    ...rows('index of all of them from nothing', cold, 15),
    ...rows('node -e 0', node),
    ...rows('tacho ls -n 20, warm', warm),
    {
      what: '… in node -e 0, by processor time',
      value: warm.seconds / node.seconds,
      unit: '×',
      limit: { most: 4 },
    },
    ...rows('tacho ls, all of them, warm', all),
    ...rows('tacho ls WORD -n 20, warm', found),
  ]
}

async function explainRows(place: string, random: Random): Promise<Row[]> {
  const root = join(place, 'explained')
  mkdirSync(root)
  writeGenerated(root, random, {
    ...{ id: random.uuid(), started: NOW, ...EXPLAINED, shared: newSession(random) },
  })
  const run = tachoIn(join(place, 'cache'))
  const explain = () => run(['explain', 'last', '--sessions-dir', root])
  const cold = await explain()
  // A file written only a moment ago could still change unnoticed, so it is not indexed.
  await pause(3_000)
  await explain()
  return [
    ...rows('tacho explain, 1,000 exchanges, the first time', cold),
    ...rows('tacho explain, 1,000 exchanges, warm', await medianOf(explain), 1),
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
  const cold = await run(show, true)
  return [
    {
      what: `exchanges of one session of ${Math.round(bytes / 1e6)} MB`,
      value: LONG.exchanges,
      unit: '',
    },
    ...rows('tacho show, first line, no index', cold, 5),
    ...rows('tacho show, first line, warm', await medianOf(() => run(show, true)), 1),
    ...rows('tacho show, all lines, warm', await medianOf(() => run(show))),
    ...rows('tacho raw last 6900, warm', await medianOf(() => run(raw)), 0.3),
  ]
}

function rows(what: string, { seconds, clock, megabytes }: Measured, most?: number): Row[] {
  const isShort = clock < 1
  return [
    {
      ...{ what, value: isShort ? clock * 1000 : clock, unit: isShort ? 'ms' : 's' },
      ...(most !== undefined && { limit: { most: isShort ? most * 1000 : most } }),
      note: `${seconds.toFixed(2)} s of processor time`,
    },
    { what: '… memory', value: megabytes, unit: 'MB', limit: { most: 250 } },
  ]
}

function tachoIn(cache: string): (words: string[], isFirst?: boolean) => Promise<Measured> {
  mkdirSync(cache, { recursive: true })
  const environment = { XDG_CACHE_HOME: cache }
  return (words, isFirst = false) => measured([TACHO, ...words], { environment, isFirst })
}
