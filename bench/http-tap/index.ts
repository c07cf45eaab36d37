import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import type { Row } from '../row.js'
import { median } from '../statistics.js'
import type { Figures } from './agent.js'
import { otherProxies } from './other-proxies.js'
import { runStandIn } from './stand-in.js'

const LARGE = 64 * 1024 * 1024

/**
 * What the HTTP tap adds: a 40 KB request with a 200-event answer, and a 64 MB answer, through
 * `tacho codex --persist-session` as it is, direct, and through other proxies, request by request
 * in turn.
 */
export async function benchHttpTap(): Promise<Row[]> {
  const upstream = fork(fileURLToPath(new URL('./upstream.js', import.meta.url)))
  const [address] = (await once(upstream, 'message')) as [AddressInfo]
  const direct = `http://127.0.0.1:${address.port}/v1`
  const others = await otherProxies(`http://127.0.0.1:${address.port}`)
  try {
    const urls = { direct, ...Object.fromEntries(others.map(({ name, url }) => [name, url])) }
    const plan = { urls, requests: 300, bytes: LARGE, largeRounds: 5 }
    return rowsOf(await runStandIn(direct, plan))
  } finally {
    for (const other of others) other.stop()
    upstream.disconnect()
  }
}

function rowsOf({ samples, throughput, growth }: Figures): Row[] {
  const first = (name: string) => median((samples[name] ?? []).map((sample) => sample.firstByte))
  const whole = (name: string) => median((samples[name] ?? []).map((sample) => sample.whole))
  const speed = (name: string) => median(throughput[name] ?? [])
  const names = Object.keys(samples)
  return [
    ...names.map((name) => ({
      what: `${name}: to the first byte, median`,
      value: first(name),
      unit: 'ms',
    })),
    ...names.map((name) => ({ what: `${name}: in all, median`, value: whole(name), unit: 'ms' })),
    {
      what: 'added by the tap to the first byte',
      value: first('tacho') - first('direct'),
      unit: 'ms',
      limit: { most: 1 },
    },
    {
      what: 'added by the tap in all',
      value: whole('tacho') - whole('direct'),
      unit: 'ms',
      limit: { most: 1.5 },
    },
    ...names.map((name) => ({
      what: `${name}: 64 MiB answer, median`,
      value: speed(name),
      unit: 'MB/s',
    })),
    {
      what: 'throughput of the tap / direct',
      value: speed('tacho') / speed('direct'),
      unit: '×',
      limit: { least: 0.5 },
    },
    {
      what: 'memory growth, 64 MiB answer',
      value: (growth.streaming ?? 0) / 1048576,
      unit: 'MiB',
      limit: { most: 32 },
    },
    {
      what: 'memory growth, consumer that pauses',
      value: (growth.pausing ?? 0) / 1048576,
      unit: 'MiB',
      limit: { most: 32 },
    },
  ]
}
