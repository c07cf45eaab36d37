import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { runStandIn } from './http-tap/stand-in.js'
import type { Row } from './row.js'
import { median } from './statistics.js'

const ROUNDS = 9
/** Requests per run, one after the other, with 200 events each. */
const REQUESTS = 500

/**
 * What live export costs the host: the same agent under record with a collector that accepts
 * everything, with one that never answers, and with none, in turn. Only the agent's own time
 * counts, from its first request to the end of its last answer.
 */
export async function benchLive(): Promise<Row[]> {
  const upstream = fork(fileURLToPath(new URL('./http-tap/upstream.js', import.meta.url)))
  const [address] = (await once(upstream, 'message')) as [AddressInfo]
  const collector = fork(fileURLToPath(new URL('./collector.js', import.meta.url)))
  const [ports] = (await once(collector, 'message')) as [{ taking: number; silent: number }]
  const direct = `http://127.0.0.1:${address.port}/v1`
  const plan = {
    urls: {},
    requests: REQUESTS,
    freshRequests: 0,
    bytes: 0,
    largeRounds: 0,
    streams: 0,
    streamRounds: 0,
  }
  const endpoint = (port: number) => ({
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
  })
  const kinds: Record<string, Record<string, string>> = {
    off: {},
    on: endpoint(ports.taking),
    silent: endpoint(ports.silent),
  }
  const times: Record<string, number[]> = { off: [], on: [], silent: [] }
  try {
    for (let round = 0; round <= ROUNDS; round += 1) {
      for (const [kind, environment] of Object.entries(kinds)) {
        const { samples } = await runStandIn(direct, plan, environment)
        const time = (samples.tacho ?? []).reduce((sum, { whole }) => sum + whole, 0)
        // The first round warms up files and system caches.
        if (round > 0) times[kind]?.push(time)
      }
    }
  } finally {
    upstream.disconnect()
    collector.disconnect()
  }
  const of = (kind: string) => median(times[kind] ?? [])
  return [
    { what: `${REQUESTS} exchanges under record`, value: of('off'), unit: 'ms' },
    { what: 'the same, sent live', value: of('on'), unit: 'ms' },
    { what: 'the same, to a collector that never answers', value: of('silent'), unit: 'ms' },
    { what: 'sent live / not', value: ratio(times, 'on'), unit: '×', limit: { most: 1.1 } },
    {
      what: 'to one that never answers / not',
      value: ratio(times, 'silent'),
      unit: '×',
      limit: { most: 1.1 },
    },
  ]
}

/** Compared round by round, because the machine's speed varies between rounds. */
function ratio(times: Record<string, number[]>, kind: string): number {
  const off = times.off ?? []
  return median((times[kind] ?? []).map((time, round) => time / (off[round] ?? Number.NaN)))
}
