import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import { newSession } from '../conversation/conversation.js'
import { randomFrom } from '../conversation/random.js'
import { writeGenerated } from '../reading/generated-session.js'
import type { Row } from '../row.js'
import { median } from '../statistics.js'
import { liveTimes } from './live-times.js'
import { openedPage, type Page } from './opened-page.js'
import { serve, warmIndex } from './served.js'

const PAGE = fileURLToPath(new URL('../../../packages/viewer/dist/page', import.meta.url))
const LONG = { exchanges: 7_000, answerBytes: 71_000 }
const ROUNDS = 5
const CLICKS = 12

/**
 * The page in a real Chromium: a long session opened, explored, zoomed and scrolled, and how soon a
 * live one shows a new exchange. TACHO_BENCH_LONG names a folder with one generated session to use
 * instead of a new one; its index goes beside it.
 */
export async function benchViewer(): Promise<Row[]> {
  const place = mkdtempSync(join(tmpdir(), 'tacho-bench-viewer-'))
  const browser = await chromium.launch({
    executablePath: process.env.TACHO_TEST_CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--enable-precise-memory-info'],
  })
  try {
    const root = process.env.TACHO_BENCH_LONG ?? generated(join(place, 'long'))
    const cache = `${root}-cache`
    await warmIndex(root, cache)
    const paints: number[] = []
    const efforts: number[] = []
    for (let round = 0; round < ROUNDS; round += 1) {
      // A server that has read nothing yet.
      await using served = await serve(root, cache)
      const before = served.time()
      await using opened = await openedPage(browser, served)
      paints.push(await opened.painted())
      efforts.push(served.time() - before + opened.time())
    }
    await using served = await serve(root, cache)
    await using opened = await openedPage(browser, served)
    await opened.painted()
    const clicks: Awaited<ReturnType<Page['click']>>[] = []
    for (let click = 0; click < CLICKS; click += 1) {
      clicks.push(await opened.click((click + 1) / (CLICKS + 1)))
    }
    const zoomed = await opened.frames(() => opened.zoom())
    const scrolled = await opened.frames(() => opened.scroll())
    const going = join(place, 'live')
    cpSync(root, going, { recursive: true })
    await warmIndex(going, cache)
    const live = await liveTimes(browser, going, cache)
    return [
      row(`exchanges of one session of ${Math.round(bytesIn(root) / 1e6)} MB`, LONG.exchanges, ''),
      row('verdict, time line and list are there, with index', median(paints), 'ms', 1000),
      row('… the best', Math.min(...paints), 'ms'),
      row('… processor time of tacho view and the page', median(efforts), 'ms'),
      row('an exchange after a click', median(clicks.map(({ head }) => head)), 'ms', 200),
      row('its conversation', median(clicks.map(({ whole }) => whole)), 'ms', 200),
      row('… the best', Math.min(...clicks.map(({ whole }) => whole)), 'ms'),
      row('zoomed: the longest task, its processor time', zoomed.task, 'ms', 50),
      row('… the longest frame', zoomed.frame, 'ms'),
      row('scrolled: the longest task, its processor time', scrolled.task, 'ms', 50),
      row('… the longest frame', scrolled.frame, 'ms'),
      row('memory of the page, its scripts', await opened.heap(), 'MB', 250),
      row('… private memory of its process', opened.memory(), 'MB'),
      row('memory of tacho view, the most', served.memory(), 'MB', 500),
      row('page, gzipped', bytesIn(PAGE) / 1000, 'kB', 90),
      row(
        'recorded in such a session that goes on, until it is on the screen',
        median(live),
        'ms',
        500,
      ),
      row('… the best', Math.min(...live), 'ms'),
    ]
  } finally {
    await browser.close()
    rmSync(place, { recursive: true, force: true })
  }
}

function generated(root: string): string {
  mkdirSync(root)
  const seed = Number(process.env.TACHO_BENCH_SEED ?? Date.now() % 2 ** 31)
  process.stderr.write(`seed ${seed}, in ${root}\n`)
  const random = randomFrom(seed)
  const started = Date.parse('2026-11-28T00:00:00Z')
  writeGenerated(root, random, { id: random.uuid(), started, ...LONG, shared: newSession(random) })
  return root
}

function bytesIn(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((total, entry) => total + statSync(join(entry.parentPath, entry.name)).size, 0)
}

function row(what: string, value: number, unit: string, most?: number): Row {
  return { what, value, unit, ...(most !== undefined && { limit: { most } }) }
}
