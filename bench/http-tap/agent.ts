import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'

// What stands in for Codex in this benchmark: it is started by `tacho codex`, finds the tap's base
// URL in its arguments as Codex does, and sends requests to it and to every other address in turn.
// BENCH_PLAN names them; its figures go to the file that BENCH_OUT names.

export type Plan = {
  urls: Record<string, string>
  requests: number
  bytes: number
  largeRounds: number
}

export type Sample = { firstByte: number; whole: number }
export type Figures = {
  samples: Record<string, Sample[]>
  /** MB/s of the large answer, per address. */
  throughput: Record<string, number[]>
  /** Growth of the resident memory of the recorder during the large answers, in bytes. */
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
const figures: Figures = { samples: {}, throughput: {}, growth: {} }

for (const [name] of addresses) figures.samples[name] = []
for (let round = 0; round < plan.requests + 20; round += 1) {
  for (const [name, url] of addresses) {
    const sample = await ask(`${url}/responses`, body)
    if (round >= 20) figures.samples[name]?.push(sample)
  }
}
for (const [name, url] of addresses) {
  figures.throughput[name] = []
  for (let round = 0; round < plan.largeRounds; round += 1) {
    const { whole } = await ask(`${url}/responses?bytes=${plan.bytes}`, body)
    figures.throughput[name].push(plan.bytes / 1e6 / (whole / 1e3))
  }
}
const tacho = addresses.find(([name]) => name === 'tacho')
if (tacho !== undefined) {
  figures.growth.streaming = await growthDuring(() =>
    ask(`${tacho[1]}/responses?bytes=${plan.bytes}`, body),
  )
  figures.growth.pausing = await growthDuring(() =>
    ask(`${tacho[1]}/responses?bytes=${plan.bytes}`, body, true),
  )
}
process.stdout.write(JSON.stringify(figures))

/** Asks as the SDKs of the model APIs do: by `fetch`, reading the events as they come. */
async function ask(url: string, content: Buffer, isPausing = false): Promise<Sample> {
  const start = performance.now()
  const response = await fetch(url, { method: 'POST', headers: HEADERS, body: content })
  const decoder = new TextDecoder()
  let held = ''
  let firstByte = 0
  let count = 0
  for await (const bytes of response.body ?? []) {
    firstByte ||= performance.now() - start
    const events = (held + decoder.decode(bytes, { stream: true })).split('\n\n')
    held = events.pop() ?? ''
    for (const event of events) JSON.parse(event.slice(event.indexOf('data: ') + 6))
    count += 1
    if (isPausing && count % 100 === 0) await pause(20)
  }
  return { firstByte, whole: performance.now() - start }
}

/** The most that our parent's resident memory grows while something runs. */
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
