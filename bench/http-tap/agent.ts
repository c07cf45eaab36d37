import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'

// The stand-in for Codex in this benchmark. `tacho codex` starts it; it finds the tap's base URL in
// its arguments as Codex does, and sends requests to it and to every other address in turn.
// BENCH_PLAN names the addresses; figures go to the file BENCH_OUT.

export type Plan = {
  urls: Record<string, string>
  requests: number
  /** The same over a new connection each. */
  freshRequests: number
  bytes: number
  largeRounds: number
  /** How many streams run at once, and for how many rounds. */
  streams: number
  streamRounds: number
}

export type Sample = { firstByte: number; whole: number }
export type Streams = { whole: number; late: number[] }
export type Figures = {
  samples: Record<string, Sample[]>
  /** The same with a new connection for each request. */
  fresh: Record<string, Sample[]>
  /**
   * MB/s of the large answer, per address: to a consumer that parses each event, and to one that
   * counts bytes.
   */
  throughput: Record<string, number[]>
  counted: Record<string, number[]>
  /** Many streams at once: how long all of them took, and how late each event came. */
  streams: Record<string, Streams[]>
  /** Growth of the recorder's resident memory during the large answers, in bytes. */
  growth: Record<string, number>
}

const plan = JSON.parse(process.env.BENCH_PLAN ?? '{}') as Plan
const base = /base_url="([^"]+)"/.exec(process.argv.join(' '))?.[1]
const addresses = Object.entries({ ...plan.urls, ...(base !== undefined && { tacho: base }) })
const body = requestBody(40_000)
const HEADERS = {
  'content-type': 'application/json',
  authorization: 'Bearer bench-key-0123456789abcdef',
  'x-codex-turn-metadata': JSON.stringify({
    session_id: '01900000-0000-7000-8000-000000000001',
    thread_id: '01900000-0000-7000-8000-000000000001',
    turn_id: '01900000-0000-7000-8000-000000000002',
  }),
}
const figures: Figures = {
  samples: {},
  fresh: {},
  throughput: {},
  counted: {},
  streams: {},
  growth: {},
}

for (const [name] of addresses) {
  figures.samples[name] = []
  figures.fresh[name] = []
}
for (let round = 0; round < plan.requests + 20; round += 1) {
  for (const [name, url] of shuffled(addresses)) {
    const sample = await ask(`${url}/responses`, body)
    if (round >= 20) figures.samples[name]?.push(sample)
  }
}
for (let round = 0; round < plan.freshRequests; round += 1) {
  for (const [name, url] of shuffled(addresses))
    figures.fresh[name]?.push(await ask(`${url}/responses`, body, { isFresh: true }))
}
for (const [name, url] of addresses) {
  figures.throughput[name] = []
  figures.counted[name] = []
  for (let round = 0; round < plan.largeRounds; round += 1) {
    const { whole } = await ask(`${url}/responses?bytes=${plan.bytes}`, body)
    figures.throughput[name].push(plan.bytes / 1e6 / (whole / 1e3))
    const counted = await count(`${url}/responses?bytes=${plan.bytes}`)
    figures.counted[name].push(plan.bytes / 1e6 / (counted / 1e3))
  }
}
for (let round = 0; round < plan.streamRounds; round += 1) {
  for (const [name, url] of addresses) {
    figures.streams[name] ??= []
    figures.streams[name].push(await manyStreams(url))
  }
}
const tacho = addresses.find(([name]) => name === 'tacho')
if (tacho !== undefined) {
  figures.growth.streaming = await growthDuring(() =>
    ask(`${tacho[1]}/responses?bytes=${plan.bytes}`, body),
  )
  figures.growth.pausing = await growthDuring(() =>
    ask(`${tacho[1]}/responses?bytes=${plan.bytes}`, body, { isPausing: true }),
  )
}
process.stdout.write(JSON.stringify(figures))

/**
 * In another order each time: who always comes behind the same one gets what that leaves behind, such
 * as a collection of the server's garbage, which one request in a hundred meets.
 */
function shuffled<Item>(items: readonly Item[]): Item[] {
  return items
    .map((item) => ({ item, place: Math.random() }))
    .sort((one, other) => one.place - other.place)
    .map(({ item }) => item)
}

/** Requests with `fetch` and reads the events as they come, like the SDKs of model APIs. */
async function ask(
  url: string,
  content: Buffer,
  { isPausing = false, isFresh = false, onEvent }: Asking = {},
): Promise<Sample> {
  const start = performance.now()
  const headers = isFresh ? { ...HEADERS, connection: 'close' } : HEADERS
  const response = await fetch(url, { method: 'POST', headers, body: content })
  const decoder = new TextDecoder()
  let held = ''
  let firstByte = 0
  let count = 0
  for await (const bytes of response.body ?? []) {
    firstByte ||= performance.now() - start
    const events = (held + decoder.decode(bytes, { stream: true })).split('\n\n')
    held = events.pop() ?? ''
    for (const event of events) {
      const parsed = JSON.parse(event.slice(event.indexOf('data: ') + 6))
      onEvent?.(parsed)
    }
    count += 1
    if (isPausing && count % 100 === 0) await pause(20)
  }
  return { firstByte, whole: performance.now() - start }
}

type Asking = {
  isPausing?: boolean
  isFresh?: boolean
  onEvent?: (event: { delta?: string }) => void
}

/** How long an answer takes whose bytes are only counted, in milliseconds. */
async function count(url: string): Promise<number> {
  const start = performance.now()
  const response = await fetch(url, { method: 'POST', headers: HEADERS, body: body })
  let length = 0
  for await (const bytes of response.body ?? []) length += bytes.length
  if (length < plan.bytes) throw new Error(`${length} bytes of ${plan.bytes}`)
  return performance.now() - start
}

async function manyStreams(url: string): Promise<Streams> {
  const late: number[] = []
  const start = performance.now()
  const onEvent = ({ delta }: { delta?: string }) => {
    if (delta !== undefined) late.push(performance.timeOrigin + performance.now() - Number(delta))
  }
  await Promise.all(
    Array.from({ length: plan.streams }, () => ask(`${url}/responses?pace=10`, body, { onEvent })),
  )
  return { whole: performance.now() - start, late }
}

/** The peak growth of our parent's resident memory while something runs. */
async function growthDuring(work: () => Promise<unknown>): Promise<number> {
  const before = residentOfParent()
  let most = before
  const timer = setInterval(() => {
    most = Math.max(most, residentOfParent())
  }, 10)
  await work()
  clearInterval(timer)
  return Math.max(most, residentOfParent()) - before
}

function residentOfParent(): number {
  const status = readFileSync(`/proc/${process.ppid}/status`, 'utf8')
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024
}

function requestBody(size: number): Buffer {
  const text = 'A line of a conversation that goes on, with "quotes" and ümlauts.\n'
  const input = [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: '' }] }]
  const empty = JSON.stringify({ model: 'bench-model', stream: true, input })
  const filler = text.repeat(Math.ceil(size / text.length)).slice(0, size - empty.length - 2000)
  return Buffer.from(empty.replace('"text":""', `"text":${JSON.stringify(filler)}`))
}
