import { createHash } from 'node:crypto'
import { argv } from 'node:process'
import { pathToFileURL } from 'node:url'
import { crc32, createGzip } from 'node:zlib'
import {
  BodyEncoder,
  BodyReader,
  type Content,
  decodeLine,
  encodeLine,
  type RequestBodyRecord,
  readBody,
} from '@tacho/format'
import { randomFrom } from './conversation/random.js'
import { type Scenario, scenarios } from './conversation/scenarios.js'
import { printRows, type Row } from './row.js'
import { median, percentile } from './statistics.js'

const MEGABYTE = 1e6
/** Requests count as large from this size on. */
const LARGE = 900_000

/** What `decoded` and `wire` add to the line of a request that arrived compressed. */
const COMPRESSED_FIELDS = `,"decoded":"zstd","wire":{"bytes":100000,"sha256":"${'0'.repeat(64)}"}`
  .length

/**
 * Measures the body codec on conversations shaped like a coding agent's: log size against new
 * bytes, speed in both directions, and beside it the plain log and the speed of memory.
 *
 * @param seed of the conversations; random unless given.
 */
export async function benchBodyCodec(seed: number = Date.now() | 0): Promise<Row[]> {
  const random = randomFrom(seed)
  const rows: Row[] = [{ what: 'seed', value: seed, unit: '' }, ...memoryRows()]
  for (const [index, scenario] of scenarios(random).entries()) {
    // gzip of the plain log takes longer than everything else, and its ratio is the same for each.
    rows.push(...(await scenarioRows(scenario, index === 0)))
  }
  return rows
}

async function scenarioRows({ name, requests }: Scenario, isGzipped: boolean): Promise<Row[]> {
  const encoder = new BodyEncoder()
  const gzip = sizeOfGzip()
  const lines = new Map<string, Uint8Array>()
  const bodies: Expected[] = []
  const sum = { body: 0, fresh: 0, log: 0, plain: 0, encodeMs: 0 }
  const largeSpeeds: number[] = []
  const encodeTimes: number[] = []
  let kept = 0
  for (const { body, newBytes, threadId } of requests()) {
    const exchange = createHash('sha256').update(`${bodies.length}`).digest('hex').slice(0, 16)
    const started = performance.now()
    const encoded = encoder.encode(exchange, body, threadId)
    encoder.keep(encoded)
    const took = performance.now() - started
    const sha256 = sha256Of(body)
    const line = lineOf({ exchange, bytes: body.length, sha256 }, encoded.content)
    const plain = lineOf({ exchange, bytes: body.length, sha256 }, body.toString())
    lines.set(exchange, line)
    bodies.push({ exchange, bytes: body.length, sha256 })
    encodeTimes.push(took)
    if (body.length >= LARGE) largeSpeeds.push(body.length / MEGABYTE / (took / 1000))
    if (isGzipped) await gzip.write(plain)
    sum.body += body.length
    sum.fresh += newBytes
    sum.log += line.length
    sum.plain += plain.length
    sum.encodeMs += took
    kept = Math.max(kept, encoder.keptBytes)
  }
  const one = decodeOneTimes(lines, bodies)
  const all = sum.body / MEGABYTE / (decodeAllMs(lines, bodies) / 1000)
  const megabytes = (what: string, bytes: number): Row => {
    return { what: `${name}: ${what}`, value: bytes / MEGABYTE, unit: 'MB' }
  }
  const row = (what: string, value: number, unit: string, limit?: Row['limit']): Row =>
    limit === undefined
      ? { what: `${name}: ${what}`, value, unit }
      : { what: `${name}: ${what}`, value, unit, limit }
  const rows = [
    row('requests', bodies.length, ''),
    megabytes('largest request', Math.max(...bodies.map((body) => body.bytes))),
    megabytes('bodies', sum.body),
    megabytes('plain log', sum.plain),
    megabytes('new bytes', sum.fresh),
    megabytes('log', sum.log),
    row('log beyond 1.2 × new', (sum.log - 1.2 * sum.fresh) / bodies.length, 'B/exchange', {
      most: 400,
    }),
    row('more if it came compressed', COMPRESSED_FIELDS, 'B/exchange'),
    megabytes('held by the encoder', kept),
    row('encode, all', sum.body / MEGABYTE / (sum.encodeMs / 1000), 'MB/s'),
    row('encode, slowest', Math.max(...encodeTimes), 'ms'),
    row('decode one, median (CPU)', median(one), 'ms'),
    row('decode one, slowest (CPU)', Math.max(...one), 'ms', { most: 20 }),
    row('decode all in order', all, 'MB/s', { least: 150 }),
  ]
  if (isGzipped) rows.push(megabytes('plain log, gzip', await gzip.end()))
  if (largeSpeeds.length > 0) {
    rows.push(row('encode 1 MB, median', median(largeSpeeds), 'MB/s', { least: 300 }))
    rows.push(row('encode 1 MB, slowest tenth', percentile(largeSpeeds, 0.1), 'MB/s'))
  }
  return rows
}

/** The line of a request that arrived uncompressed. */
function lineOf({ exchange, bytes, sha256 }: Expected, content: Content): Uint8Array {
  const record: RequestBodyRecord = {
    kind: 'request-body',
    exchange,
    at: 1234,
    content,
    bytes,
    sha256,
  }
  return encodeLine(record, crc32)
}

/** A body as it must come back. */
type Expected = { exchange: string; bytes: number; sha256: string }

/** Each body by itself, from its line and the lines that it copies from, parsed every time. */
function decodeOneTimes(
  lines: ReadonlyMap<string, Uint8Array>,
  bodies: readonly Expected[],
): number[] {
  return bodies.map(({ exchange, sha256 }) => {
    // Processor time, the best of three: waiting for other processes would count as ours.
    const times = Array.from({ length: 3 }, () => {
      const started = process.cpuUsage()
      const body = readBody(exchange, (id) => contentOfLine(lines.get(id)))
      const { user, system } = process.cpuUsage(started)
      if (sha256Of(body) !== sha256) throw new Error(`exchange ${exchange} came back altered`)
      return (user + system) / 1000
    })
    return Math.min(...times)
  })
}

function decodeAllMs(lines: ReadonlyMap<string, Uint8Array>, bodies: readonly Expected[]): number {
  const reader = new BodyReader((id) => contentOfLine(lines.get(id)))
  let took = 0
  for (const { exchange, sha256 } of bodies) {
    const started = performance.now()
    const body = reader.read(exchange)
    took += performance.now() - started
    if (sha256Of(body) !== sha256) throw new Error(`exchange ${exchange} came back altered`)
  }
  return took
}

function contentOfLine(line: Uint8Array | undefined): Content | undefined {
  const decoded = line === undefined ? undefined : decodeLine(line.subarray(0, -1), crc32)
  if (decoded === undefined || 'damage' in decoded) return undefined
  return decoded.value.content as Content
}

/** The speed of memory: an upper bound for any codec. */
function memoryRows(): Row[] {
  const one = Buffer.alloc(MEGABYTE, 'a')
  const other = Buffer.alloc(MEGABYTE, 'a')
  const speedOf = (work: () => void): number => {
    const times = Array.from({ length: 50 }, () => {
      const started = performance.now()
      work()
      return performance.now() - started
    })
    return 1 / (median(times) / 1000)
  }
  const memcpy = speedOf(() => one.set(other))
  const compare = speedOf(() => Buffer.compare(one, other))
  return [
    { what: 'memory: memcpy of 1 MB', value: memcpy, unit: 'MB/s' },
    { what: 'memory: Buffer.compare of 1 MB', value: compare, unit: 'MB/s' },
  ]
}

function sizeOfGzip() {
  const gzip = createGzip()
  let size = 0
  gzip.on('data', (block: Uint8Array) => {
    size += block.length
  })
  const ended = new Promise<void>((resolve, reject) => gzip.on('end', resolve).on('error', reject))
  return {
    write: (bytes: Uint8Array) =>
      new Promise<void>((resolve) => {
        gzip.write(bytes, () => resolve())
      }),
    end: async (): Promise<number> => {
      gzip.end()
      await ended
      return size
    },
  }
}

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

// `node bench/dist/body-codec.js [seed]`
if (import.meta.url === pathToFileURL(argv[1] ?? '').href) {
  const seed = argv[2] === undefined ? undefined : Number(argv[2])
  printRows('Copy-and-literal codec of request bodies', await benchBodyCodec(seed))
}
