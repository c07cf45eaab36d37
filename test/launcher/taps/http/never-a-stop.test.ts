import { Agent, request } from 'node:http'
import { setImmediate as tick } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { extent } from '../../../faults/extent.js'
import { randomFrom } from '../../../faults/random.js'
import { tapBetween } from './tap-between.js'

const REQUESTS = extent(1_500, 10_000)
const SIDE_BY_SIDE = 8
const MIB = 1024 * 1024

type Outcome = 'whole' | 'aborted' | string

test(`${REQUESTS} requests of random sizes, pauses and aborts over kept-alive connections are all answered`, async () => {
  const between = await tapBetween((asked, response) => {
    let length = 0
    asked.on('data', (bytes: Buffer) => {
      length += bytes.length
    })
    asked.on('end', () => response.end(`${length} ${'.'.repeat(length % 3000)}`))
    asked.on('error', () => {})
  })
  const random = randomFrom(20261125)
  const agent = new Agent({ keepAlive: true, maxSockets: SIDE_BY_SIDE })
  const body = Buffer.alloc(MIB + 100_000, 'x')
  const outcomes = new Map<Outcome, number>()
  let left = REQUESTS
  await Promise.all(
    Array.from({ length: SIDE_BY_SIDE }, async () => {
      while (left > 0) {
        left -= 1
        const outcome = await ask(`${between.baseUrl}/models`, agent, plan(random, body))
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
      }
    }),
  )
  agent.destroy()
  expect([...outcomes.keys()].sort()).toEqual(['aborted', 'whole'])
  expect(outcomes.get('whole')).toBeGreaterThan(REQUESTS * 0.9)
  const ends = (await between.recorded()).ends.map(({ state }) => state)
  expect(ends).toHaveLength(REQUESTS)
  expect(ends.filter((state) => state === 'completed').length).toBeGreaterThanOrEqual(
    outcomes.get('whole') ?? 0,
  )
  await between.close()
})

type Plan = { body: Buffer; pauses: boolean; aborts: boolean }

/** Mostly small ones; some of about 1 MiB, where an earlier tap stopped for good. */
function plan(random: () => number, body: Buffer): Plan {
  const kind = random()
  const size =
    kind < 0.02
      ? MIB + Math.floor(random() * 100_000)
      : Math.floor(random() * (kind < 0.2 ? 100_000 : 4000))
  return { body: body.subarray(0, size), pauses: random() < 0.1, aborts: random() < 0.03 }
}

function ask(url: string, agent: Agent, { body, pauses, aborts }: Plan): Promise<Outcome> {
  return new Promise((resolve) => {
    const headers = { 'content-length': body.length }
    const asking = request(url, { method: 'POST', agent, headers }, async (got) => {
      if (aborts) {
        got.destroy()
        return
      }
      let text = ''
      got.setEncoding('latin1')
      got.on('error', (error) => resolve(error.message))
      got.on('data', (part: string) => {
        text += part
      })
      if (pauses) {
        got.pause()
        await tick()
        got.resume()
      }
      got.on('end', () => {
        const wanted = `${body.length} ${'.'.repeat(body.length % 3000)}`
        resolve(text === wanted ? 'whole' : `${body.length}: ${text.slice(0, 40)}`)
      })
    })
    asking.on('error', (error) => resolve(aborts ? 'aborted' : error.message))
    asking.on('close', () => {
      if (aborts) resolve('aborted')
    })
    const half = Math.floor(body.length / 2)
    asking.write(body.subarray(0, half))
    asking.end(body.subarray(half))
  })
}
