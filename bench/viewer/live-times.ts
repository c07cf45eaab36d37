import { mkdirSync } from 'node:fs'
import { Recording } from '@tacho/recorder'
import type { Browser } from 'playwright-core'
import { openedPage } from './opened-page.js'
import { serve } from './served.js'

const ROUNDS = 10
/** Exchanges of a session that has been going on for a while. */
const BEFORE = 300
const ID = '0199a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b'

/** How long after it was recorded an exchange is on the screen, in milliseconds. */
export async function liveTimes(browser: Browser, root: string, cache: string): Promise<number[]> {
  mkdirSync(root)
  const recording = new Recording({
    ...{ root, agent: { name: 'codex' }, command: 'exec', argv: ['exec', 'fix it'] },
    ...{ cwd: '/home/ada', environment: {}, logLevel: 'info', onTrouble: () => undefined },
  })
  for (let number = 0; number < BEFORE; number += 1) record(recording, number)
  const times: number[] = []
  try {
    await using served = await serve(root, cache)
    await using opened = await openedPage(browser, served)
    await opened.painted()
    for (let number = BEFORE; number < BEFORE + ROUNDS; number += 1) {
      // Where the page was drawn, as the clock of this machine shows it.
      const shown = opened.page.evaluate<number>(`new Promise((resolve) => {
        const isThere = () => document.querySelector('.sums')?.innerText.includes('${number + 1} exchanges')
        const observer = new MutationObserver(() => {
          if (!isThere()) return
          observer.disconnect()
          requestAnimationFrame(() => setTimeout(() =>
            resolve(performance.timeOrigin + performance.now())))
        })
        observer.observe(document, { subtree: true, childList: true, characterData: true })
      })`)
      // The page is waiting before it is recorded.
      await opened.page.evaluate('0')
      record(recording, number)
      const recorded = performance.timeOrigin + performance.now()
      times.push((await shown) - recorded)
    }
  } finally {
    await recording.close({ exitCode: 0 })
  }
  return times
}

function record(recording: Recording, number: number): void {
  const exchange = recording.exchange({
    ...{ method: 'POST', url: 'http://127.0.0.1:4000/v1/responses', provider: 'openai' },
    headers: [['content-type', 'application/json']],
    conversation: { sessionId: ID, threadId: ID, turnId: `turn-${Math.floor(number / 8)}` },
  })
  const body = { model: 'scripted', input: [{ role: 'user', content: `step ${number}` }] }
  exchange.requestBytes(Buffer.from(JSON.stringify(body)))
  exchange.requestEnd()
  exchange.responseHead(200, 'OK', [['content-type', 'text/event-stream']])
  const event = { type: 'response.output_text.delta', delta: `answer ${number}` }
  exchange.responseBytes(Buffer.from(`data: ${JSON.stringify(event)}\n\n`))
  exchange.end({ state: 'completed' })
}
