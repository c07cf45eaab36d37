import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Browser, chromium, type Locator, type Page } from 'playwright-core'

/*
The pictures of the page in docs/images, of the sessions that two demos left: the second one has an
approval and a cancellation.

npm run demo && npm run demo -- node && npm run screenshots
*/

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const TACHO = join(ROOT, 'packages/cli/bin/tacho.js')
const IMAGES = join(ROOT, 'docs/images')
const CACHE = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'tacho')
const CODEX = join(CACHE, 'demo/codex/sessions')
const NODE = join(CACHE, 'demo-node/sessions')

type Picture = {
  name: string
  /** The agent whose session it is. */
  sessions?: string
  width?: number
  isDark?: boolean
  /** Navigates to the view in the picture; without it, the session as it opens. */
  show?: (page: Page) => Promise<void>
}

const tab =
  (key: string, name: string) =>
  async (page: Page): Promise<void> => {
    await page.keyboard.press(key)
    await page.getByRole('region', { name }).first().waitFor()
  }

const PICTURES: Picture[] = [
  {
    name: 'sessions',
    show: async (page) => {
      await page.getByRole('button', { name: '← Sessions' }).click()
      await page.getByRole('listbox', { name: 'Sessions' }).getByRole('option').first().waitFor()
    },
  },
  { name: 'session', show: lastExchange },
  { name: 'session-dark', isDark: true, show: lastExchange },
  { name: 'session-narrow', width: 390 },
  { name: 'approvals', sessions: NODE, show: tab('2', 'Approvals') },
  { name: 'cancellations', sessions: NODE, show: tab('3', 'Cancellations') },
  { name: 'context', show: tab('4', 'Context') },
  { name: 'log', show: tab('5', 'Debug log') },
  { name: 'events', show: tab('6', 'Events') },
  {
    name: 'compare',
    show: async (page) => {
      await lastExchange(page)
      await tab('7', 'Compare')(page)
      await page.getByText('message').first().waitFor()
    },
  },
]

await main()

async function main(): Promise<void> {
  const browser = await chromium.launch({
    executablePath: process.env.TACHO_TEST_CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
  })
  try {
    for (const sessions of [CODEX, NODE]) {
      const pictures = PICTURES.filter((picture) => (picture.sessions ?? CODEX) === sessions)
      await take(pictures, sessions, browser)
    }
  } finally {
    await browser.close()
  }
}

async function take(pictures: Picture[], sessions: string, browser: Browser): Promise<void> {
  const words = [TACHO, 'view', 'last', '--no-open', '--sessions-dir', sessions]
  const server = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] })
  try {
    const [address] = await once(server.stdout, 'data')
    for (const { name, width = 1280, isDark = false, show } of pictures) {
      const context = await browser.newContext({
        viewport: { width, height: width < 500 ? 844 : 800 },
        colorScheme: isDark ? 'dark' : 'light',
      })
      const page = await context.newPage()
      await page.goto(String(address).trim())
      await things(page).first().waitFor()
      await show?.(page)
      // Nothing should look pressed or hovered.
      await page.mouse.move(0, 0)
      await page.screenshot({ path: join(IMAGES, `page-${name}.png`) })
      await context.close()
    }
  } finally {
    server.kill()
  }
}

async function lastExchange(page: Page): Promise<void> {
  await page.keyboard.press('E')
  await page.getByRole('tab', { name: 'conversation' }).waitFor()
  await page.getByRole('heading', { name: 'Answer' }).waitFor()
}

function things(page: Page): Locator {
  return page.getByRole('listbox', { name: 'What happened' }).getByRole('option')
}
