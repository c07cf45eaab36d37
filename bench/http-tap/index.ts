import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Row } from '../row.js'
import { median, percentile } from '../statistics.js'
import type { Figures, Sample } from './agent.js'
import { otherProxies } from './other-proxies.js'
import { runStandIn } from './stand-in.js'

const LARGE = 64 * 1024 * 1024

/** Passes bytes on and records nothing: the tap's upper bound. */
const BARE = 'bare relay'

/** The same with one `write(2)` for each read: a recorder's upper bound. */
const WRITING = 'bare relay that writes'

/**
 * What the HTTP tap adds: a 40 KB request with a 200-event answer, and a 64 MB answer, through an
 * unmodified `tacho codex --persist-session`, direct, through other proxies, and through a relay
 * that records nothing, request by request in turn.
 */
export async function benchHttpTap(): Promise<Row[]> {
  const upstream = await program('upstream')
  const folder = mkdtempSync(join(tmpdir(), 'tacho-bench-relay-'))
  const bare = await program('bare-relay', String(upstream.port))
  const writing = await program('bare-relay', String(upstream.port), join(folder, 'bytes'))
  const direct = `http://127.0.0.1:${upstream.port}/v1`
  const others = await otherProxies(`http://127.0.0.1:${upstream.port}`)
  try {
    const urls = {
      direct,
      [BARE]: `http://127.0.0.1:${bare.port}/v1`,
      [WRITING]: `http://127.0.0.1:${writing.port}/v1`,
      ...Object.fromEntries(others.map(({ name, url }) => [name, url])),
    }
    const plan = {
      urls,
      requests: 1500,
      freshRequests: 100,
      bytes: LARGE,
      largeRounds: 5,
      streams: 100,
      streamRounds: 3,
    }
    return rowsOf(await runStandIn(direct, plan))
  } finally {
    for (const other of others) other.stop()
    for (const { child } of [bare, writing, upstream]) child.disconnect()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A program of this folder in a separate process, and the address that it listens on. */
async function program(name: string, ...args: string[]) {
  const child = fork(fileURLToPath(new URL(`./${name}.js`, import.meta.url)), args)
  const [{ port }] = (await once(child, 'message')) as [AddressInfo]
  return { child, port }
}

function rowsOf(figures: Figures): Row[] {
  return [
    ...requestRows(figures.samples),
    ...freshRows(figures.fresh),
    ...throughputRows(figures),
    ...streamRows(figures.streams),
    ...memoryRows(figures),
  ]
}

function requestRows(samples: Figures['samples']): Row[] {
  const names = Object.keys(samples)
  const first = (name: string, part: number) => percentile(firstBytes(samples[name]), part)
  const added = (name: string, part: number) => first(name, part) - first('direct', part)
  const whole = (name: string) => median((samples[name] ?? []).map((sample) => sample.whole))
  return [
    ...names.map((name) => ({
      what: `${name}: to the first byte, median`,
      value: first(name, 0.5),
      unit: 'ms',
    })),
    ...names.map((name) => ({
      what: `${name}: to the first byte, p99`,
      value: first(name, 0.99),
      unit: 'ms',
    })),
    ...names.map((name) => ({ what: `${name}: in all, median`, value: whole(name), unit: 'ms' })),
    ...[BARE, WRITING].map((name) => ({
      what: `the limit: added by a ${name} to the first byte, p99`,
      value: added(name, 0.99),
      unit: 'ms',
    })),
    {
      what: 'added by the tap to the first byte, median',
      value: added('tacho', 0.5),
      unit: 'ms',
      limit: { most: 0.5 },
    },
    {
      what: 'added by the tap to the first byte, p99',
      value: added('tacho', 0.99),
      unit: 'ms',
      limit: { most: 1.5 },
    },
    {
      what: 'added by the tap in all, median',
      value: whole('tacho') - whole('direct'),
      unit: 'ms',
      limit: { most: 0.6 },
    },
  ]
}

// The other end of each connection is looked up in the kernel's connection table, whose size
// depends on the machine and not on us: so this figure has no limit.
function freshRows(fresh: Figures['fresh']): Row[] {
  const added = (part: number) =>
    percentile(firstBytes(fresh.tacho), part) - percentile(firstBytes(fresh.direct), part)
  return [
    { what: 'added over a new connection, median', value: added(0.5), unit: 'ms' },
    { what: 'added over a new connection, p99', value: added(0.99), unit: 'ms' },
  ]
}

function throughputRows({ throughput, counted }: Figures): Row[] {
  const names = Object.keys(throughput)
  const ratio = (speeds: Record<string, number[]>, name = 'tacho') =>
    median(speeds[name] ?? []) / median(speeds.direct ?? [])
  return [
    ...names.map((name) => ({
      what: `${name}: 64 MiB answer, each event parsed, median`,
      value: median(throughput[name] ?? []),
      unit: 'MB/s',
    })),
    ...names.map((name) => ({
      what: `${name}: 64 MiB answer, bytes counted, median`,
      value: median(counted[name] ?? []),
      unit: 'MB/s',
    })),
    ...[BARE, WRITING].flatMap((name) => [
      {
        what: `the limit: ${name} / direct, each event parsed`,
        value: ratio(throughput, name),
        unit: '×',
      },
      {
        what: `the limit: ${name} / direct, bytes counted`,
        value: ratio(counted, name),
        unit: '×',
      },
    ]),
    {
      what: 'tap / direct, each event parsed',
      value: ratio(throughput),
      unit: '×',
      limit: { least: 0.7 },
    },
    {
      what: 'tap / direct, bytes counted',
      value: ratio(counted),
      unit: '×',
      limit: { least: 0.5 },
    },
  ]
}

function streamRows(streams: Figures['streams']): Row[] {
  const whole = (name: string) => median((streams[name] ?? []).map((one) => one.whole))
  const late = (name: string) =>
    percentile(
      (streams[name] ?? []).flatMap((one) => one.late),
      0.99,
    )
  return [
    ...Object.keys(streams).map((name) => ({
      what: `${name}: 100 streams at once, an event late at p99`,
      value: late(name),
      unit: 'ms',
    })),
    {
      what: '100 streams at once, in all: direct / tap',
      value: whole('direct') / whole('tacho'),
      unit: '×',
      limit: { least: 0.8 },
    },
    {
      what: '100 streams at once, an event later at p99 by',
      value: late('tacho') - late('direct'),
      unit: 'ms',
      limit: { most: 20 },
    },
  ]
}

function memoryRows({ growth }: Figures): Row[] {
  return [
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

function firstBytes(samples: readonly Sample[] | undefined): number[] {
  return (samples ?? []).map((sample) => sample.firstByte)
}
