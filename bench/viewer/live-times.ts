import { readdirSync } from 'node:fs'
import { Recording } from '@tacho/recorder'
import type { Browser } from 'playwright-core'
import { openedPage } from './opened-page.js'
import { serve } from './served.js'

const ROUNDS = 10

/**
 * How long after its recording an exchange is on the screen, in milliseconds.
 *
 * @param root contains one session, which is still being written.
 */
export async function liveTimes(browser: Browser, root: string, cache: string): Promise<number[]> {
  const [id = ''] = readdirSync(root)
  const recording = new Recording({
    ...{ root, agent: { name: 'codex' }, command: 'exec', argv: ['exec', 'fix it'] },
    ...{ cwd: '/home/ada', environment: {}, logLevel: 'info', onTrouble: () => undefined },
  })
  record(recording, id, 0)
  const times: number[] = []
  try {
    await using served = await serve(root, cache)
    await using opened = await openedPage(browser, served)
    const sums = opened.page.locator('.sums')
    // Its explanation is still being computed, which must not matter.
    await sums.filter({ hasText: 'exchanges' }).waitFor({ timeout: 60_000 })
    for (let round = 1; round <= ROUNDS; round += 1) {
      const before = (await sums.innerText()).split(' ')[0] ?? ''
      const wanted = `${(Number(before.replaceAll(',', '')) + 1).toLocaleString('en-US')} exchanges`
      // When the page was drawn, by the clock of this machine.
      const shown = opened.page.evaluate<number>(`new Promise((resolve) => {
        const isThere = () => document.querySelector('.sums')?.innerText.includes('${wanted}')
        const observer = new MutationObserver(() => {
          if (!isThere()) return
          observer.disconnect()
          requestAnimationFrame(() => setTimeout(() =>
            resolve(performance.timeOrigin + performance.now())))
        })
        observer.observe(document, { subtree: true, childList: true, characterData: true })
      })`)
      // The page is waiting before anything is recorded.
      await opened.page.evaluate('0')
      record(recording, id, round)
      const recorded = performance.timeOrigin + performance.now()
      times.push((await shown) - recorded)
    }
  } finally {
    await recording.close({ exitCode: 0 })
  }
  return times
}

function record(recording: Recording, id: string, number: number): void {
  const exchange = recording.exchange({
    ...{ method: 'POST', url: 'http://127.0.0.1:4000/v1/responses', provider: 'openai' },
    headers: [['content-type', 'application/json']],
    conversation: { sessionId: id, threadId: id, turnId: 'live' },
  })
  const body = { model: 'scripted', input: [{ role: 'user', content: `step ${number}` }] }
  exchange.requestBytes(Buffer.from(JSON.stringify(body)))
  exchange.requestEnd()
  exchange.responseHead(200, 'OK', [['content-type', 'text/event-stream']])
  const event = { type: 'response.output_text.delta', delta: `answer ${number}` }
  exchange.responseBytes(Buffer.from(`data: ${JSON.stringify(event)}\n\n`))
  exchange.end({ state: 'completed' })
}
