import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { TACHO } from '../cli/tacho.js'
import { atEndOfFile } from '../end-of-file.js'

let browser: Promise<Browser> | undefined

/** What a page may take on a busy machine, in milliseconds. */
const WAIT = 90_000

export type PageOptions = { width?: number; height?: number; isDark?: boolean; isTouch?: boolean }

/** A page in a real Chromium, and everything it did that a page of ours must not do. */
export type WatchedPage = {
  page: Page
  /** What went wrong in it: errors, and console messages. */
  problems: string[]
  /** Addresses that it requested outside its own server. */
  foreign: string[]
  dialogs: string[]
  [Symbol.asyncDispose](): Promise<void>
}

/** Opens an address in Debian's Chromium (`TACHO_TEST_CHROMIUM` names another). */
export async function openPage(
  address: string,
  { width = 1280, height = 900, isDark = false, isTouch = false }: PageOptions = {},
): Promise<WatchedPage> {
  browser ??= launched()
  const context: BrowserContext = await (await browser).newContext({
    viewport: { width, height },
    colorScheme: isDark ? 'dark' : 'light',
    reducedMotion: 'reduce',
    hasTouch: isTouch,
  })
  context.setDefaultTimeout(WAIT)
  const page = await context.newPage()
  const watched = { problems: [] as string[], foreign: [] as string[], dialogs: [] as string[] }
  const own = new URL(address)
  page.on('console', (message) => {
    if (message.type() !== 'log') watched.problems.push(`${message.type()}: ${message.text()}`)
  })
  page.on('pageerror', (error) => watched.problems.push(error.message))
  page.on('request', (request) => {
    const url = new URL(request.url())
    if (url.protocol === 'blob:') return
    if (url.host !== own.host || url.protocol !== own.protocol) watched.foreign.push(request.url())
  })
  page.on('dialog', (dialog) => {
    watched.dialogs.push(dialog.message())
    void dialog.dismiss()
  })
  await page.goto(address)
  return { page, ...watched, [Symbol.asyncDispose]: () => context.close() }
}

/** `tacho view` as its user starts it. */
export type Served = { address: string; pid: number; [Symbol.asyncDispose](): Promise<void> }

export async function serve(
  root: string,
  words: readonly string[] = [],
  environment: Readonly<Record<string, string>> = {},
): Promise<Served> {
  const child = spawn(
    process.execPath,
    [TACHO, 'view', '--no-open', ...words, '--sessions-dir', root],
    {
      env: { PATH: process.env.PATH, HOME: '/nonexistent', TZ: 'UTC', ...environment },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  const ended = once(child, 'exit')
  const [bytes] = await Promise.race([
    once(child.stdout, 'data'),
    ended.then(() => {
      throw new Error('tacho view ended before it was asked to')
    }),
  ])
  return {
    address: String(bytes).trim(),
    pid: child.pid ?? 0,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM')
      await ended
    },
  }
}

function launched(): Promise<Browser> {
  atEndOfFile(async () => {
    await (await browser)?.close()
    browser = undefined
  })
  return chromium.launch({
    executablePath: process.env.TACHO_TEST_CHROMIUM ?? '/usr/bin/chromium',
    // Root has no sandbox, and CI is root.
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
    timeout: WAIT,
  })
}
