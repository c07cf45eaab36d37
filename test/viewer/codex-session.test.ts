import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { EXEC, type Workplace, workplace } from '../agents/workplace.js'
import { tacho } from '../cli/tacho.js'
import { isSoak, some } from '../faults/extent.js'
import { AxeBuilder } from './axe.js'
import { openPage, type PageOptions, type Served, serve } from './browser.js'

let place: Workplace
let served: Served
let root: string
let exported: string

// One session of the real Codex: a tool that works, one that fails, an answer that is cut.
beforeAll(async () => {
  place = await workplace([
    { calls: [{ name: 'exec_command', arguments: { cmd: 'echo from the shell' } }] },
    { calls: [{ name: 'exec_command', arguments: { cmd: 'exit 3' } }] },
    { text: 'All is well that ends well.' },
  ])
  await place.tacho(['codex', ...EXEC, '--persist-session', 'try two commands'])
  root = join(place.home.codexHome, 'sessions')
  served = await serve(root)
  exported = join(place.home.cwd, 'page.html')
  await tacho(['export', 'html', 'last', '-o', exported, '--sessions-dir', root])
})

afterAll(async () => {
  await served[Symbol.asyncDispose]()
  await place[Symbol.asyncDispose]()
})

/** The views that are regions of their own, by their keys. */
const TABS: Record<string, string> = {
  '4': 'Context',
  '5': 'Debug log',
  '6': 'Events',
  '7': 'Compare',
}

const LOOKS: [name: string, options: PageOptions][] = [
  ['wide and light', { width: 1280 }],
  ['narrow and light', { width: 390 }],
  ['narrow and dark', { width: 390, isDark: true }],
  ['wide and dark', { width: 1280, isDark: true }],
]

function addresses(): [string, () => string][] {
  return [
    ['served', () => `${served.address}&session=${place.session().id}`],
    ['exported as one file', () => pathToFileURL(exported).href],
  ]
}

test('the list shows the prompt and the diagnosis in one line, and opens a session', async () => {
  await using opened = await openPage(served.address)
  const { page } = opened
  const row = page.getByRole('option', { name: /try two commands/ })
  await row.waitFor()
  const explained = await tacho(['explain', 'last', '--json', '--sessions-dir', root])
  await row.getByText(JSON.parse(explained.stdout.toString()).verdict).waitFor()
  await page.getByRole('searchbox', { name: 'Search in sessions' }).fill('no such words')
  await page.getByText('No session is like that.').waitFor()
  await page.getByRole('searchbox', { name: 'Search in sessions' }).fill('two commands')
  await row.click()
  await page.getByRole('region', { name: 'Verdict' }).waitFor()
  await page.goBack()
  await page.getByRole('heading', { name: 'Sessions' }).waitFor()
  expect(opened.problems).toEqual([])
})

test('the token leaves the address, and a reload still shows the session', async () => {
  await using opened = await openPage(`${served.address}&session=${place.session().id}`)
  const { page } = opened
  await page.getByRole('region', { name: 'Verdict' }).waitFor()
  expect(page.url()).not.toContain('token')
  await page.reload()
  await page.getByRole('region', { name: 'Verdict' }).waitFor()
  expect(await page.evaluate('document.cookie')).toBe('')
})

describe.each(addresses())('%s', (how, address) => {
  // The page is the same: only the soak tries all of it again without its server.
  const isRepeated = how !== 'served' && !isSoak

  test('the verdict is what tacho explain says', async () => {
    await using opened = await openPage(address())
    const verdict = opened.page.getByRole('region', { name: 'Verdict' })
    await verdict.waitFor()
    const explained = await tacho(['explain', 'last', '--json', '--sessions-dir', root])
    expect(await verdict.innerText()).toContain(JSON.parse(explained.stdout.toString()).verdict)
  })

  test('above it stands what was asked for, and beside that its id, which can be copied', async () => {
    await using opened = await openPage(address())
    const { page } = opened
    await page.getByRole('heading', { name: 'try two commands', level: 1 }).waitFor()
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await page.getByRole('button', { name: 'Copy the id' }).click()
    await page.getByText('copied', { exact: true }).waitFor()
    const { id } = place.session()
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(id)
    expect(await page.evaluate('String(getSelection())')).toBe(id)
    expect(opened.problems).toEqual([])
  })

  test('what happened is listed, and shown when it is chosen, with its bytes', async () => {
    await using opened = await openPage(address())
    const { page } = opened
    const list = page.getByRole('listbox', { name: 'What happened' })
    await list.getByRole('option', { name: /echo from the shell/ }).click()
    await page.getByRole('region', { name: 'echo from the shell' }).waitFor()
    await list.getByRole('option', { name: /^.*exchange 3 / }).click()
    const panel = page.getByRole('region', { name: 'Exchange 3' })
    await panel.getByText('All is well that ends well.').waitFor()
    expect(await panel.innerText()).toContain('from exchange')
    await panel.getByRole('tab', { name: 'response' }).click()
    await panel.getByText('response.completed').first().waitFor()
    await panel.getByRole('tab', { name: 'request' }).click()
    await panel.getByText('"model"').first().waitFor()
    await panel.getByRole('tab', { name: 'headers' }).click()
    await panel.getByText('Bearer [secret:').waitFor()
    await panel.getByRole('tab', { name: 'playback' }).click()
    await panel.getByRole('button', { name: 'play' }).click()
    expect([opened.problems, opened.foreign]).toEqual([[], []])
  })

  test.skipIf(isRepeated)('every tab shows something, by its key', async () => {
    await using opened = await openPage(address())
    const { page } = opened
    await page.getByRole('region', { name: 'Verdict' }).waitFor()
    for (const [key, name] of Object.entries(TABS)) {
      await page.keyboard.press(key)
      await page.getByRole('region', { name }).first().waitFor()
    }
    await page.keyboard.press('2')
    await page.getByText(/Nobody was asked|asked; people/).waitFor()
    await page.keyboard.press('3')
    await page.getByText('Nothing was cancelled').waitFor()
    expect(opened.problems).toEqual([])
  })

  test.skipIf(isRepeated)(
    'a dragged stretch of time filters the list and sums what is in it',
    async () => {
      await using opened = await openPage(address())
      const { page } = opened
      const canvas = page.getByRole('img', { name: /^Time line/ })
      await canvas.waitFor()
      const all = await things(page).count()
      const box = await canvas.boundingBox()
      if (box === null) throw new Error('the time line is not to be seen')
      await page.mouse.move(box.x + box.width * 0.75, box.y + 40)
      await page.mouse.down()
      await page.mouse.move(box.x + box.width * 0.99, box.y + 40, { steps: 5 })
      await page.mouse.up()
      await page.getByRole('button', { name: 'show all' }).waitFor()
      expect(page.url()).toContain('range=')
      await expect.poll(() => things(page).count()).toBeLessThan(all)
      await page.keyboard.press('Escape')
      await expect.poll(() => things(page).count()).toBe(all)
    },
  )

  test.skipIf(isRepeated)(
    'keys go from thing to thing, and the address holds what is chosen',
    async () => {
      await using opened = await openPage(address())
      const { page } = opened
      await things(page).first().waitFor()
      await page.keyboard.press('e')
      await page.getByRole('region', { name: 'Exchange 1' }).waitFor()
      await page.keyboard.press('e')
      await page.getByRole('region', { name: 'Exchange 2' }).waitFor()
      expect(page.url()).toContain('selected=exchange%3A2')
      await page.keyboard.press('?')
      await page.getByRole('dialog', { name: 'Keys' }).waitFor()
      await page.keyboard.press('Escape')
      await page.keyboard.press('x')
      await page.getByRole('region', { name: 'exit 3' }).waitFor()
    },
  )

  // The page is the same: once is enough for the exported one.
  test.each(how === 'served' ? some(LOOKS, 2) : LOOKS.slice(-1))(
    'axe finds nothing: %s',
    async (_, options) => {
      await using opened = await openPage(address(), options)
      const { page } = opened
      await things(page).first().waitFor()
      await page.keyboard.press('e')
      const panel = page.getByRole('region', { name: 'Exchange 1' })
      for (const view of ['conversation', 'request', 'response', 'playback', 'headers', 'spans']) {
        await panel.getByRole('tab', { name: view }).click()
        await panel.getByRole('tabpanel', { name: view }).locator('*').first().waitFor()
        expect(await new AxeBuilder(page).violations(), view).toEqual([])
      }
      for (const key of ['4', '5', '6', '7']) {
        await page.keyboard.press(key)
        await page
          .getByRole('region', { name: TABS[key] ?? '' })
          .first()
          .waitFor()
        expect(await new AxeBuilder(page).violations(), `tab ${key}`).toEqual([])
      }
      await page.keyboard.press('?')
      await page.getByRole('dialog', { name: 'Keys' }).waitFor()
      expect(await new AxeBuilder(page).violations(), 'keys').toEqual([])
      await page.keyboard.press('Escape')
      const overflow = await page.evaluate(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      )
      expect(overflow).toBe(0)
      if (how !== 'served') return
      await page.getByRole('button', { name: '← Sessions' }).click()
      await page.getByRole('listbox', { name: 'Sessions' }).getByRole('option').first().waitFor()
      expect(await new AxeBuilder(page).violations(), 'list').toEqual([])
    },
  )
})

function things(page: Page): Locator {
  return page.getByRole('listbox', { name: 'What happened' }).getByRole('option')
}

test('the exported page is one file that names nothing outside of itself', () => {
  const html = readFileSync(exported, 'utf8')
  expect(html).not.toMatch(/<(?:link|img|iframe|script)[^>]+(?:src|href)=/)
  expect(html).toContain("default-src 'none'")
})
