import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { AppServerClient } from '../agents/app-server-client.js'
import { startTachoToKill } from '../agents/tacho-to-kill.js'
import { EXEC, type Workplace, workplace } from '../agents/workplace.js'
import { tacho } from '../cli/tacho.js'
import { some } from '../faults/extent.js'
import { execCommand, type Script } from '../scripted-model/index.js'
import { AxeBuilder } from './axe.js'
import { openPage, type PageOptions, type Served, serve } from './browser.js'

/** The user's words decide: an API that is broken, an answer that stops, a command to approve. */
const SCRIPT: Script = ({ body }) => {
  const said = JSON.stringify(body)
  if (said.includes('be refused')) return { status: 500 }
  if (said.includes('be killed')) return { text: 'one two three four', deltas: 4, holdAfter: 6 }
  if (!said.includes('function_call_output')) return { calls: [execCommand('echo hi')] }
  return { text: 'abcdefgh', deltas: 4, holdAfter: 5 }
}

const TWO_TRIES = [
  ...['-c', 'model_providers.scripted.request_max_retries=2'],
  ...['-c', 'model_providers.scripted.stream_max_retries=0'],
]

let place: Workplace
let served: Served
let root: string
let failed: string
let cancelled: string

// Two sessions of the real Codex: one whose API fails, and one whose user is asked, and interrupts.
beforeAll(async () => {
  place = await workplace(SCRIPT)
  root = join(place.home.codexHome, 'sessions')
  const codex = ['codex', ...EXEC, ...TWO_TRIES, '--persist-session']
  await place.tacho([...codex, 'to be refused'])
  failed = place.session().id
  await using server = place.startTacho(['codex', 'app-server', '--persist-session'])
  const client = new AppServerClient(server)
  const turn = await client.startTurn(place.home.cwd)
  const { id } = await client.commandQuestion()
  client.say({ id: id ?? -1, result: { decision: 'accept' } })
  await server.stdout.containing('"delta":"cd"')
  await client.ask('turn/interrupt', turn)
  await client.told('turn/completed')
  await client.hangUp()
  cancelled = place.sessions().find((session) => session.id !== failed)?.id ?? ''
  served = await serve(root, [], { TACHO_JAEGER_URL: 'http://jaeger.example:16686/' })
})

afterAll(async () => {
  await served[Symbol.asyncDispose]()
  await place[Symbol.asyncDispose]()
})

/** The description of the time line. */
const drawn = (page: Page): Promise<string> =>
  page.evaluate(`document.getElementById(
    document.querySelector('canvas[aria-label^="Time line"]').getAttribute('aria-describedby')
  ).textContent`)

const opened = (id: string) => openPage(`${served.address}&session=${id}`)

test('a session whose API fails says so first, shows where, and joins its tries', async () => {
  await using watched = await opened(failed)
  const { page } = watched
  const verdict = page.getByRole('region', { name: 'Verdict' })
  await verdict
    .getByText(await verdictOf(failed))
    .first()
    .waitFor()
  // One click from the verdict to its cause.
  await verdict
    .getByRole('button', { name: /^show exchange/ })
    .first()
    .click()
  const panel = page.getByRole('region', { name: /^Exchange \d$/ })
  await panel.getByRole('definition').filter({ hasText: '500' }).waitFor()
  const list = page.getByRole('listbox', { name: 'What happened' })
  await list.getByRole('option', { name: /exchange 3 .*tries 2 again/ }).click()
  await page.getByRole('region', { name: 'Exchange 3' }).waitFor()
  await page.getByRole('button', { name: 'the try before: 2' }).click()
  await page.getByRole('region', { name: 'Exchange 2' }).waitFor()
  await expect.poll(() => drawn(page)).toContain('Retries: 2 tries 1 again, 3 tries 2 again')
  expect(await drawn(page)).not.toContain('Without an end')
  expect(watched.problems).toEqual([])
})

test('what the log calls an error is among what happened, and leads to its line', async () => {
  await using watched = await opened(failed)
  const { page } = watched
  const list = page.getByRole('listbox', { name: 'What happened' })
  await list
    .getByRole('option', { name: /log codex: ERROR: / })
    .first()
    .click()
  await page.getByRole('button', { name: 'the log around it' }).click()
  const lines = page.getByRole('region', { name: 'Lines: Debug log' })
  await lines
    .getByText(/codex: ERROR: /)
    .first()
    .waitFor()
  expect(await lines.getByRole('listitem').count()).toBeGreaterThan(0)
})

test('from an exchange to its turn, its log lines, its spans, and its span in Jaeger', async () => {
  await using watched = await opened(failed)
  const { page } = watched
  await page.getByRole('option', { name: /exchange 1 / }).click()
  const panel = page.getByRole('region', { name: 'Exchange 1' })
  const span = place.sessions().find(({ id }) => id === failed)?.exchanges[0]?.exchange
  const href = await panel.getByRole('link', { name: 'in Jaeger' }).getAttribute('href')
  expect(href).toBe(
    `http://jaeger.example:16686/trace/${failed.replaceAll('-', '')}?uiFind=${span}`,
  )
  await panel.getByRole('tab', { name: 'spans' }).click()
  await panel.getByText('tacho.exchange.outcome').first().waitFor()
  await panel.getByRole('button', { name: 'turn 1' }).click()
  await page.getByRole('region', { name: 'turn 1' }).waitFor()
  await page.keyboard.press('e')
  await panel.getByRole('button', { name: 'log lines of its time' }).click()
  await page.getByText(/^\d+ of \d+ lines$/).waitFor()
  expect(page.url()).toContain('tab=log')
})

test('approvals and cancellations stand in their ledgers, with who decided and what was cut', async () => {
  await using watched = await opened(cancelled)
  const { page } = watched
  await page.getByRole('tab', { name: 'approvals' }).click()
  const approvals = page.getByRole('region', { name: 'Approvals' })
  const asked = approvals.getByRole('row', { name: /echo hi/ })
  expect(await asked.innerText()).toMatch(/allowed.*\tuser\t/)
  await page.getByRole('tab', { name: 'cancellations' }).click()
  const cut = page.getByRole('region', { name: 'Cancellations' }).getByRole('row').nth(1)
  expect(await cut.innerText()).toMatch(/turn\/interrupt user\t.*exchange 2.*\t.*\d k?B/s)
  await cut.getByRole('button').click()
  await page.getByRole('region', { name: 'turn/interrupt' }).waitFor()
  expect(watched.problems).toEqual([])
})

test('a live session is followed into its death, and what was in flight stays open', async () => {
  const killed = startTachoToKill(place, ['codex', ...EXEC, '--persist-session', 'to be killed'])
  const known = new Set([failed, cancelled])
  await expect.poll(() => live(known)?.raw.map(({ kind }) => kind)).toContain('chunk')
  const id = live(known)?.id ?? ''
  await using watched = await opened(id)
  const { page } = watched
  await page.getByText('live', { exact: true }).waitFor()
  await page.getByRole('option', { name: /exchange 1 .*running/ }).click()
  // What has arrived so far.
  await page.getByRole('region', { name: 'Exchange 1' }).getByText('one two three').waitFor()
  await killed.kill()
  await page.getByText('live', { exact: true }).waitFor({ state: 'detached' })
  const verdict = page.getByRole('region', { name: 'Verdict' })
  await verdict
    .getByText(/^Its recorder was killed/)
    .first()
    .waitFor()
  await verdict.getByRole('button', { name: /^exchange 1/ }).waitFor()
  const open = page.getByRole('option', { name: /in flight when the session died.*…$/ })
  expect(await open.count()).toBe(2)
  await expect.poll(() => drawn(page)).toMatch(/Without an end: turn 1, exchange 1 \S+\./)
  onTestFinished(() => expect(watched.problems).toEqual([]))
})

test('the exported page shows the same, from disk', async () => {
  const file = join(place.home.cwd, 'page.html')
  await tacho(['export', 'html', failed, '-o', file, '--sessions-dir', root])
  await using watched = await openPage(pathToFileURL(file).href)
  const { page } = watched
  const verdict = page.getByRole('region', { name: 'Verdict' })
  await verdict
    .getByText(await verdictOf(failed))
    .first()
    .waitFor()
  await page.getByRole('option', { name: /exchange 3 .*tries 2 again/ }).click()
  const panel = page.getByRole('region', { name: 'Exchange 3' })
  await panel.getByRole('tab', { name: 'spans' }).click()
  await panel.getByText('tacho.exchange.outcome').first().waitFor()
  expect(await panel.getByRole('link').count()).toBe(0)
  expect([watched.problems, watched.foreign]).toEqual([[], []])
})

test('two fingers zoom the time line', async () => {
  await using watched = await openPage(`${served.address}&session=${failed}`, { isTouch: true })
  const { page } = watched
  const canvas = page.getByRole('img', { name: /^Time line/ })
  await canvas.waitFor()
  const seen = () => canvas.getAttribute('data-seen')
  const before = Number(await seen())
  await pinch(page, await canvas.boundingBox())
  await expect.poll(async () => Number(await seen())).toBeLessThan(before / 1.5)
})

test('on paper the lists are whole, the causes open, and nothing is dark', async () => {
  await using watched = await openPage(`${served.address}&session=${failed}`, { isDark: true })
  const { page } = watched
  const list = page.getByRole('listbox', { name: 'What happened' })
  await list.getByRole('option').first().waitFor()
  const all = Number(await list.getByRole('option').first().getAttribute('aria-setsize'))
  await page.emulateMedia({ media: 'print' })
  expect(await list.getByRole('option').count()).toBe(all)
  expect(await list.evaluate((frame) => frame.scrollHeight - frame.clientHeight)).toBe(0)
  const ground = await page.evaluate('getComputedStyle(document.documentElement).backgroundColor')
  expect(ground).toBe('rgb(255, 255, 255)')
  const evidence = page.getByRole('region', { name: 'Verdict' }).getByRole('listitem').first()
  expect(await evidence.isVisible()).toBe(true)
  expect(await page.getByRole('tablist').count()).toBe(0)
  expect((await page.pdf()).length).toBeGreaterThan(10_000)
})

const LOOKS: [name: string, options: PageOptions][] = [
  ['wide and dark', { width: 1280, isDark: true }],
  ['narrow and dark', { width: 390, isDark: true }],
  ['narrow and light', { width: 390 }],
  ['wide and light', { width: 1280 }],
]

describe.each(some(LOOKS, 2))('axe finds nothing: %s', (_name, options) => {
  test('what went wrong, and the ledgers', async () => {
    await using watched = await openPage(`${served.address}&session=${failed}`, options)
    const { page } = watched
    await page.getByRole('listbox').getByRole('option').first().waitFor()
    await page.keyboard.press('x')
    expect(await new AxeBuilder(page).violations()).toEqual([])
    await page.goto(`${page.url().replace(/#.*/, '')}#session=${cancelled}`)
    // A key that comes before it is about the session before.
    await page
      .getByRole('option', { name: /echo hi/ })
      .first()
      .waitFor()
    for (const key of ['2', '3']) {
      await page.keyboard.press(key)
      await page.getByRole('table').first().waitFor()
      await page.getByRole('table').getByRole('button').first().click()
      expect(await new AxeBuilder(page).violations(), `tab ${key}`).toEqual([])
    }
  })
})

function live(known: ReadonlySet<string>) {
  return place.sessions().find(({ id }) => !known.has(id))
}

async function verdictOf(id: string): Promise<string> {
  const explained = await tacho(['explain', id, '--json', '--sessions-dir', root])
  return JSON.parse(explained.stdout.toString()).verdict
}

/** Two fingers that move apart. */
async function pinch(
  page: Page,
  box: { x: number; y: number; width: number } | null,
): Promise<void> {
  if (box === null) throw new Error('the time line is not to be seen')
  const session = await page.context().newCDPSession(page)
  const middle = box.x + box.width / 2
  for (const [type, apart] of [
    ['touchStart', 20],
    ['touchMove', 40],
    ['touchMove', 80],
    ['touchMove', 120],
  ] as const) {
    const touchPoints = [-apart, apart].map((by, id) => ({ x: middle + by, y: box.y + 40, id }))
    await session.send('Input.dispatchTouchEvent', { type, touchPoints })
  }
  await session.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
}
