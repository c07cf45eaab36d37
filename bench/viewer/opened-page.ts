import { readFileSync } from 'node:fs'
import type { Browser, Page as BrowserPage } from 'playwright-core'
import { processorTime, type Served } from './served.js'

/** The page in a browser, and its measurements. All times are in milliseconds. */
export type Page = {
  page: BrowserPage
  /** From entering the address to the verdict, the time line and the list. */
  painted(): Promise<number>
  /**
   * Clicks an exchange at a position in the list (0 to 1): until its panel appears, and until the
   * panel is complete.
   */
  click(place: number): Promise<{ head: number; whole: number }>
  zoom(): Promise<void>
  scroll(): Promise<void>
  /** The longest task of the page's thread meanwhile, in processor time, and the longest frame. */
  frames(act: () => Promise<void>): Promise<{ task: number; frame: number }>
  /** MB held by its scripts. */
  heap(): Promise<number>
  /** MB of its process that no other process shares. */
  memory(): number
  /** Processor milliseconds used by its process. */
  time(): number
  [Symbol.asyncDispose](): Promise<void>
}

// Runs in the page: a time for each awaited thing, taken once it has been drawn.
const WAIT = `(isThere, then) => new Promise((resolve) => {
  const look = () => {
    if (!isThere()) return
    observer.disconnect()
    requestAnimationFrame(() => setTimeout(() => resolve(performance.now())))
  }
  const observer = new MutationObserver(look)
  observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true })
  if (then) then()
  look()
})`

const IS_PAINTED = `() => document.querySelector('.verdict .sentence')
  && document.querySelector('.timeline canvas')?.width > 1
  && document.querySelector('[aria-label="What happened"] [role=option]')`

export async function openedPage(browser: Browser, { address }: Served): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } })
  const page = await context.newPage()
  await page.addInitScript(`window.painted = (${WAIT})(${IS_PAINTED})`)
  await page.goto(address)
  const control = await browser.newBrowserCDPSession()
  const { processInfo } = await control.send('SystemInfo.getProcessInfo')
  const renderers = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id)
  return {
    page,
    painted: () => page.evaluate('window.painted'),
    async click(place) {
      await page.evaluate(`(async () => {
        const list = document.querySelector('[role=listbox][aria-label="What happened"]')
        list.scrollTop = list.scrollHeight * ${place}
        await new Promise((resolve) => setTimeout(resolve, 500))
      })()`)
      return page.evaluate(`(async () => {
        const options = [...document.querySelectorAll('[aria-label="What happened"] [role=option]')]
        const option = options.find((one) => /^exchange/.test(one.querySelector('.label').innerText))
        const number = /exchange (\\d+)/.exec(option.innerText)[1]
        const panel = () => document.querySelector('[aria-label="Exchange ' + number + '"]')
        const wait = ${WAIT}
        const began = performance.now()
        const whole = wait(() => panel()?.querySelector('.conversation .message')
          && [...panel().querySelectorAll('h3')].some((one) => one.innerText === 'Answer')
          && panel().querySelector('h2').innerText.includes(number))
        const head = wait(panel, () => option.click())
        return { head: (await head) - began, whole: (await whole) - began }
      })()`)
    },
    async zoom() {
      const box = await page.locator('.timeline canvas').first().boundingBox()
      if (box === null) throw new Error('the time line is not to be seen')
      await page.mouse.move(box.x + box.width / 3, box.y + 30)
      await page.keyboard.down('Control')
      for (let step = 0; step < 60; step += 1) await page.mouse.wheel(0, step < 40 ? -60 : 90)
      await page.keyboard.up('Control')
      await page.keyboard.down('Shift')
      for (let step = 0; step < 30; step += 1) await page.mouse.wheel(0, 120)
      await page.keyboard.up('Shift')
    },
    async scroll() {
      const box = await page.locator('[aria-label="What happened"][role=listbox]').boundingBox()
      if (box === null) throw new Error('the list is not to be seen')
      await page.mouse.move(box.x + 50, box.y + 100)
      for (let step = 0; step < 60; step += 1) await page.mouse.wheel(0, 900)
    },
    async frames(act) {
      await page.evaluate(`(() => {
        window.frames_ = { longest: 0, isOn: true }
        let last = performance.now()
        const step = (now) => {
          window.frames_.longest = Math.max(window.frames_.longest, now - last)
          last = now
          if (window.frames_.isOn) requestAnimationFrame(step)
        }
        requestAnimationFrame(step)
      })()`)
      await browser.startTracing(page, { categories: ['toplevel', '__metadata'] })
      await act()
      const trace = JSON.parse(String(await browser.stopTracing()))
      const frame = await page.evaluate<number>(
        '((window.frames_.isOn = false), window.frames_.longest)',
      )
      return { task: longestTask(trace.traceEvents, renderers), frame }
    },
    async heap() {
      const session = await context.newCDPSession(page)
      await session.send('HeapProfiler.collectGarbage')
      const { usedSize } = await session.send('Runtime.getHeapUsage')
      return usedSize / 1e6
    },
    memory: () => Math.max(...renderers.map(privateMemory)),
    time: () => Math.max(...renderers.map(processorTime)),
    [Symbol.asyncDispose]: () => context.close(),
  }
}

type TraceEvent = {
  name: string
  pid: number
  tid: number
  /** Processor microseconds of the thread. */
  tdur?: number
  args?: { name?: string }
}

function longestTask(events: readonly TraceEvent[], renderers: readonly number[]): number {
  const isMain = new Set(
    events
      .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
      .map(({ pid, tid }) => `${pid} ${tid}`),
  )
  const tasks = events
    .filter(({ pid, tid }) => renderers.includes(pid) && isMain.has(`${pid} ${tid}`))
    .flatMap(({ tdur }) => tdur ?? [])
  return tasks.length === 0 ? Number.NaN : Math.max(...tasks) / 1000
}

function privateMemory(pid: number): number {
  try {
    const told = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
    const kilobytes = [...told.matchAll(/^Private_\w+:\s+(\d+)/gm)].map(([, one]) => Number(one))
    return kilobytes.reduce((sum, one) => sum + one, 0) / 1000
  } catch {
    return 0
  }
}
