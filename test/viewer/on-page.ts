import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { openPage, serve } from './browser.js'

/** Looks at a session that a test recorded, as `tacho view` shows it. */
export async function onPage(
  root: string,
  id: string,
  look: (page: Page) => Promise<void>,
): Promise<void> {
  await using served = await serve(root)
  await using opened = await openPage(`${served.address}&session=${id}`)
  await opened.page.getByRole('region', { name: 'Time line' }).waitFor()
  await look(opened.page)
  expect([opened.problems, opened.foreign]).toEqual([[], []])
}

/** The cells of each row of a table, after opening its tab. */
export async function ledgerOf(
  page: Page,
  tab: 'approvals' | 'cancellations',
): Promise<string[][]> {
  await page.getByRole('tab', { name: tab }).click()
  const rows = page.getByRole('table').getByRole('row')
  await rows.nth(1).waitFor()
  const texts = await rows.allInnerTexts()
  return texts.slice(1).map((text) => text.split('\t').map((cell) => cell.trim()))
}
